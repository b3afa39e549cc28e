"""What a master prepares for its workers, and what it reads of them where one process reads its scene."""

from dataclasses import dataclass, field
from typing import NamedTuple

from flashcrowd.core.scenario import Scenario
from flashcrowd.load.cast import Cast
from flashcrowd.load.distributed.gathering import Gathering
from flashcrowd.load.distributed.hand import Hand, sessions_of
from flashcrowd.load.distributed.plan import Opened
from flashcrowd.load.runclock import RunClock
from flashcrowd.load.schedule import Schedule
from flashcrowd.load.vault import Vault


class Handout(NamedTuple):
    """What the master has prepared."""

    scenario: Scenario
    target: str
    owned: list[str]
    adapter: Opened
    image_speedup: float
    vault: Vault
    cast: Cast
    schedule: Schedule


@dataclass(slots=True)
class Tallies:
    """The sessions of all workers."""

    hands: dict[str, Hand]

    @property
    def online(self) -> int:
        """Visits under way now."""
        return sum(hand.online for hand in self.hands.values() if hand.plays)

    def sessions(self) -> dict[str, int]:
        """The counts for the manifest."""
        return sessions_of(list(self.hands.values()))


@dataclass(slots=True)
class Stage:
    """What a journal needs of a scene, for a run whose members live on workers."""

    clock: RunClock
    recorder: Gathering
    tally: Tallies
    left_at_s: dict[int, float] = field(default_factory=dict)
