"""What people do on a day: one society, lived through offline and counted. A task of a planning ensemble."""

from typing import Any, Final

import numpy as np

from flashcrowd.core.clock import DAY, HOUR, TICK
from flashcrowd.core.events import ACTION_CODE, ACTIONS
from flashcrowd.core.jobs import Tell
from flashcrowd.core.scenario import resolved_scenario
from flashcrowd.sim.membership import PRESETS, Preset, survival
from flashcrowd.sim.model import SocialModel

KINDS: Final = {
    "sessions": ("session_start",),
    "reads": ("home", "public", "thread", "profile", "search", "trends", "notifications"),
    "posts": ("post", "reply", "quote"),
    "reactions": ("like", "repost", "follow", "unfollow", "report"),
    "images": ("generate",),
}
"""Kind of demand -> the actions that it counts."""

TOLD_TICKS: Final = 30


class Counter:
    """Counts the actions of the last day; a sink of the society.

    Args:
        members: of the society.
        since_s: scenario time from which is counted.
    """

    def __init__(self, members: int, since_s: float) -> None:
        self._since_s = since_s
        self._came = np.zeros(members, bool)
        self._actions = np.zeros(len(ACTIONS), np.int64)
        self._hours = np.zeros(24, np.int64)

    def take(self, table: str, columns: dict[str, Any]) -> None:
        """Take rows."""
        if table != "actions":
            return
        counted = np.asarray(columns["t"]) >= self._since_s
        action = np.asarray(columns["action"])[counted].astype(np.int64)
        begun = action == ACTION_CODE["session_start"]
        self._came[np.asarray(columns["member"])[counted][begun]] = True
        self._actions += np.bincount(action, minlength=len(ACTIONS))
        hour = (np.asarray(columns["t"])[counted][begun] / HOUR % 24).astype(np.int64)
        self._hours += np.bincount(hour, minlength=24)

    def document(self) -> dict[str, Any]:
        """`per_day`: kind -> count for each member who came; `active_share` of members who did; `by_hour`:
        sessions in each hour of the day (UTC)."""
        came = max(int(self._came.sum()), 1)
        per_day = {
            kind: float(sum(self._actions[ACTION_CODE[name]] for name in names)) / came
            for kind, names in KINDS.items()
        }
        share = came / len(self._came)
        return {"per_day": per_day, "active_share": share, "by_hour": self._hours.tolist()}


def measure(settings: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Let the society of a resolved scenario live, and count its last day.

    Returns:
        What `Counter.document` says.
    """
    scenario = resolved_scenario(settings, "plan")
    counter = Counter(scenario.population.members, scenario.duration - DAY)
    model = SocialModel(scenario, "kernel", counter.take)
    ticks = round(scenario.duration / TICK)
    for tick in range(ticks):
        model.step()
        if tick % TOLD_TICKS == 0:
            tell(tick / ticks)
    model.finish()
    return counter.document()


def return_curve(preset: str | tuple[float, float, float], days: int) -> tuple[np.ndarray[Any, Any], float]:
    """Share of a cohort of sign-ups that comes on each day after it, shape `(days,)`, 1 on the day itself;
    and the share of those who have not left who come on any given day.

    Args:
        preset: name of a retention preset, or the shares of day 1, 7 and 30.
    """
    if isinstance(preset, str):
        known = PRESETS[preset]
    else:
        known = Preset((1.0, 7.0, 30.0), preset, max(0.45, preset[0]))
    curve = known.active * survival(
        np.arange(days, dtype=np.float64) + 0.5, known
    )  # in the middle of each day
    curve[0] = 1.0
    return curve, known.active
