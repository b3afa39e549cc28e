"""A worker as the master knows it."""

from dataclasses import dataclass, field
from time import monotonic_ns
from typing import Any, Final

from flashcrowd.load.distributed.courier import Counter

WAITING: Final = "waiting"
READY: Final = "ready"
PLAYING: Final = "playing"
DONE: Final = "done"
"""What a worker says of itself: it has no plan yet · it can begin · it lets members live · it has ended."""

COUNTS: Final = ("offered", "stayed_away", "caused", "started", "dropped", "finished")


@dataclass(slots=True)
class Hand:
    """One worker.

    `epoch`: grows when its members were taken away · `lost`: whether it was given up and not heard since ·
    `upto_s`: scenario time up to which all its rows are here · `deals`: deals sent to it in its epoch.
    """

    client: str
    number: int
    state: str = WAITING
    heard_ns: int = field(default_factory=monotonic_ns)
    epoch: int = 0
    lost: bool = False
    losses: int = 0
    upto_s: float = float("-inf")
    deals: int = 0
    dealt_ns: int = 0
    online: int = 0
    counter: Counter = field(default_factory=Counter)
    counts: dict[str, int] = field(default_factory=dict)
    resumed: int = 0
    cpu_share: float | None = None
    cpu_demand: float | None = None
    in_flight: tuple[int, int] | None = None
    unsupported: list[str] = field(default_factory=list)
    breaker_opened: int = 0
    resent: dict[str, int] = field(default_factory=dict)
    has_plan: bool = False
    has_begun: bool = False

    @property
    def plays(self) -> bool:
        """Whether members may be dealt to it."""
        return self.state == PLAYING and not self.lost

    @property
    def unfinished(self) -> int:
        """Visits of which neither a beginning nor a drop was told."""
        offered, started, dropped = (self.counts.get(name, 0) for name in ("offered", "started", "dropped"))
        return offered - started - dropped

    def note(self, beat: dict[str, Any]) -> None:
        """Take what the worker says of itself."""
        self.heard_ns = monotonic_ns()
        self.lost = False
        self.state = beat["state"]
        self.online = beat["online"]
        self.counts = beat["counts"]
        self.resumed = beat["resumed"]
        self.cpu_share = beat["cpu_share"]
        self.cpu_demand = beat["cpu_demand"]
        self.in_flight = beat.get("in_flight")
        self.unsupported = beat["unsupported"]
        self.breaker_opened = beat["breaker_opened"]
        self.resent = beat.get("resent", {})
        if beat["upto_s"] is not None:
            self.upto_s = beat["upto_s"]

    def details(self) -> dict[str, Any]:
        """For the manifest."""
        return {
            "number": self.number,
            "state": "lost" if self.lost else self.state,
            "times_lost": self.losses,
            "cpu_share": self.cpu_share,
            "sessions": self.counts | {"resumed": self.resumed},
        }


def sessions_of(hands: list[Hand]) -> dict[str, int]:
    """The counts of sessions of all workers together.

    A lost worker's visits that had neither begun nor been dropped when it was last heard are `lost`, and
    those that went on elsewhere, `resumed`, were offered twice.
    """
    total = {name: sum(hand.counts.get(name, 0) for hand in hands) for name in COUNTS}
    lost = sum(hand.unfinished for hand in hands if hand.lost)
    return total | {"resumed": sum(hand.resumed for hand in hands), "lost": lost}
