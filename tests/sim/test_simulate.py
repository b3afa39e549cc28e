"""An offline run from end to end: equal seeds leave equal bytes; a run that is cut short keeps its part."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import societies

from flashcrowd.cli import main
from flashcrowd.core import runlog
from flashcrowd.core.clock import TICK
from flashcrowd.core.errors import UsageError
from flashcrowd.core.events import ACTIONS_SCHEMA
from flashcrowd.core.runlog import RunReader
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.kernel import engine as kernel_engine
from flashcrowd.sim.model.social import Engine
from flashcrowd.sim.platform import OfflinePlatform
from flashcrowd.sim.simulate import simulate
from flashcrowd.sim.world import World

SIX_HOURS = 6 * 3600.0
CUT_TICK = 200
"""The tick in which a run is cut short."""

CHILD = """
import os, signal, sys
from pathlib import Path
import societies
from flashcrowd.core import runlog
from flashcrowd.sim import simulate
runlog.FLUSH_S = 0.0
simulate.HAND_OVER_S = 0.0
def cut(share, model):
    if model.engine.tick == {tick}:
        print(model.engine.rows, flush=True)
        os.kill(os.getpid(), signal.{signal})
simulate.simulate(societies.busy(duration={duration}), Path(sys.argv[1]), progress=cut)
"""


def scenario(**changes: Any) -> Scenario:
    return societies.busy(duration=SIX_HOURS, **changes)


def part_bytes(run: Path) -> dict[str, bytes]:
    return {part.name: part.read_bytes() for part in sorted((run / "actions").iterdir())}


def columns_of(run: Path, table: str = "actions") -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = RunReader(run).table(table).to_pydict()
    return columns


def cut_by(name: str, out: Path) -> subprocess.CompletedProcess[str]:
    """A process that runs the scenario until it sends itself that signal after `CUT_TICK` ticks."""
    program = CHILD.format(tick=CUT_TICK, signal=name, duration=SIX_HOURS)
    return subprocess.run(
        [sys.executable, "-c", program, str(out)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        check=False,
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record of a run that was not cut short. Read only."""
    return simulate(scenario(), tmp_path_factory.mktemp("whole"))


def assert_is_part_of(run: Path, whole: Path, ticks: int) -> None:
    """The record holds every row of the first ticks, and nothing else."""
    found, expected = columns_of(run), columns_of(whole)
    rows = sum(t < ticks * TICK for t in expected["t"])
    assert len(found["t"]) == rows > 1000
    for name in ACTIONS_SCHEMA.names:
        assert found[name] == expected[name][:rows], name


def test_same_seed_leaves_the_same_bytes(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the record is flushed far more often."""
    monkeypatch.setattr(runlog, "FLUSH_S", 0.0)
    assert part_bytes(simulate(scenario(), tmp_path)) == part_bytes(whole)


def test_other_seed_leaves_other_rows(whole: Path, tmp_path: Path) -> None:
    """The seed reaches the actions."""
    other = columns_of(simulate(scenario(seed=2), tmp_path))
    assert other["t"][:100] != columns_of(whole)["t"][:100]


def test_record_says_what_was_run(whole: Path) -> None:
    """The manifest holds engine, size and sums; rows are numbered from 0 inside the simulated time."""
    manifest, rows = RunReader(whole).manifest, columns_of(whole)
    assert manifest["state"] == "finished"
    assert (manifest["kind"], manifest["engine"], manifest["members"]) == ("offline", "kernel", 1500)
    assert manifest["simulated_s"] == SIX_HOURS
    assert manifest["rows"]["actions"] == len(rows["seq"])
    assert manifest["views"] > 0
    changed = rows["action"].count("follow") - rows["action"].count("unfollow")
    assert manifest["edges"] == sum(columns_of(whole, "members")["followees"]) - changed
    assert rows["seq"] == list(range(len(rows["seq"])))
    assert min(rows["t"]) >= 0.0
    assert set(rows["request"]) == {-1}


def test_members_of_the_record_count_the_follows_of_the_run(whole: Path, busy_world: World) -> None:
    """Followers at the end are those at the start, one more for each follow, one less for each unfollow."""
    members, rows = columns_of(whole, "members"), columns_of(whole)
    gained = np.zeros(1500, int)
    for action, author in zip(rows["action"], rows["author"], strict=True):
        gained[author] += (action == "follow") - (action == "unfollow")
    assert gained.max() > 0 > gained.min()
    assert (np.array(members["followers"]) - gained).tolist() == busy_world.graph.followers.tolist()
    assert sum(members["followers"]) == sum(members["followees"])


def test_shortest_run_is_one_tick(tmp_path: Path) -> None:
    """A duration of less than a tick is a tick, not nothing."""
    run = simulate(societies.small(duration=1.0), tmp_path)
    assert RunReader(run).manifest["simulated_s"] == TICK


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    """Shares rise to 1."""
    shares: list[float] = []
    simulate(societies.small(duration=1800.0), tmp_path, progress=lambda share, _: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_killed_run_leaves_what_was_recorded(whole: Path, tmp_path: Path) -> None:
    """After SIGKILL the record holds every row that was flushed, and a report can be made of it."""
    killed = cut_by("SIGKILL", tmp_path)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    reader = RunReader(tmp_path)
    assert reader.manifest["state"] == "running"
    assert reader.table("actions").num_rows == int(killed.stdout)
    assert_is_part_of(tmp_path, whole, CUT_TICK)
    assert main.run(["report", str(tmp_path), "--quiet"]) == 0
    assert (tmp_path / "report.html").is_file()


def test_interrupted_run_is_closed(whole: Path, tmp_path: Path) -> None:
    """After SIGINT the record is complete up to there, and says so."""
    interrupted = cut_by("SIGINT", tmp_path)
    assert "KeyboardInterrupt" in interrupted.stderr
    manifest = RunReader(tmp_path).manifest
    assert manifest["state"] == "interrupted"
    assert manifest["simulated_s"] == CUT_TICK * TICK
    assert manifest["rows"]["actions"] == int(interrupted.stdout)
    assert not list(tmp_path.rglob("*.open.arrows"))
    assert len(columns_of(tmp_path, "members")["member"]) == 1500
    assert_is_part_of(tmp_path, whole, CUT_TICK)


def break_off_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    commit, ticks = kernel_engine.commit, iter(range(10**9))

    def commit_or_break_off(state: Any, first: int) -> int:
        if next(ticks) == CUT_TICK:
            raise KeyboardInterrupt
        at: int = commit(state, first)
        return at

    monkeypatch.setattr(kernel_engine, "commit", commit_or_break_off)


def break_off_agents(monkeypatch: pytest.MonkeyPatch) -> None:
    apply = OfflinePlatform.apply

    def apply_or_break_off(platform: OfflinePlatform, intention: Any) -> Any:
        if intention.t >= CUT_TICK * TICK + 30.0 and intention.action != 0:
            raise KeyboardInterrupt
        return apply(platform, intention)

    monkeypatch.setattr(OfflinePlatform, "apply", apply_or_break_off)


@pytest.mark.parametrize("engine", ["kernel", "agents"])
def test_tick_that_is_broken_off_leaves_no_rows(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    """Interrupted between deciding and applying, a run keeps whole ticks only: no post without its number."""
    {"kernel": break_off_kernel, "agents": break_off_agents}[engine](monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        simulate(scenario(), tmp_path, engine)
    assert RunReader(tmp_path).manifest["state"] == "interrupted"
    assert_is_part_of(tmp_path, whole, CUT_TICK)
    exposed, expected = columns_of(tmp_path, "exposures"), columns_of(whole, "exposures")
    assert exposed["t"] == [t for t in expected["t"] if t < CUT_TICK * TICK]


def test_unknown_ranker_leaves_no_run_behind(tmp_path: Path) -> None:
    """A wrong name is told before anything is written."""
    with pytest.raises(UsageError, match="unknown ranker 'magic'; known: chronological"):
        simulate(societies.small(**{"platform.ranker": "magic"}), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_engine_that_is_not_meant_for_so_many_leaves_no_run_behind(tmp_path: Path) -> None:
    """Nor does it draw a graph first."""
    with pytest.raises(UsageError, match="agents engine takes at most"):
        simulate(societies.small(**{"population.members": 400_000_000}), tmp_path / "run", "agents")
    assert not (tmp_path / "run").exists()
