"""What a plan comes to: fans over all futures, what breaks first, which assumption moves the answer most."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from flashcrowd.core.plan import Plan
from flashcrowd.report.plan.assumptions import Z_90, drawn
from flashcrowd.report.plan.basis import Basis
from flashcrowd.report.plan.futures import KINDS, Futures, Model
from flashcrowd.report.plan.needs import RESOURCES, cost_per_month, needs, slots, stored_tb

Floats = npt.NDArray[np.float64]

LEVELS: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of a fan."""

MOST_DAYS: Final = 60
"""Days of the horizon at which needs are worked out, its busiest among them."""

ANSWERS: Final = ("instances", "generator_slots")
"""What the tornados are about."""

RATES: Final = ("sign_ups", *KINDS, "requests")


@dataclass(frozen=True)
class Fan:
    """Quantiles (`LEVELS`) over all futures at some days: `values` has shape `(5, n_days)`."""

    days: Floats
    values: Floats

    def at_peak(self) -> tuple[float, float, float]:
        """Low, median and high on the day whose median is largest."""
        place = int(self.values[2].argmax())
        return float(self.values[0, place]), float(self.values[2, place]), float(self.values[4, place])


@dataclass(frozen=True)
class Break:
    """When what there is of a resource is too little.

    Attributes:
        have: of it.
        share: futures in which it is too little on some day of the horizon.
        day: first day, counted from 0, at which it is too little in half of all futures; NaN = never.
        early, late: the same in one future of ten, in nine of ten; NaN = never.
    """

    resource: str
    have: float
    share: float
    day: float
    early: float
    late: float


@dataclass(frozen=True)
class Bar:
    """A bar of the tornado: the answer with one assumption low or high and all others likely."""

    name: str
    says: str
    low_value: float
    high_value: float
    low: float
    high: float

    @property
    def swing(self) -> float:
        """How far the answer moves, as a factor in logarithms."""
        return abs(math.log(max(self.high, 1e-12) / max(self.low, 1e-12)))


@dataclass(frozen=True)
class Outcome:
    """Everything that a plan says.

    Attributes:
        weekly, daily: fans of users.
        busiest: rate -> fan of the busiest hour of each ordinary day (per second).
        crowded: rate -> the same under a flash crowd.
        needed: resource -> fan.
        money: fan of the cost a month; None without prices.
        costs: resource -> median cost a month on the dearest day.
        breaks: of what there is, the first first.
        tornado: answer (one of `ANSWERS`) -> bars, longest first.
        likely: answer -> what it is if everything is likely.
        by_day: rate -> (5, days) quantiles of its mean over each day; times `by_hour` those of each hour.
        busiest_day: its number.
        members: of the society that is planned.
    """

    plan: Plan
    basis: Basis
    weekly: Fan
    daily: Fan
    busiest: Mapping[str, Fan]
    crowded: Mapping[str, Fan]
    needed: Mapping[str, Fan]
    sized: Mapping[str, float]
    money: Fan | None
    costs: Mapping[str, float]
    breaks: Sequence[Break]
    tornado: Mapping[str, Sequence[Bar]]
    likely: Mapping[str, float]
    by_day: Mapping[str, Floats]
    by_hour: Floats
    busiest_day: int
    members: float

    @property
    def troubles(self) -> list[str]:
        """Why some of the demand cannot be carried to the planned size."""
        model = Model(self.plan, self.basis)
        measured = {name.removeprefix("society.") for name in model.names if name.startswith("society.")}
        laws = self.basis.measured.laws
        found = [laws[kind].trouble(self.members) for kind in KINDS if kind in measured]
        return [one for one in found if one]


def outcome(plan: Plan, basis: Basis) -> Outcome:
    """Draw the futures of a plan and say what they come to."""
    model = Model(plan, basis)
    seen = model.futures(drawn(model.names, plan.draws, plan.seed), plan.draws)
    busiest_day = int(np.median(seen.rates["requests"], axis=0).argmax())
    places = _places(plan.days, busiest_day)
    some = _at(seen, places)
    needed = needs(plan, some, stored_tb(seen)[:, places])
    money = cost_per_month(plan, some, needed) if plan.prices.are_given else {}
    total = sum(money.values(), np.zeros_like(some.users.daily)) if money else None
    days = places.astype(float)
    return Outcome(
        plan=plan,
        basis=basis,
        weekly=_fan(some.users.weekly, days),
        daily=_fan(some.users.daily, days),
        busiest={kind: _fan(some.busiest(kind), days) for kind in RATES},
        crowded={kind: _fan(some.crowded(kind), days) for kind in RATES},
        needed={name: _fan(values, days) for name, values in needed.items()},
        sized={name: _sized(values, plan.policy.confidence) for name, values in needed.items()},
        money=None if total is None else _fan(total, days),
        costs={name: float(np.median(values, axis=0).max()) for name, values in money.items()},
        breaks=_breaks(plan, needed, days),
        tornado={answer: _tornado(model, answer, busiest_day) for answer in ANSWERS},
        likely={answer: float(v[0, 0]) for answer, v in _answers(plan, _likely(model, busiest_day)).items()},
        by_day={kind: np.quantile(seen.rates[kind], LEVELS, axis=0) for kind in RATES},
        by_hour=seen.by_hour,
        busiest_day=busiest_day,
        members=model.planned_members(),
    )


def _places(days: int, busiest: int) -> npt.NDArray[np.int64]:
    return np.unique(np.append(np.linspace(0, days - 1, min(days, MOST_DAYS)).round(), busiest)).astype(
        np.int64
    )


def _at(seen: Futures, places: npt.NDArray[np.int64]) -> Futures:
    """The same futures on some days only."""
    users = type(seen.users)(*(column[:, places] for column in seen.users))
    rates = {kind: values[:, places] for kind, values in seen.rates.items()}
    return Futures(users, rates, seen.by_hour, seen.values)


def _fan(values: Floats, days: Floats) -> Fan:
    return Fan(days, np.quantile(values, LEVELS, axis=0))


def _sized(values: Floats, confidence: float) -> float:
    """What is enough on every day in this share of all futures."""
    return float(np.quantile(values.max(axis=1), confidence, method="higher"))


def _breaks(plan: Plan, needed: Mapping[str, Floats], days: Floats) -> list[Break]:
    found = []
    for name in RESOURCES:
        have = getattr(plan.have, name)
        if have is None:
            continue
        broken = needed[name] > have
        first = np.where(broken.any(axis=1), days[broken.argmax(axis=1)], np.inf)
        early, day, late = np.quantile(first, (0.1, 0.5, 0.9), method="inverted_cdf")
        numbers = (float(v) if np.isfinite(v) else math.nan for v in (day, early, late))
        found.append(Break(name, have, float(broken.any(axis=1).mean()), *numbers))
    return sorted(found, key=lambda one: (math.isnan(one.day), one.day, -one.share))


def _answers(plan: Plan, seen: Futures) -> dict[str, Floats]:
    """Whole instances hide small moves, so the first answer counts fractions of them, without spare ones."""
    margin = 1 + plan.policy.headroom
    load = margin * seen.crowded("requests") / seen.values["capacity.requests_per_s"][:, None]
    images = margin * seen.crowded("images")
    return {"instances": load, "generator_slots": slots(plan, images, seen.values["generator.slowness"])}


def _likely(model: Model, day: int) -> Futures:
    """The one future in which everything is likely, on one day."""
    return _at(model.futures({}, 1), np.array([day]))


def _tornado(model: Model, answer: str, day: int) -> list[Bar]:
    """What the busiest day needs with each assumption at its low and high end; all in one sweep."""
    names = model.names
    z = {name: np.zeros(2 * len(names)) for name in names}
    for place, name in enumerate(names):
        z[name][2 * place : 2 * place + 2] = (-Z_90, Z_90)
    seen = _at(model.futures(z, 2 * len(names)), np.array([day]))
    needed = _answers(model.plan, seen)[answer][:, 0]
    bars = []
    for place, name in enumerate(names):
        low, high = float(needed[2 * place]), float(needed[2 * place + 1])
        values = seen.values.get(name)
        ends = (
            (float(values[2 * place]), float(values[2 * place + 1]))
            if values is not None
            else (math.nan,) * 2
        )
        bars.append(Bar(name, model.says(name), *ends, low, high))
    return sorted((bar for bar in bars if bar.low != bar.high), key=lambda bar: -bar.swing)
