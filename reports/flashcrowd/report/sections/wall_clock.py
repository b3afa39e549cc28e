"""The wall clock of a live run as an axis: zero is the beginning of the measured window."""

from dataclasses import dataclass

import numpy as np

from flashcrowd.core.events import PHASE_CODE
from flashcrowd.report.run import Column, Run
from flashcrowd.report.sections.axis import Axis, clock_unit


@dataclass(frozen=True)
class WallClock:
    """How run seconds become x: (t - `zero_s`) / `unit_s`."""

    zero_s: float
    unit_s: float
    axis: Axis
    marked: tuple[tuple[float, str], ...]

    def place(self, run_s: Column) -> Column:
        """Run seconds as x."""
        return np.asarray((run_s - self.zero_s) / self.unit_s)


def wall_clock(run: Run, first_s: float, last_s: float) -> WallClock:
    """The axis for a chart of the run seconds from `first_s` to `last_s`."""
    measured = run.requests["intended_ns"][run.requests["phase"] == PHASE_CODE["measured"]]
    zero_s = float(measured.min() / 1e9) if len(measured) else 0.0
    unit_s, unit = clock_unit(last_s - first_s)
    least, most = (first_s - zero_s) / unit_s, (last_s - zero_s) / unit_s
    axis = Axis("number", f"time since the measured window began, {unit}", least=least, most=most)
    warmed_up = least < -0.02 * (most - least)
    return WallClock(zero_s, unit_s, axis, ((0.0, "measured from here"),) if warmed_up else ())
