"""What demand needs: instances, generator slots, storage, egress, money."""

import numpy as np
import numpy.typing as npt

from flashcrowd.core.clock import DAY, HOUR
from flashcrowd.core.plan import Plan
from flashcrowd.report.capacity.queueing import servers_needed
from flashcrowd.report.plan.futures import Futures

Floats = npt.NDArray[np.float64]

KB_PER_TB = 1e9
KB_PER_GB = 1e6
GBIT_PER_KB = 8e-6
MONTH_D = 365 / 12

RESOURCES = ("instances", "generator_slots", "storage_tb", "egress_gbit_per_s")
"""What may run out; keys of the section `have`."""


def needs(plan: Plan, seen: Futures, stored: Floats) -> dict[str, Floats]:
    """Resource -> what each day needs in each future, shape `(n, days)`.

    instances: enough for the busiest hour under a flash crowd and the headroom, and `spare` more.
    generator_slots: enough for the wait target then. storage_tb: what is `stored` by then, with headroom.
    egress_gbit_per_s: what leaves then.
    """
    margin = 1 + plan.policy.headroom
    instances = np.ceil(margin * seen.crowded("requests") / seen.values["capacity.requests_per_s"][:, None])
    return {
        "instances": instances + plan.policy.spare,
        "generator_slots": slots(plan, margin * seen.crowded("images"), seen.values["generator.slowness"]),
        "storage_tb": margin * stored,
        "egress_gbit_per_s": margin * seen.crowded("reads") * _sent_kb_per_read(seen)[:, None] * GBIT_PER_KB,
    }


def slots(plan: Plan, images_per_s: Floats, slowness: Floats) -> Floats:
    """Generator slots with which the wait target is kept, shape as `images_per_s` `(n, days)`."""
    made = plan.generator
    mean_s = (made.mean * slowness)[:, None] * np.ones_like(images_per_s)
    variation = float(np.expm1(made.sigma**2))  # squared, of a log-normal
    return servers_needed(images_per_s, mean_s, made.wait, made.level, variation)


def cost_per_month(plan: Plan, seen: Futures, needed: dict[str, Floats]) -> dict[str, Floats]:
    """What each resource costs in a month like each day, shape `(n, days)`."""
    prices, hours = plan.prices, MONTH_D * DAY / HOUR
    sent_gb = seen.rates["reads"] * _sent_kb_per_read(seen)[:, None] * DAY * MONTH_D / KB_PER_GB
    return {
        "instances": needed["instances"] * prices.instance_hour * hours,
        "generator_slots": needed["generator_slots"] * prices.generator_hour * hours,
        "storage": needed["storage_tb"] * 1000 * prices.storage_gb_month,
        "egress": sent_gb * prices.egress_gb,
    }


def stored_tb(seen: Futures) -> Floats:
    """TB of everything made since the first day, shape `(n, days)`; the futures must be of all days."""
    images = seen.rates["images"] * seen.values["bytes.image_kb"][:, None]
    posts = seen.rates["posts"] * seen.values["bytes.post_kb"][:, None]
    return np.cumsum((images + posts) * DAY, axis=1) / KB_PER_TB


def _sent_kb_per_read(seen: Futures) -> Floats:
    """kB that leave for one page: itself, and the images that no cache sends."""
    value = seen.values
    missed = 1 - np.minimum(value["bytes.cache_share"], 1.0)
    return np.asarray(
        value["bytes.read_kb"] + value["bytes.views_per_read"] * value["bytes.view_kb"] * missed
    )
