"""Warnings in words, while there is still time to act on them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from flashcrowd.load.progress import Pulse

LEAST: Final = 50
"""Requests without which nothing is said."""

MOST_LATE: Final = 0.05
MOST_DROPPED: Final = 0.01
"""Shares of all requests beyond which a run is not judged (`report.validity`)."""

MOST_ERRORS: Final = 0.05
"""Share of the last answers that failed."""

STRETCH: Final = 5.0
"""The 95 % quantile of the last seconds over that of the run."""


def alarms(pulse: "Pulse") -> Iterator[str]:
    """One sentence for everything that is wrong at this moment."""
    seen = pulse.seen
    if seen.sent < LEAST:
        return
    offered = seen.sent + seen.dropped
    if pulse.late > MOST_LATE * offered:
        yield (
            f"{pulse.late / offered:.0%} of the requests were sent late: the load generator cannot keep up, "
            "and the run will not be judged"
        )
    if seen.dropped > MOST_DROPPED * offered:
        yield f"{seen.dropped / offered:.0%} of the requests were never sent, and the run will not be judged"
    if not seen.answered:
        yield "nothing was answered in the last seconds: the platform stands still"
        return
    if seen.errors > MOST_ERRORS * seen.answered:
        yield f"{seen.errors / seen.answered:.0%} of the last answers were errors"
    if seen.p95_ms > STRETCH * pulse.response_p95_ms:
        yield f"the platform slows down: 95 % took up to {seen.p95_ms:,.0f} ms in the last seconds"
