"""How a plan says things: days as dates, resources and rates by name, ranges with their likely value."""

import math
from datetime import date, timedelta
from typing import Final

from flashcrowd.core.plan import Plan
from flashcrowd.report import quantity
from flashcrowd.report.plan.outcome import Break, Fan

RESOURCE_NAMES: Final = {
    "instances": "instances",
    "generator_slots": "generator slots",
    "storage_tb": "storage",
    "egress_gbit_per_s": "egress",
}
RATE_NAMES: Final = {
    "sign_ups": "sign-ups",
    "sessions": "visits",
    "reads": "reads",
    "posts": "posts",
    "reactions": "reactions",
    "images": "images",
    "requests": "requests",
}


def day_name(plan: Plan, day: float) -> str:
    """A day of the plan: its date, or its number from 1."""
    if math.isnan(day):
        return "not within the plan"
    if not plan.begins:
        return f"day {day + 1:.0f}"
    return (date.fromisoformat(plan.begins) + timedelta(days=int(day))).isoformat()


def amount(resource: str, value: float) -> str:
    """So much of a resource.

    >>> amount("instances", 12.0), amount("storage_tb", 2500.0), amount("egress_gbit_per_s", 0.5)
    ('12', '2,500 TB', '0.5 Gbit/s')
    """
    unit = {"storage_tb": " TB", "egress_gbit_per_s": " Gbit/s"}.get(resource, "")
    return (quantity.count(math.ceil(value)) if not unit else quantity.three(value)) + unit


def ranged(fan: Fan) -> str:
    """The largest median of a fan, with its range."""
    low, middle, high = fan.at_peak()
    return f"{quantity.count(middle)} ({quantity.count(low)} to {quantity.count(high)})"


def having(resource: str, value: float) -> str:
    """So much of a resource, with its name.

    >>> having("instances", 12.0), having("storage_tb", 2500.0)
    ('12 instances', '2,500 TB of storage')
    """
    of = " of" if resource in ("storage_tb", "egress_gbit_per_s") else ""
    return f"{amount(resource, value)}{of} {RESOURCE_NAMES[resource]}"


def broken(plan: Plan, one: Break) -> str:
    """When a resource is too little, in a sentence."""
    have = having(one.resource, one.have)
    share = quantity.share(one.share)
    if math.isnan(one.early):
        return (
            f"{have} are enough in all but {share} of the futures"
            if one.share
            else (f"{have} are enough in every future that was drawn")
        )
    early = day_name(plan, one.early)
    if math.isnan(one.day):
        return f"{have} are too little in {share} of the futures, from {early} in one of ten"
    return (
        f"{have} are too little from {day_name(plan, one.day)} on in half of the futures "
        f"(from {early} in one of ten), and in {share} of them at some time"
    )
