"""The one time axis of a report, along which all of its charts over time lie and zoom together.

A live run is shown along the wall clock: zero is the beginning of the measured window, and what members did
is placed by when they did it. An offline run is shown along the scenario clock.
"""

from dataclasses import dataclass

import numpy as np

from flashcrowd.core.clock import HOUR
from flashcrowd.core.events import PHASE_CODE
from flashcrowd.report import quantity
from flashcrowd.report.run import Column, Run
from flashcrowd.report.sections.axis import Axis, clock_unit, hours_axis

NS = 1e9


@dataclass(frozen=True)
class TimeAxis:
    """How times become x.

    Attributes:
        axis: from the beginning of the run to its end.
        marked: (x, label) of what is marked on it.
        live: whether x is wall time.
        lapse: scenario seconds per second of the clock that x counts.
        begin_s: scenario time of second 0 of that clock.
        zero_s: its second that is x = 0.
        unit_s: seconds of that clock in one x.
        end_s: last second of that clock.
        unit: of x, "clock" = hours of the scenario.
    """

    axis: Axis
    marked: tuple[tuple[float, str], ...]
    live: bool
    lapse: float
    begin_s: float
    zero_s: float
    unit_s: float
    end_s: float
    unit: str

    @property
    def plainly_marked(self) -> tuple[tuple[float, str], ...]:
        """What is marked, without labels: for charts below one that has them."""
        return tuple((x, "") for x, _ in self.marked)

    def of_run(self, run_s: Column) -> Column:
        """Seconds since the run began as x."""
        return np.asarray((run_s - self.zero_s) / self.unit_s)

    def of_scenario(self, t: Column) -> Column:
        """Scenario seconds as x."""
        return self.of_run(self.clock(t))

    def clock(self, t: Column) -> Column:
        """Scenario seconds as seconds of the clock: wall seconds since the run began, or themselves."""
        return np.asarray((t - self.begin_s) / self.lapse)

    def told(self, run_s: float) -> str:
        """A moment, for a sentence."""
        if self.live:
            apart = run_s - self.zero_s
            if abs(apart) < 0.05:
                return "as the window begins"
            side = "into" if apart >= 0 else "before"
            return f"{quantity.duration(abs(round(apart, 1)))} {side} the window"
        return f"{quantity.duration(run_s)} into the scenario"


def time_axis(run: Run) -> TimeAxis:
    """The axis of a run."""
    return _wall(run) if run.live else _scenario(run)


def _wall(run: Run) -> TimeAxis:
    due, phase = run.requests["intended_ns"], run.requests["phase"]
    measured = due[phase == PHASE_CODE["measured"]]
    lapse = float(run.manifest.get("time_lapse") or run.scenario.load.time_lapse)
    lived = run.lived["t"]
    acted_s = (float(lived.max()) - run.begin_s) / lapse if len(lived) else 0.0
    first_s = float(due.min()) / NS if len(due) else 0.0
    last_s = max(float(due.max()) / NS if len(due) else 0.0, min(acted_s, first_s + 1.5e9), first_s + 1.0)
    zero_s = float(measured.min()) / NS if len(measured) else first_s
    unit_s, unit = clock_unit(last_s - first_s)
    least, most = (first_s - zero_s) / unit_s, (last_s - zero_s) / unit_s
    axis = Axis("number", f"time since the measured window began, {unit}", least=least, most=most,
                zoomed=True)  # fmt: skip
    marked = ((0.0, "measured from here"),) if least < -0.02 * (most - least) else ()
    return TimeAxis(axis, marked, True, lapse, run.begin_s, zero_s, unit_s, last_s, unit)


def _scenario(run: Run) -> TimeAxis:
    last_s = max(run.span_s, 1.0)
    axis = hours_axis(0.0, last_s / HOUR, zoomed=True)
    return TimeAxis(axis, (), False, 1.0, 0.0, 0.0, HOUR, last_s, "clock")
