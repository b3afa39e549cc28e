"""A duel: the same schedule on two builds, in pairs of blocks that lie next to each other in time."""

import math
import shutil
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.cast import choose_cast
from flashcrowd.load.liverun import SCHEDULE, LiveRun
from flashcrowd.load.observed.vitals import Vitals
from flashcrowd.load.profile import scheduled
from flashcrowd.load.schedule import replayed
from flashcrowd.load.sides import Side
from flashcrowd.load.threads import at_once, in_thread
from flashcrowd.load.turns import in_turns, lasting
from flashcrowd.sim.world import build_world

NAMES: Final = ("baseline", "candidate")


@dataclass(frozen=True)
class BlockRun:
    """A block that was run.

    Attributes:
        path: its run directory.
        cpu_ms: processor time of the platform for a request; NaN = not known.
    """

    path: Path
    cpu_ms: float


def candidate_first(pair: int, seed: int) -> bool:
    """Whether the candidate comes first in a pair (0, 1, …): ABBA or BAAB, drawn for every two pairs.

    >>> all(candidate_first(2 * n, 1) != candidate_first(2 * n + 1, 1) for n in range(50))
    True
    """
    turned = uniform(fold(root_key(seed, Purpose.DUEL), pair // 2)) < 0.5
    return bool(turned) != bool(pair % 2)


class Duel:
    """Runs pairs of blocks, all on one saved schedule.

    Both builds of a pair are started and get their accounts at the same time. Then they are visited in turns
    of a second or so until each has had its window, the second build one turn after the first.

    Args:
        scenario: of every block; `load.duration` is a block's measured window.
        sides: baseline and candidate.
        out: takes the schedule, and a run directory for every block.
        adapter: what both sides speak.
        owned: public hosts that the user says are theirs.
        replay: a saved schedule; None = it is drawn.
        turn_s: length of a turn; 0 = a build is started only once the other one has had its whole window and
            is stopped, for builds that cannot run side by side.
    """

    def __init__(
        self,
        scenario: Scenario,
        sides: tuple[Side, Side],
        out: Path,
        adapter: str = "mastodon",
        owned: tuple[str, ...] = (),
        replay: Path | None = None,
        turn_s: float = 1.0,
    ) -> None:
        self._scenario = scenario
        self._sides = sides
        self._out = out
        self._adapter = adapter
        self._owned = owned
        self._turn_s = turn_s
        self._played = scenario.changed(**lasting(scenario.load, turn_s)) if turn_s else scenario
        self._schedule = self._saved(replay)

    def pair(self, number: int, attempt: int = 0) -> list[BlockRun]:
        """Run pair `number` (0, 1, …) in the order drawn for it; baseline's block, then candidate's."""
        again = f"-{attempt}" if attempt else ""
        blocks = [
            _Block(side, self._out / f"{number + 1:02}{again}-{name}")
            for side, name in zip(self._sides, NAMES, strict=True)
        ]
        order = blocks[::-1] if candidate_first(number, self._scenario.seed) else blocks
        for together in [order] if self._turn_s else [[block] for block in order]:
            self._play(together)
        return [BlockRun(block.path, block.cpu_ms) for block in blocks]

    def _play(self, blocks: list["_Block"]) -> None:
        try:
            at_once(*(partial(self._prepare, block) for block in blocks))
            at_once(*(partial(block.play, turn * self._turn_s) for turn, block in enumerate(blocks)))
        finally:
            at_once(*(block.end for block in blocks))

    def _prepare(self, block: "_Block") -> None:
        url = in_thread(block.side.start)
        block.live = LiveRun(
            self._played,
            block.path,
            url,
            self._owned,
            self._adapter,
            vault=block.vault(),
            replay=self._schedule,
            brisk=True,
        )
        block.live.prepare()

    def _saved(self, replay: Path | None) -> Path:
        """The schedule of every block."""
        load = self._scenario.load
        world = build_world(self._scenario)
        members = choose_cast(world, load.members).members
        end_s = load.starts_at + (load.warm_up + load.duration) * load.time_lapse
        drawn = (
            scheduled(world, members) if replay is None else replayed(replay, members, load.starts_at, end_s)
        )
        self._out.mkdir(parents=True, exist_ok=True)
        path = self._out / SCHEDULE
        (in_turns(drawn, load, self._turn_s) if self._turn_s else drawn).save(path)
        return path


class _Block:
    """A block under way: one build, visited for one window."""

    def __init__(self, side: Side, path: Path) -> None:
        self.side = side
        self.path = path
        self.live: LiveRun | None = None
        self.cpu_ms = math.nan
        self._folder: Path | None = None

    def vault(self) -> Path | None:
        """Where its accounts are kept: a build that was just started may know nobody from before."""
        if not self.side.restarts:
            return None
        self._folder = Path(tempfile.mkdtemp(prefix="flashcrowd-duel-"))
        return self._folder / "accounts.jsonl"

    def play(self, later_s: float) -> None:
        """Let the members visit it, so many seconds from now."""
        assert self.live is not None, "it is prepared first"
        vitals = Vitals()
        before_s = self.side.cpu_s()
        self.live.play(vitals.hear, later_s)
        spent_s = self.side.cpu_s() - before_s
        self.cpu_ms = 1000 * spent_s / vitals.sent if vitals.sent else math.nan

    def end(self) -> None:
        """Close the record and stop the build."""
        if self.live is not None:
            self.live.close()
        in_thread(self.side.stop)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
