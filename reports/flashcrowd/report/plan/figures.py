"""The charts of a plan."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from flashcrowd.report import quantity
from flashcrowd.report.plan.outcome import Bar, Fan, Outcome
from flashcrowd.report.plan.wording import RATE_NAMES, RESOURCE_NAMES, amount
from flashcrowd.report.section import Chart
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis
from flashcrowd.report.sections.fan import fan
from flashcrowd.report.sections.fan import tornado as tornado_chart

MOST_BARS: Final = 10
BANDS: Final = (
    "The line is the median future; half of all futures lie in the dark band, 9 of 10 in the light one."
)
COLOURS: Final = {"images": "@purple", "sign_ups": "@green", "posts": "@orange", "reads": "@blue"}
UNITS: Final = {"storage_tb": "TB", "egress_gbit_per_s": "Gbit/s"}


def weekly_users(found: Outcome) -> Chart:
    """People who come within a week, over the horizon."""
    return Chart("plan-users", "Weekly users", fan(_rows(found.weekly), _days(found), Axis("count")), BANDS)


def over_days(found: Outcome, kind: str) -> Chart:
    """A rate in the busiest hour of each day."""
    title = f"{RATE_NAMES[kind].capitalize()} per second, busiest hour of each ordinary day"
    spec = fan(_rows(found.busiest[kind]), _days(found), Axis("count"), COLOURS[kind])
    return Chart(f"plan-days-{kind}", title, spec, BANDS)


def over_hours(found: Outcome, kind: str) -> Chart:
    """A rate over the hours of the busiest day."""
    values = np.outer(found.by_day[kind][:, found.busiest_day], found.by_hour).reshape(5, 24)
    hours = Fan(np.arange(24.0) + 0.5, values)
    axis = Axis("hours", "hour of the day, UTC", least=0, most=24, ticks=(6, 12, 18))
    title = f"{RATE_NAMES[kind].capitalize()} per second on the busiest day"
    return Chart(f"plan-hours-{kind}", title, fan(_rows(hours), axis, Axis("count"), COLOURS[kind]), BANDS)


def needed(found: Outcome, name: str) -> Chart:
    """What is needed of a resource over the horizon, and what there is."""
    have = getattr(found.plan.have, name)
    limits = [] if have is None else [(have, f"there is {amount(name, have)}")]
    unit = f", {UNITS[name]}" if name in UNITS else ""
    spec = fan(_rows(found.needed[name]), _days(found), Axis("count"), "@blue", limits)
    return Chart(f"plan-needs-{name}", f"{RESOURCE_NAMES[name].capitalize()} needed{unit}", spec, BANDS)


def money(found: Outcome) -> Chart:
    """The cost of a month over the horizon."""
    assert found.money is not None
    title = f"Cost a month, {found.plan.prices.currency}"
    return Chart("plan-money", title, fan(_rows(found.money), _days(found), Axis("count"), "@green"), BANDS)


def tornado(found: Outcome, name: str, bars: Sequence[Bar]) -> Chart:
    """How far each assumption moves what is needed of a resource."""
    rows = [
        {
            "name": bar.says,
            "low": chart.plain(bar.low),
            "high": chart.plain(bar.high),
            "low_text": f"{quantity.count(bar.low)} with {quantity.number(bar.low_value)}",
            "high_text": f"{quantity.count(bar.high)} with {quantity.number(bar.high_value)}",
        }
        for bar in bars[:MOST_BARS]
    ]
    spec = tornado_chart(rows, Axis("count", log=True), chart.plain(found.likely[name]))
    title = f"{RESOURCE_NAMES[name].capitalize()} needed on the busiest day"
    alt = "Each bar: one assumption at its low and at its high end, all others likely."
    return Chart(f"plan-tornado-{name}", title, spec, alt, wide=True)


def laws(found: Outcome) -> list[Chart]:
    """Demand of each society over its size, the law through them, and how it is carried on."""
    measured = found.basis.measured
    charts = []
    for kind in ("reads", "images"):
        law = measured.laws[kind]
        most = max(found.members, law.at)
        grid = np.geomspace(min(law.sizes), max(most, 1.01 * law.at), 40)
        low, middle, high = zip(*(law.carried(float(size)) for size in grid), strict=True)
        spec = fan(
            chart.rows_of(x=grid, low=low, lower=middle, middle=middle, upper=middle, high=high),
            Axis("count", "members", log=True), Axis("number", least=0.0), "@grey",
        )  # fmt: skip
        points = [{"x": size, "y": chart.plain(value)} for size, value in measured.values[kind]]
        spec["layer"].insert(
            -1,
            {
                "data": {"values": points},
                "mark": {"type": "point", "filled": True, "color": "@orange", "size": 30},
                "encoding": {
                    "x": {"field": "x", "type": "quantitative"},
                    "y": {"field": "y", "type": "quantitative"},
                },
            },
        )
        title = f"{RATE_NAMES[kind].capitalize()} a day and person who comes"
        alt = (
            f"Points: simulated societies. Line and band: the law, extrapolated beyond {law.at:,.0f} members."
        )
        charts.append(Chart(f"plan-law-{kind}", title, spec, alt))
    return charts


def _rows(values: Fan) -> list[chart.Row]:
    low, lower, middle, upper, high = values.values
    return chart.rows_of(x=values.days, low=low, lower=lower, middle=middle, upper=upper, high=high)


def _days(found: Outcome) -> Axis:
    begins = f"days from {found.plan.begins}" if found.plan.begins else "day"
    return Axis("number", begins, least=0, most=max(found.plan.days - 1, 1))
