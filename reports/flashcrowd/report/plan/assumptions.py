"""Assumptions as numbers: one name, one range, and what it is in each future."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from flashcrowd.core.plan import Plan, Range

Floats = npt.NDArray[np.float64]

Z_90: Final = 1.2815515655446004
"""Quantile of the standard normal distribution that is exceeded in one case of ten."""

Z = Mapping[str, Floats]
"""Name of an assumption -> standard normal numbers, one for each future; a name that is missing is likely."""


@dataclass(frozen=True)
class Assumption:
    """One assumption.

    Attributes:
        name: as in the plan file, such as `flash_crowd.factor`.
        says: what it is, for people.
        range: its values.
    """

    name: str
    says: str
    range: Range

    def at(self, z: Floats) -> Floats:
        """Its values at standard normal numbers: log-normal, with another spread on each side.

        At -1.28 it is `low`, at 0 `likely`, at 1.28 `high`.
        """
        side = np.where(z < 0, self.range.low, self.range.high) / self.range.likely
        return np.asarray(self.range.likely * side ** (np.abs(z) / Z_90))


GROWTH: Final = {
    "share": "share of the curve who join in",
    "market": "sign-ups in the end",
    "innovation": "sign-ups unprompted, a year (p)",
    "imitation": "sign-ups by example, a year (q)",
}
DEMAND: Final = {
    "sessions": "visits a day of who comes",
    "reads": "pages a day of who comes",
    "posts": "posts a day of who comes",
    "reactions": "reactions a day of who comes",
    "images": "images a day of who comes",
    "images_per_week": "images a week of a weekly user",
    "reads_per_post": "pages read for each post",
    "daily_share": "share who come on a day",
    "retention_factor": "people who come again, factor",
}
OTHERS: Final = {
    ("flash_crowd", "factor"): "flash crowd factor",
    ("generator", "slowness"): "time of an image, factor",
    ("bytes", "image_kb"): "kB of an image as stored",
    ("bytes", "post_kb"): "kB of a post",
    ("bytes", "read_kb"): "kB of a page without images",
    ("bytes", "views_per_read"): "images loaded for a page",
    ("bytes", "view_kb"): "kB of an image as shown",
    ("bytes", "cache_share"): "images that a cache sends",
}


def assumptions(plan: Plan, capacity: Range) -> dict[str, Assumption]:
    """All assumptions of a plan, by name.

    Args:
        capacity: requests a second that one instance holds, as given or as measured.
    """
    bass = plan.growth.curve == "bass"
    growth = [name for name in GROWTH if name == "share" or bass]
    found = [Assumption(f"growth.{name}", GROWTH[name], getattr(plan.growth, name)) for name in growth]
    for name, says in DEMAND.items():
        given = getattr(plan.demand, name)
        if given is not None:
            found.append(Assumption(f"demand.{name}", says, given))
    found += [
        Assumption(f"{section}.{name}", says, getattr(getattr(plan, section), name))
        for (section, name), says in OTHERS.items()
    ]
    found.append(Assumption("capacity.requests_per_s", "requests/s of an instance", capacity))
    return {one.name: one for one in found}


def drawn(names: list[str], draws: int, seed: int) -> dict[str, Floats]:
    """Standard normal numbers for each name, evenly mixed (a Latin hypercube; McKay et al. 1979)."""
    from scipy.stats import norm, qmc

    points = qmc.LatinHypercube(len(names), rng=np.random.default_rng(seed)).random(draws)
    return {name: np.asarray(norm.ppf(points[:, place])) for place, name in enumerate(names)}
