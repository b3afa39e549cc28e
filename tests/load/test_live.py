"""Whole live runs through the command line, against the reference platform."""

import collections
import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
import staged as stage
from runs import SCENARIO, faults, finished, of_schedule, sent_by_endpoint

from flashcrowd.cli.main import run as run_command
from flashcrowd.core.runlog import RunReader
from flashcrowd.load.schedule import read_schedule
from flashcrowd.report.validity import tired

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A run on a platform of its own: its directory, its exit code, and what was said."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "tiny.yaml").write_text(SCENARIO.replace("DURATION", "3s"))
    with redirect_stdout(StringIO()) as said:
        code = run_command(["load", str(folder / "tiny.yaml"), "--out", str(folder / "run"), "--json"])
    return folder / "run", code, json.loads(said.getvalue())


def test_run_on_its_own_platform_reconciles_to_the_last_request(own):
    """Without a target: a judged run; what the platform counted is in the record, and so is every arrival."""
    run, code, said = own
    manifest = RunReader(run).manifest
    assert manifest["state"] == "finished"
    assert sent_by_endpoint(run) == manifest["platform_counts"]
    assert sum(manifest["platform_counts"].values()) > 50
    assert of_schedule(run) == len(read_schedule(run / "schedule.parquet"))
    assert (manifest["live_members"], manifest["unsupported"]) == (60, ["quote"])
    assert manifest["worker_cpu_share"] > 0
    assert said["verdict"]["exit_code"] == code
    assert RunReader(run).table("members").num_rows == 400


def test_what_spreads_names_its_cause(own):
    """Every reaction to an item that our members made names the row that showed it, which comes before it."""
    rows = RunReader(own[0]).table("actions").to_pandas()
    reactions = rows[rows.action.isin(["like", "repost", "reply"])]
    assert len(reactions) > 0
    known = reactions[reactions.cause >= 0]
    made = rows.set_index("seq")
    for row in known.itertuples():
        parent = made.loc[row.cause]
        assert parent.action in ("post", "repost")
        assert parent.root == row.root
        assert row.cause < row.seq
    ours = reactions[(reactions.cause < 0) & reactions.root.isin(rows[rows.action == "post"].root)]
    reposts = rows[rows.action == "repost"]
    for row in ours.itertuples():  # shown by a repost whose own answer came later, or never
        others = reposts[(reposts.root == row.root) & (reposts.seq != row.seq)]
        assert ((others.seq > row.seq) | (others.outcome != "ok")).any()


def begun(run: Path) -> set[tuple[int, float]]:
    """Who began a visit when, of its own accord: the society's own times, in scenario seconds."""
    rows = RunReader(run).table("actions").to_pandas()
    starts = rows[rows.action == "session_start"]
    came = {(member, round(t, 3)) for member, t in zip(starts.member, starts.t, strict=True)}
    schedule = read_schedule(run / "schedule.parquet")
    return came & {(arrival.member, round(arrival.t, 3)) for arrival in schedule}


def test_second_run_makes_nothing_twice_leaks_no_token_and_can_replay(scenario, platform, tmp_path, capfd):
    """Run again on the same target: accounts are found, not made; no token is in record, report or output;
    `--replay` offers the same arrivals again."""
    target = ["--target", platform.url, "--vault", str(tmp_path / "v")]
    first, second = tmp_path / "first", tmp_path / "second"
    run_command(["load", scenario(1), "--out", str(first), "--no-feedback", *target])
    replay = ["--replay", str(first / "schedule.parquet")]
    run_command(["load", scenario(1), "--out", str(second), "--no-feedback", *target, *replay])
    said = capfd.readouterr()
    assert "report:" in said.out
    provision = RunReader(second).manifest["provision"]
    assert (provision["accounts_made"], provision["follows_made"], provision["posts_made"]) == (0, 0, 0)
    assert provision["accounts_kept"] == 60
    assert sent_by_endpoint(second) == RunReader(second).manifest["platform_counts"]
    assert (first / "schedule.parquet").read_bytes() == (second / "schedule.parquet").read_bytes()
    assert of_schedule(first) == of_schedule(second) > 0
    assert begun(first) == begun(second)
    lines = [json.loads(line) for line in (tmp_path / "v").read_text().splitlines()]
    tokens = {line["account"][3].split()[-1] for line in lines if "account" in line}
    tokens |= {line["login"][2] for line in lines if "login" in line}
    assert len(tokens) == 120
    tokens |= {str(key) for line in lines for keys in line.get("keys", []) for key in keys.values()}
    files = [path for run in (first, second) for path in run.rglob("*") if path.is_file()]
    assert len(files) > 6
    for text in [repr(said).encode(), *(path.read_bytes() for path in files)]:
        assert not any(token.encode() in text for token in tokens)


def test_hopeless_run_ends_early_with_objectives_missed(scenario, platform, town, tmp_path, capfd):
    """When everything fails the run ends by the user's own limit, says so, and exits with 1; with 5 when the
    generator itself was short of processor time on this machine."""
    run = tmp_path / "run"
    wishes = ["--abort-on", "errors>50% for 500ms", "--no-feedback", "--profile", "30/s"]
    with faults(platform, error_share=1.0):
        code = run_command(["load", scenario(600), "--out", str(run), *map(str, town), *wishes, "--json"])
    said = capfd.readouterr()
    reader = RunReader(run)
    rows = reader.table("requests").to_pandas()
    assert reader.manifest["state"] == "finished", said.err
    assert "errors>50% for 500ms: it was 100.0%" in reader.manifest["aborted"]
    word = json.loads(said.out)["verdict"]["word"]
    assert (code, word) == ((5, "invalid") if tired(reader.manifest) else (1, "slo missed")), said.err
    assert rows.end_ns.max() < 300e9
    assert rows.attempt.max() == 1  # without feedback nothing is tried again, and nobody leaves
    assert sent_by_endpoint(run) == reader.manifest["platform_counts"]
    first = rows.groupby("session").intended_ns.min().sort_values().to_numpy()
    assert abs(first[1:] - first[:-1] - 1e9 / 30).max() < 1e6


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--target", "http://127.0.0.1:9"), 6, "cannot be reached"),
        (("--target", "nonsense"), 2, "is not an http or https URL"),
        (("--adapter", "mastodn"), 2, "unknown adapter"),
        (("--members", "500"), 2, "at most population.members"),
        (("--members", "-1"), 2, "load.members is -1"),
        (("--duration", "soon"), 2, "load.duration"),
        (("--replay", "nowhere.parquet"), 2, "holds no schedule"),
    ],
)
def test_wrong_wish_is_one_line(scenario, tmp_path, capsys, arguments, code, words):
    """What cannot be is said in one line, with its exit code."""
    assert run_command(["load", scenario(1), "--quiet", "--out", str(tmp_path / "run"), *arguments]) == code
    noted = capsys.readouterr().err
    assert words in noted
    assert noted.count("\n") == 1


def test_server_that_speaks_something_else_is_one_line(scenario, tmp_path, capsys):
    """A target that is no platform: exit 6, and what it said."""
    page = stage.plain(b"<html>Welcome</html>", b"Content-Type: text/html")
    with stage.staged(stage.always(page)) as server:
        target = ["--target", f"http://127.0.0.1:{server.port}", "--vault", str(tmp_path / "v")]
        code = run_command(["load", scenario(1), "--quiet", "--out", str(tmp_path / "run"), *target])
    assert code == 6
    assert "cannot register" in capsys.readouterr().err


def test_platform_that_quotes_what_it_got_spreads_no_secret(scenario, tmp_path, capsys):
    """A platform's error may hold our token and a member's password; what we show of it does not."""
    token, seen = "t0ken" * 8, []

    def script(peer):
        while request := peer.request():
            seen.append(request)
            if request.startswith(b"POST /api/v1/apps"):
                peer.send(stage.plain(b'{"client_id": "1", "client_secret": "%b"}' % token.encode()))
            elif request.startswith(b"POST /oauth"):
                peer.send(stage.plain(b'{"access_token": "%b"}' % token.encode()))
            else:
                quoted = request.partition(b"Authorization")[2] or request
                peer.send(stage.plain(quoted, status=b"422 Unprocessable"))

    with stage.staged(script) as server:
        target = ["--target", f"http://127.0.0.1:{server.port}", "--vault", str(tmp_path / "v")]
        code = run_command(["load", scenario(1), "--quiet", "--out", str(tmp_path / "run"), *target])
    said = capsys.readouterr()
    text = (said.out + said.err).encode() + b"".join(
        path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()
    )
    lines = [json.loads(line) for line in (tmp_path / "v").read_text().splitlines()]
    passwords = [line["login"][2].encode() for line in lines if "login" in line]
    assert code == 6
    assert b"no account can be made: status 422" in text
    assert any(password in request for password in passwords for request in seen)
    assert not any(secret in text for secret in (token.encode(), *passwords))


def test_plain_locust_runs_a_scenario(scenario, platform, tmp_path):
    """`locust -f loadtests/locustfile.py` works headless, shows our figures, and leaves the same record."""
    run = tmp_path / "run"
    command = [sys.executable, "-m", "locust", "-f", str(ROOT / "loadtests" / "locustfile.py"), "--headless"]
    command += ["--host", platform.url, "--scenario", scenario(1.5), "--out", str(run), "--json"]
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
    environment.pop("LOCUST_SKIP_MONKEY_PATCH", None)
    process = subprocess.Popen(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )
    code, said, noted = finished(process)
    assert code == 0, noted
    assert sent_by_endpoint(run) == RunReader(run).manifest["platform_counts"]
    shown = {entry["name"]: entry["num_requests"] for entry in json.loads(said)}
    rows = RunReader(run).table("requests").to_pandas()
    members = collections.Counter(rows[rows.session >= 0].action)  # the others are the harness's own reads
    assert all(members[name] <= shown[name] <= (rows.action == name).sum() for name in members)
