"""Who is there when: members sign up during the run, and of those who do some stop coming.

A retention preset says which share of a cohort of sign-ups comes again on day 1, 7 and 30. It is a survival
curve S(d), the share that has not left, times the share of those still there that comes on any given day.
"""

import math
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from flashcrowd.core.clock import DAY, TICK
from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.core.growth import Growth
from flashcrowd.sim.growth import CURVES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

LAST: Final = 2**53
"""A tick beyond every run."""


class Preset(NamedTuple):
    """How a cohort comes back.

    `days`, `shares`: share of it that comes again on those days after the sign-up · `active`: share of those
    who have not left that comes on any given day.
    """

    days: tuple[float, ...]
    shares: tuple[float, ...]
    active: float


PRESETS: Final = {
    "hype": Preset((1.0, 7.0, 30.0), (0.10, 0.02, 0.01), 0.30),
    "typical": Preset((1.0, 7.0, 30.0), (0.26, 0.12, 0.06), 0.45),
    "sticky": Preset((1.0, 7.0, 30.0), (0.60, 0.50, 0.45), 0.65),
}
"""Day 1, 7 and 30 as app reports give them (read in secondary texts); `active` is an assumption between the
share of day 1, which it cannot be below, and what visits of people who stay look like."""


def sign_up_times(seed: int, growth: Growth, community: Ints) -> Floats:
    """When each member signs up: scenario seconds, NaN = it is there already, infinite = never; (members,).

    Raises:
        UsageError: when the curve is unknown.
    """
    curve = CURVES.get(growth.curve)
    members = np.arange(len(community), dtype=np.uint64)
    key = root_key(seed, Purpose.GROWTH)
    chosen = np.flatnonzero(np.asarray(uniform(fold(fold(key, 0), members))) < growth.share)
    joined = np.full(len(community), np.nan)
    circle = uniform(fold(fold(key, 2), community[chosen].astype(np.uint64)))
    joined[chosen] = curve(growth, uniform(fold(fold(key, 1), members[chosen])), circle)
    return joined


def with_invitations(seed: int, events: tuple[Any, ...], joined: Floats) -> Floats:
    """The same times, where invitations (events of that kind) do not make some sign up sooner."""
    for number, event in enumerate(events):
        if event.kind != "invitations":
            continue
        outside = np.flatnonzero(joined > event.at)
        key = fold(root_key(seed, Purpose.EVENT), number)
        who = outside.astype(np.uint64)
        accepts = np.asarray(uniform(fold(fold(key, 0), who))) < event.share
        times = event.at - event.acceptance * np.log(np.asarray(uniform(fold(fold(key, 1), who[accepts]))))
        joined[outside[accepts]] = np.minimum(joined[outside[accepts]], times)
    return joined


def leaving_times(seed: int, preset: Preset, joined: Floats) -> Floats:
    """When each member leaves for good, given when it signs up; NaN = it does not; shape `(members,)`."""
    signs_up = np.flatnonzero(np.isfinite(joined))
    key = fold(root_key(seed, Purpose.GROWTH), 3)
    left = np.full(len(joined), np.nan)
    left[signs_up] = joined[signs_up] + DAY * lifetimes(
        np.asarray(uniform(fold(key, signs_up.astype(np.uint64)))), preset
    )
    return left


def survival(days: Floats, preset: Preset) -> Floats:
    """S(d): share of a cohort that has not left `days` after signing up; ln S is linear in ln(1 + d) between
    the days of the preset and goes on beyond the last one.

    >>> survival(np.array([0.0, 1.5]), PRESETS["typical"]).round(3).tolist()
    [1.0, 0.578]
    """
    x, y = _knots(preset)
    return np.exp(-_along(np.log1p(days), x, y))


def lifetimes(u: Floats, preset: Preset) -> Floats:
    """Days that members stay: the inverse of `survival` at uniform numbers `u` in (0, 1)."""
    x, y = _knots(preset)
    return np.expm1(_along(-np.log(u), y, x))


def activity_factor(own_per_day: Floats, called_per_day: Floats, active: float) -> float:
    """The factor c on members' rates with which the share `active` of them comes on any given day.

    On a day a member comes with probability 1 - e^-(c own + min(1, c) called), as in any Poisson process:
    `own_per_day` are the visits of its own accord, `called_per_day` those that notifications cause, who
    cannot cause more than they do already.
    """

    def excess(log_factor: float) -> float:
        factor = math.exp(log_factor)
        rates = factor * own_per_day + min(1.0, factor) * called_per_day
        return float(np.mean(-np.expm1(-rates))) - active

    return math.exp(brentq(excess, -20.0, 20.0, rtol=1e-9))


class Presence(NamedTuple):
    """Whose membership begins or ends in which tick, in order of ticks; int64 and int32 arrays.

    A member may begin visits in the ticks after the one in which it signs up and before the one in which it
    leaves; besides, it comes to sign up.
    """

    joining_tick: npt.NDArray[np.int64]
    joining: Ints
    leaving_tick: npt.NDArray[np.int64]
    leaving: Ints

    def joining_in(self, tick: int) -> Ints:
        """The members who sign up in a tick."""
        return self.joining[slice(*np.searchsorted(self.joining_tick, (tick, tick + 1)))]

    def leaving_in(self, tick: int) -> Ints:
        """The members who leave in a tick."""
        return self.leaving[slice(*np.searchsorted(self.leaving_tick, (tick, tick + 1)))]


def is_member(joined: float, left: float, t: float) -> bool:
    """Whether a member with these times (NaN = before the run, not) may begin a visit at scenario time `t`.

    >>> is_member(math.nan, math.nan, 0.0), is_member(90.0, math.nan, 100.0), is_member(90.0, 300.0, 120.0)
    (True, False, True)
    """
    tick = t // TICK
    if math.isnan(joined):
        return True
    return joined // TICK < tick and (math.isnan(left) or tick < max(left // TICK, joined // TICK + 1))


def presence_of(joined: Floats, left: Floats) -> Presence:
    """The ticks of sign-ups and departures, given their times; nobody leaves in the tick of its sign-up."""
    joining, leaving = np.flatnonzero(np.isfinite(joined)), np.flatnonzero(np.isfinite(left))
    begun = np.minimum(joined[joining] / TICK, LAST).astype(np.int64)
    ended = np.maximum(np.minimum(left[leaving] / TICK, LAST), joined[leaving] // TICK + 1).astype(np.int64)
    first, last = np.argsort(begun, kind="stable"), np.argsort(ended, kind="stable")
    return Presence(
        begun[first], joining[first].astype(np.int32), ended[last], leaving[last].astype(np.int32)
    )


def _knots(preset: Preset) -> tuple[Floats, Floats]:
    """ln(1 + d) and -ln S at sign-up and in the middle of each day of the preset."""
    days = np.array((0.0, *(day + 0.5 for day in preset.days)))
    shares = np.array((preset.active, *preset.shares)) / preset.active
    return np.log1p(days), -np.log(shares)


def _along(at: Floats, x: Floats, y: Floats) -> Floats:
    """Linear interpolation that goes on with the last slope."""
    slope = (y[-1] - y[-2]) / (x[-1] - x[-2])
    return np.where(at <= x[-1], np.interp(at, x, y), y[-1] + slope * (at - x[-1]))
