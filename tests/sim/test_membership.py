"""Who is there when: survival, activity, and the two in a society."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from societies import TICKS_A_DAY, assert_same, lived, of, small

from flashcrowd.core.clock import DAY
from flashcrowd.core.growth import Growth
from flashcrowd.sim.growth import CURVES
from flashcrowd.sim.membership import (
    PRESETS,
    Preset,
    activity_factor,
    is_member,
    lifetimes,
    presence_of,
    sign_up_times,
    survival,
)
from flashcrowd.sim.world import World, build_world

ALL_AT_ONCE = ((0.0, 0.0), (3600.0, 1.0))
TIMES = st.floats(min_value=0.0, max_value=1e6)


def newcomers(**changes: object) -> World:
    """300 members, half of whom sign up in the first hour."""
    return build_world(
        small(**{"growth.share": 0.5, "growth.curve": "given", "growth.points": ALL_AT_ONCE, **changes})
    )


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_survivors_who_come_are_the_preset_share(preset: Preset) -> None:
    """Survival in the middle of each day of the preset, times the share of survivors that comes."""
    days = np.array(preset.days) + 0.5
    assert survival(days, preset) * preset.active == pytest.approx(preset.shares)
    assert (np.diff(survival(np.linspace(0, 400, 500), preset)) < 0).all()


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_lifetimes_are_the_inverse_of_survival(preset: Preset) -> None:
    """S(lifetime(u)) = u, beyond the last day too."""
    u = np.linspace(0.001, 0.999, 400)
    assert survival(lifetimes(u, preset), preset) == pytest.approx(u)


def test_activity_factor_of_equal_members_has_a_closed_form() -> None:
    """1 - e^-cr = a gives c = -ln(1 - a) / r; the mean over unequal members is met too."""
    assert activity_factor(np.full(5, 2.0), np.zeros(5), 0.3) == pytest.approx(-math.log(0.7) / 2.0)
    rates = np.array([0.1, 1.0, 30.0])
    factor = activity_factor(rates, rates, 0.6)
    assert np.mean(1.0 - np.exp(-factor * rates - min(1.0, factor) * rates)) == pytest.approx(0.6)


def test_nobody_signs_up_unless_asked() -> None:
    """The share is 0 by default."""
    assert np.isnan(sign_up_times(1, Growth(), np.zeros(100, np.int32))).all()


@given(TIMES, TIMES, TIMES)
def test_presence_by_tick_and_by_time_agree(joined: float, stays: float, t: float) -> None:
    """Who has signed up in an earlier tick, and leaves in a later one, is a member."""
    left = joined + stays
    presence = presence_of(np.array([joined]), np.array([left]))
    inside = int(presence.joining_tick[0]) < t // 60.0 < int(presence.leaving_tick[0])
    assert is_member(joined, left, t) == inside
    assert presence.leaving_tick[0] > presence.joining_tick[0]


@pytest.mark.parametrize("curve", CURVES.names())
@pytest.mark.parametrize("retention", ["none", "hype"])
def test_engines_agree_on_sign_ups_and_departures(curve: str, retention: str) -> None:
    """Every column of two days in which half of the members sign up, and many leave."""
    changes = {"growth.curve": curve, "growth.innovation": 1.0, "growth.period": DAY}
    world = newcomers(**changes, **{"population.retention": retention})
    kernel = lived(world, "kernel", 2 * TICKS_A_DAY)
    assert len(of(kernel["actions"], "signup")["t"]) > 50
    assert_same(kernel, lived(world, "agents", 2 * TICKS_A_DAY))


def test_members_come_between_sign_up_and_departure_only() -> None:
    """The first row after the start of its first visit is the sign-up, at its time; none begins after
    leaving."""
    world = newcomers(**{"population.retention": "hype", "sessions.per_day": 6.0})
    actions = lived(world, "kernel", 3 * TICKS_A_DAY)["actions"]
    starts, signed = of(actions, "session_start"), of(actions, "signup")
    joined, left = world.population.joined, world.population.left
    assert sorted(signed["member"]) == np.flatnonzero(np.isfinite(joined)).tolist()
    assert signed["t"].tolist() == joined[signed["member"]].tolist()
    assert not (starts["t"] < joined[starts["member"]]).any()
    late = starts["t"] - left[starts["member"]] > 60.0
    assert not late.any()
    assert (left < 3 * DAY).sum() > 50


@pytest.mark.parametrize("name", ["hype", "typical", "sticky"])
def test_cohort_comes_back_as_its_preset_says(name: str) -> None:
    """Day 1 and 7 of about 1,250 sign-ups without notifications, within four sigma of a binomial share.

    Visits spread a day's draws over two days of the calendar, so sessions of a survivor are what
    `activity_factor` assumes, and the only error is the sampling of the cohort.
    """
    changes = {"population.members": 2500, "population.retention": name, "sessions.push_share": 0.0}
    world = newcomers(**changes)
    joined = world.population.joined
    starts = of(lived(world, "kernel", 9 * TICKS_A_DAY)["actions"], "session_start")
    age = (starts["t"] - joined[starts["member"]]) // DAY
    cohort = np.isfinite(joined).sum()
    for day, share in zip((1, 7), PRESETS[name].shares[:2], strict=True):
        came = len(np.unique(starts["member"][age == day])) / cohort
        assert abs(came - share) < 4 * math.sqrt(share * (1 - share) / cohort)
