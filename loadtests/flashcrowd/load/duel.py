"""A duel: the same schedule on two builds, in pairs of blocks that lie next to each other in time."""

import math
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.liverun import SCHEDULE, LiveRun
from flashcrowd.load.observed.vitals import Vitals
from flashcrowd.load.sides import Side

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
    """Runs pairs of blocks.

    Args:
        scenario: of every block; `load.duration` is a block's measured window.
        sides: baseline and candidate.
        out: takes a run directory for every block.
        adapter: what both sides speak.
        owned: public hosts that the user says are theirs.
        replay: a saved schedule; None = the first block draws one, and all others replay it.
    """

    def __init__(
        self,
        scenario: Scenario,
        sides: tuple[Side, Side],
        out: Path,
        adapter: str = "mastodon",
        owned: tuple[str, ...] = (),
        replay: Path | None = None,
    ) -> None:
        self._scenario = scenario
        self._sides = sides
        self._out = out
        self._adapter = adapter
        self._owned = owned
        self._replay = replay

    def pair(self, number: int, attempt: int = 0) -> list[BlockRun]:
        """Run pair `number` (0, 1, …) in the order drawn for it; baseline's block, then candidate's."""
        found: dict[int, BlockRun] = {}
        order = (1, 0) if candidate_first(number, self._scenario.seed) else (0, 1)
        for side in order:
            again = f"-{attempt}" if attempt else ""
            found[side] = self._block(self._sides[side], self._out / f"{number + 1:02}{again}-{NAMES[side]}")
        return [found[0], found[1]]

    def _block(self, side: Side, path: Path) -> BlockRun:
        with ExitStack() as stack:
            stack.callback(side.stop)
            url = side.start()
            vault = self._vault(side, stack)
            live = stack.enter_context(
                LiveRun(
                    self._scenario, path, url, self._owned, self._adapter, vault=vault, replay=self._replay
                )
            )
            live.prepare()
            vitals = Vitals()
            before_s = side.cpu_s()
            live.play(vitals.hear)
            spent_s = side.cpu_s() - before_s
        self._replay = self._replay or path / SCHEDULE
        return BlockRun(path, 1000 * spent_s / vitals.sent if vitals.sent else math.nan)

    def _vault(self, side: Side, stack: ExitStack) -> Path | None:
        """Where accounts of a block are kept: a build that was just started may know nobody from before."""
        if not side.restarts:
            return None
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="flashcrowd-duel-"))
        return Path(folder) / "accounts.jsonl"
