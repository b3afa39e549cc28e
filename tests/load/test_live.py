"""Whole live runs through the command line, each in its own process, against the reference platform."""

import collections
import json
import os
import resource
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import staged as stage

from flashcrowd.cli.main import run as run_command
from flashcrowd.core.runlog import RunReader
from flashcrowd.load.adapters.mastodon import Mastodon
from flashcrowd.load.schedule import read_schedule
from flashcrowd.reference.process import ReferencePlatform
from flashcrowd.reference.settings import Settings

ROOT = Path(__file__).parents[2]
SCENARIO = """
name: tiny
population: {members: 400}
sessions: {per_day: 12}
content: {posts_per_day: 6, ai_share: 0.5}
reactions: {repost: 0.4, like: 0.4, reply: 0.1, follow: 0.5}
generation: {median: 4s, cap: 20s}
load: {members: 60, duration: DURATION, warm_up: 500ms, time_lapse: 900, history_posts: 30, timeout: 3s}
slo: [errors < 5%]
"""
LIMIT_S = 90
SMALL = 30_000
"""Bytes to which a file may grow on a disk that is full: a manifest, but no record of a minute."""

LIVE = """
import sys
from pathlib import Path
from flashcrowd.load.engine import run_live
from flashcrowd.core.scenario import load_scenario
scenario, out, target, vault = sys.argv[1:]
run_live(load_scenario(scenario), Path(out), target, vault=Path(vault), quiet=True)
"""
MAIN = "from flashcrowd.cli.main import main; main()"


@pytest.fixture
def scenario(tmp_path):
    """Writes the scenario with a measured window of so many seconds."""

    def write(duration_s: float) -> str:
        path = tmp_path / "tiny.yaml"
        path.write_text(SCENARIO.replace("DURATION", f"{duration_s}s"))
        return str(path)

    return write


@pytest.fixture(scope="module")
def platform():
    """A reference platform that outlives the runs, with fast images."""
    with ReferencePlatform(Settings(generator={"median_s": 0.2, "cap_s": 1.0})) as running:
        yield running


@pytest.fixture(scope="module")
def town(platform, tmp_path_factory):
    """Options of a run on that platform, whose members are made by the first run and found by the others."""
    return ("--target", platform.url, "--vault", tmp_path_factory.mktemp("town") / "v")


def live(scenario_path: str, out: Path, town) -> Path:
    """One run without its report, in a process of its own; its directory."""
    command = [sys.executable, "-c", LIVE, scenario_path, str(out), town[1], str(town[3])]
    done = subprocess.run(command, text=True, capture_output=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stderr
    return out


def flashcrowd(*arguments, **options) -> subprocess.Popen:
    """The command line in a process of its own."""
    command = [sys.executable, "-c", MAIN, *map(str, arguments)]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def finished(process: subprocess.Popen) -> tuple[int, str, str]:
    """Exit code and what was said, once it has ended by itself."""
    try:
        said, noted = process.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return process.returncode, said, noted


def under_way(process: subprocess.Popen, run: Path) -> None:
    """Waits until a run has put its first requests on disk."""
    deadline = time.monotonic() + LIMIT_S
    while not list(run.glob("requests/part-*")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def sent_by_endpoint(run: Path) -> dict[str, int]:
    """Requests of the record that left, counted as the platform counts them."""
    table = RunReader(run).table("requests")
    rows = zip(table["action"].to_pylist(), table["start_ns"].to_pylist(), strict=True)
    return dict(collections.Counter(Mastodon().endpoint(action) for action, start in rows if start >= 0))


def of_schedule(run: Path) -> int:
    """Arrivals of the schedule that the record accounts for."""
    sessions = RunReader(run).manifest["sessions"]
    return sessions["offered"] - sessions["caused"] + sessions["stayed_away"]


def test_run_on_its_own_platform_reconciles_to_the_last_request(scenario, tmp_path):
    """Without a target: a judged run; what the platform counted is in the record, and so is every arrival."""
    run = tmp_path / "run"
    code, said, noted = finished(flashcrowd("load", scenario(2), "--out", run, "--json"))
    manifest = RunReader(run).manifest
    assert manifest["state"] == "finished", noted
    assert sent_by_endpoint(run) == manifest["platform_counts"]
    assert sum(manifest["platform_counts"].values()) > 50
    assert of_schedule(run) == len(read_schedule(run / "schedule.parquet"))
    assert (manifest["live_members"], manifest["unsupported"]) == (60, ["quote"])
    assert 0 < manifest["worker_cpu_share"] < 1
    assert json.loads(said)["verdict"]["exit_code"] == code
    assert RunReader(run).table("members").num_rows == 400


def test_what_spreads_names_its_cause(scenario, town, tmp_path):
    """Every reaction to an item that our members made names the row that showed it, which comes before it."""
    run = live(scenario(3), tmp_path / "run", town)
    rows = RunReader(run).table("actions").to_pandas()
    reactions = rows[rows.action.isin(["like", "repost", "reply"])]
    assert len(reactions) > 0
    known = reactions[reactions.cause >= 0]
    made = rows.set_index("seq")
    for row in known.itertuples():
        parent = made.loc[row.cause]
        assert parent.action in ("post", "repost")
        assert parent.root == row.root
        assert row.cause < row.seq
    assert set(reactions[reactions.cause < 0].root).isdisjoint(rows[rows.action == "post"].root)


def test_second_run_makes_nothing_twice_leaks_no_token_and_can_replay(scenario, platform, tmp_path):
    """Run again on the same target: accounts are found, not made; no token is in record, report or output;
    `--replay` offers the same arrivals again."""
    target = ("--target", platform.url, "--vault", tmp_path / "v")
    first, second = tmp_path / "first", tmp_path / "second"
    said = finished(flashcrowd("load", scenario(1), "--out", first, *target))
    replay = ("--replay", first / "schedule.parquet")
    said += finished(flashcrowd("load", scenario(1), "--out", second, *target, *replay))
    provision = RunReader(second).manifest["provision"]
    assert (provision["accounts_made"], provision["follows_made"], provision["posts_made"]) == (0, 0, 0)
    assert provision["accounts_kept"] == 60
    assert sent_by_endpoint(second) == RunReader(second).manifest["platform_counts"]
    assert (first / "schedule.parquet").read_bytes() == (second / "schedule.parquet").read_bytes()
    assert of_schedule(first) == of_schedule(second) > 0
    lines = [json.loads(line) for line in (tmp_path / "v").read_text().splitlines()]
    tokens = {line["account"][3].split()[-1] for line in lines if "account" in line}
    tokens |= {line["login"][2] for line in lines if "login" in line}
    assert len(tokens) == 120
    files = [path for run in (first, second) for path in run.rglob("*") if path.is_file()]
    assert len(files) > 6
    for text in [repr(said).encode(), *(path.read_bytes() for path in files)]:
        assert not any(token.encode() in text for token in tokens)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_the_run_in_order(scenario, tmp_path, number):
    """Asked to end, the run closes its record, reconciles, and is not judged."""
    run = tmp_path / "run"
    process = flashcrowd("load", scenario(60), "--out", run)
    under_way(process, run)
    process.send_signal(number)
    code, _, noted = finished(process)
    manifest = RunReader(run).manifest
    assert (code, manifest["state"]) == (5, "interrupted"), noted
    assert sent_by_endpoint(run) == manifest["platform_counts"]
    assert "Traceback" not in noted


def test_killed_run_keeps_what_was_flushed(scenario, town, tmp_path):
    """After `kill -9` the record is readable, and was written less than five seconds before."""
    run = tmp_path / "run"
    process = flashcrowd("load", scenario(60), "--out", run, *town)
    under_way(process, run)
    first = RunReader(run).table("requests").num_rows
    while RunReader(run).table("requests").num_rows == first:
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    killed_s = time.time()
    process.communicate()
    reader = RunReader(run)
    assert reader.manifest["state"] == "running"
    assert reader.table("requests").num_rows > first
    assert killed_s - max(path.stat().st_mtime for path in run.glob("requests/*")) < 5
    assert finished(flashcrowd("report", run))[0] == 0


def switch_faults(platform, **faults) -> None:
    """Switch the platform's faults."""
    request = urllib.request.Request(f"{platform.url}/faults", json.dumps(faults).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=5) as answer:
        answer.read()


def test_errors_are_rows_and_are_tried_again(scenario, platform, town, tmp_path):
    """A third of the answers fail: failed rows, further attempts after a while, exact counts."""
    switch_faults(platform, error_share=0.33)
    run = live(scenario(4), tmp_path / "run", town)
    switch_faults(platform)
    rows = RunReader(run).table("requests").to_pandas()
    assert (rows.outcome == "failed").sum() > 10
    assert rows.attempt.max() > 1
    assert sent_by_endpoint(run) == RunReader(run).manifest["platform_counts"]


def test_hopeless_run_ends_early_with_objectives_missed(scenario, platform, town, tmp_path):
    """When everything fails the run ends by the user's own limit, says so, and exits with 1."""
    run = tmp_path / "run"
    switch_faults(platform, error_share=1.0)
    wishes = ("--abort-on", "errors>50% for 500ms", "--no-feedback", "--profile", "30/s")
    code, said, noted = finished(flashcrowd("load", scenario(60), "--out", run, *town, *wishes, "--json"))
    switch_faults(platform)
    reader = RunReader(run)
    rows = reader.table("requests").to_pandas()
    assert (code, reader.manifest["state"]) == (1, "finished"), noted
    assert "errors>50% for 500ms: it was 100.0%" in reader.manifest["aborted"]
    assert json.loads(said)["verdict"]["word"] == "slo missed"
    assert rows.end_ns.max() < 20e9
    assert rows.attempt.max() == 1  # without feedback nothing is tried again, and nobody leaves
    assert sent_by_endpoint(run) == reader.manifest["platform_counts"]
    first = rows.groupby("session").intended_ns.min().sort_values().to_numpy()
    assert abs(first[1:] - first[:-1] - 1e9 / 30).max() < 1e6


def test_stall_shows_in_response_times_and_thins_out_nobody(scenario, platform, town, tmp_path):
    """While the platform stalls, members keep coming: all are offered, and their wait is counted whole."""
    switch_faults(platform, stall_s=0.8, stall_every_s=1.5)
    run = live(scenario(3), tmp_path / "run", town)
    switch_faults(platform)
    manifest, rows = RunReader(run).manifest, RunReader(run).table("requests").to_pandas()
    sessions = manifest["sessions"]
    assert of_schedule(run) == len(read_schedule(run / "schedule.parquet"))
    assert sessions["offered"] == sessions["started"] + sessions["dropped"]
    sent = rows[rows.start_ns >= 0]
    assert (sent.end_ns - sent.intended_ns).max() > 0.5e9
    assert sent_by_endpoint(run) == manifest["platform_counts"]


def test_platform_that_dies_leaves_a_whole_record(scenario, tmp_path):
    """The platform is killed in mid-run: no hang, refused rows, the record closed to its end."""
    run = tmp_path / "run"
    with ReferencePlatform() as platform:
        target = ("--target", platform.url, "--vault", tmp_path / "v")
        process = flashcrowd("load", scenario(5), "--out", run, *target)
        under_way(process, run)
        os.kill(platform.pid, signal.SIGKILL)
        code, _, noted = finished(process)
    rows = RunReader(run).table("requests").to_pandas()
    assert code in (1, 5), noted
    assert (rows.outcome == "refused").any()
    assert RunReader(run).manifest["state"] == "finished"
    assert "Traceback" not in noted


def test_disk_full_at_the_record_is_one_line(scenario, town, tmp_path):
    """When the record cannot grow any more the run ends with one line and exit code 6."""

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, SMALL))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    process = flashcrowd("load", scenario(60), "--out", tmp_path / "run", *town, preexec_fn=small_files)
    code, _, noted = finished(process)
    assert code == 6
    assert "cannot be written" in noted.strip().splitlines()[-1]
    assert "Traceback" not in noted


def test_bug_of_the_harness_ends_the_run_with_its_record_closed(scenario, town, tmp_path):
    """A bug in a visit is never swallowed: exit 6, one line, what was recorded is there."""
    run = tmp_path / "run"
    program = (
        "import sys\n"
        "from flashcrowd.load import sessions\n"
        "def broken(self, *_):\n"
        "    raise ZeroDivisionError('planted')\n"
        "sessions.Session._unseen = broken\n"
        "from flashcrowd.cli.main import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", program, "load", scenario(30), "--out", str(run), *map(str, town)]
    code, _, noted = finished(
        subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    )
    assert code == 6
    assert "ZeroDivisionError: planted" in noted.strip().splitlines()[-1]
    assert "Traceback" not in noted
    assert RunReader(run).manifest["state"] == "failed"
    assert RunReader(run).table("requests").num_rows >= 1


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
    actions = RunReader(run).table("requests")["action"].to_pylist()
    assert shown == dict(collections.Counter(actions))
