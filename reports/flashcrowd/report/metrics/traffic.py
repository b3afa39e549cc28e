"""The requests of a run as times: when each was due and sent, how long it took, whether it failed."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from flashcrowd.core.events import ERRORS, LATE_NS, OUTCOME_CODE, PHASE_CODE
from flashcrowd.report.run import Column, Columns

_NS_PER_MS: Final = 1e6
_NS_PER_S: Final = 1e9


@dataclass(frozen=True)
class Traffic:
    """Equally long arrays over requests, in order of completion.

    Attributes:
        action: codes of `events.ACTIONS`, int8.
        intended_s, end_s: seconds since the run began (end is NaN when never sent), float64.
        response_ms: end - intended, NaN when never sent: what a member waited.
        service_ms: end - start, NaN when never sent: what the platform took.
        lateness_ms: start - intended, NaN when never sent.
        sent, error, dropped, abandoned: bool.
    """

    action: Column
    intended_s: Column
    end_s: Column
    response_ms: Column
    service_ms: Column
    lateness_ms: Column
    sent: Column
    error: Column
    dropped: Column
    abandoned: Column

    def __len__(self) -> int:
        return len(self.action)

    @property
    def late(self) -> Column:
        """Which requests were sent more than `LATE_NS` after they were due."""
        return self.lateness_ms > LATE_NS / _NS_PER_MS

    @property
    def window_s(self) -> float:
        """Seconds from the first request that was due to the last one."""
        return float(np.ptp(self.intended_s)) if len(self) else 0.0

    def where(self, mask: Column) -> "Traffic":
        """The requests that a mask selects."""
        return Traffic(**{name: value[mask] for name, value in vars(self).items()})


def traffic(requests: Columns, phase: str | None = "measured") -> Traffic:
    """The requests of one phase, or of all members' phases (None): without those of the harness's own."""
    phases = requests["phase"]
    chosen = phases != PHASE_CODE["check"] if phase is None else phases == PHASE_CODE[phase]

    def column(name: str) -> Any:
        return requests[name][chosen]

    intended, start, end, outcome = (column(n) for n in ("intended_ns", "start_ns", "end_ns", "outcome"))
    sent = start >= 0
    return Traffic(
        action=column("action"),
        intended_s=intended / _NS_PER_S,
        end_s=np.where(sent, end / _NS_PER_S, np.nan),
        response_ms=np.where(sent, (end - intended) / _NS_PER_MS, np.nan),
        service_ms=np.where(sent, (end - start) / _NS_PER_MS, np.nan),
        lateness_ms=np.where(sent, (start - intended) / _NS_PER_MS, np.nan),
        sent=sent,
        error=np.isin(outcome, [OUTCOME_CODE[name] for name in ERRORS]),
        dropped=outcome == OUTCOME_CODE["dropped"],
        abandoned=outcome == OUTCOME_CODE["abandoned"],
    )
