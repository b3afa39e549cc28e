"""Two builds on the same schedule, and the sides that start them."""

import math
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from flashcrowd.core.errors import TargetError, UsageError
from flashcrowd.core.runlog import RunReader
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.duel import Duel, candidate_first
from flashcrowd.load.schedule import read_schedule
from flashcrowd.load.sides import CommandSide, RevisionSide, UrlSide, side_of

SERVE = f"exec {sys.executable} -m flashcrowd.reference --port {{port}}"
ECHO = f"exec {sys.executable} -m http.server --bind 127.0.0.1 {{port}}"


def git(folder, *words):
    """Run git in a folder."""
    subprocess.run(["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", *words], check=True)


@pytest.mark.parametrize("turn_s", [0.5, 0.0])
def test_both_builds_get_the_same_visits(tmp_path, turn_s):
    """A pair of blocks, in turns or one after the other: the same members come at the same times to each."""
    changes = {
        "population.members": 100,
        "load.members": 20,
        "load.history_posts": 5,
        "load.duration": 1,
        "load.warm_up": 0.2,
        "load.profile": "10/s",
        "load.time_lapse": 600,
    }
    sides = CommandSide(SERVE, "/health"), CommandSide(SERVE, "/health")
    duel = Duel(Scenario().changed(**changes), sides, tmp_path, turn_s=turn_s)
    baseline, candidate = duel.pair(0)
    rows = [RunReader(block.path).table("requests").to_pandas() for block in (baseline, candidate)]
    arrivals = [
        one[one.session >= 0]  # the others look how fresh feeds are
        .groupby("session")
        .agg({"intended_ns": "min", "member": "min"})
        for one in rows
    ]
    assert (baseline.path.name, candidate.path.name) == ("01-baseline", "01-candidate")
    assert arrivals[0].equals(arrivals[1])
    moved = [one[one.intended_ns > 200_000_000] for one in rows]  # in turns, after the warm-up
    assert all("notifications" in set(one.action) for one in moved)
    assert len(arrivals[0]) == len(read_schedule(tmp_path / "schedule.parquet"))
    assert baseline.cpu_ms > 0
    assert all(math.isnan(side.cpu_s()) for side in sides)  # stopped


def test_build_that_does_not_come_up_leaves_the_other_stopped(tmp_path):
    """One side that fails ends the pair with its reason, and nothing of the other side goes on."""
    good, bad = CommandSide(SERVE, "/health"), CommandSide("echo no database; exit 3 # {port}")
    with pytest.raises(TargetError, match="no database"):
        Duel(Scenario().changed(**{"population.members": 50, "load.members": 5}), (good, bad), tmp_path).pair(
            0
        )
    assert math.isnan(good.cpu_s())


def test_order_of_blocks_is_abba_or_baab_at_random():
    """Of two pairs in a row one begins with the candidate; which one is drawn, about evenly."""
    first = [candidate_first(2 * n, 7) for n in range(1000)]
    assert all(candidate_first(2 * n + 1, 7) != turned for n, turned in enumerate(first))
    assert 450 <= sum(first) <= 550


def test_command_is_started_with_its_port_and_ended_with_its_children():
    """The port is in the command and in PORT; after stop nothing of the process group is left."""
    side = CommandSide(f'test "$PORT" = {{port}} && {ECHO.removeprefix("exec ")} & wait')
    url = side.start()
    assert httpx.get(url, trust_env=False).status_code == 200
    assert side.cpu_s() > 0
    side.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)
    side.stop()


def test_command_that_ends_is_told_with_its_last_words():
    """A build that does not come up is a target error that ends in what it said last."""
    with pytest.raises(TargetError, match="ended with code 3: no database"):
        CommandSide("echo no database; exit 3 # {port}").start()


def test_revision_is_checked_out_built_and_taken_away(tmp_path, monkeypatch):
    """A git revision runs from its own checkout, whatever lies in the working tree now."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "page.txt").write_text("old")
    git(tmp_path, "add", "page.txt")
    git(tmp_path, "commit", "-qm", "one")
    (tmp_path / "page.txt").write_text("new")
    monkeypatch.chdir(tmp_path)
    side = RevisionSide("main", ECHO, build="cp page.txt built.txt")
    folder = Path(side._checkout)
    assert httpx.get(side.start() + "/built.txt", trust_env=False).text == "old"
    side.close()
    assert not folder.exists()
    assert not list(tmp_path.glob(".git/worktrees/*"))


def test_revision_that_does_not_exist_is_a_usage_error(tmp_path, monkeypatch):
    """An unknown revision, and one that cannot be built, are said in one line."""
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "one")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"^nowhere: "):
        RevisionSide("nowhere", ECHO)
    with pytest.raises(UsageError, match="main: the build ended with code 2: no compiler"):
        RevisionSide("main", ECHO, build="echo no compiler; exit 2")


def test_side_is_a_url_a_revision_or_a_command():
    """What a user types decides; a command that cannot know its port is refused."""
    assert isinstance(side_of("http://127.0.0.1:1", "/", None, None), UrlSide)
    assert isinstance(side_of("serve --port {port}", "/", None, None), CommandSide)
    with pytest.raises(UsageError, match="neither a URL nor a command that takes"):
        side_of("serve", "/", None, None)
