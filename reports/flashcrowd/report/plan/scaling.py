"""Does a person do the same in a larger society? The law by which demand is carried to the planned size.

y = a N^b, fitted to societies of several sizes: ln y by least squares on ln N, with Student's intervals. What
the law says beyond the sizes that were simulated is extrapolated, and the interval widens with the distance;
where it is too wide, or the sizes do not lie on one law, the demand cannot be carried, and that is said.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]

CONFIDENCE: Final = 0.95
WIDEST: Final = 2.0
"""Largest factor between the ends of an interval at which demand counts as carried."""

BENT: Final = 0.01
"""Largest p-value of a bend at which the sizes do not lie on one law."""


@dataclass(frozen=True)
class Law:
    """One kind of demand over sizes.

    Attributes:
        kind: what.
        exponent: b, and its standard error; both 0 with one size (nothing is known of them).
        at: size (members) at which `level` is known: the largest that was simulated.
        level: y there, a day and person who comes; level_se: standard error of ln y.
        together: covariance of ln level and exponent.
        degrees: of freedom.
        bend_p: p-value that there is no bend; 1 with fewer than three sizes.
    """

    kind: str
    exponent: float
    exponent_se: float
    at: float
    level: float
    level_se: float
    degrees: int
    sizes: tuple[float, ...]
    together: float = 0.0
    bend_p: float = 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the exponent."""
        half = self._t() * self.exponent_se
        return self.exponent - half, self.exponent + half

    def carried(self, members: float) -> tuple[float, float, float]:
        """(low, middle, high) of y at a size: 95 % interval."""
        away = math.log(members / self.at)
        half = self._t() * self._se(away)
        middle = self.level * math.exp(self.exponent * away)
        return middle * math.exp(-half), middle, middle * math.exp(half)

    def drawn(self, members: float, z: Floats) -> Floats:
        """y at a size in as many futures as there are standard normal numbers `z`."""
        away = math.log(members / self.at)
        spread = self._t() / stats.norm.ppf(0.5 + CONFIDENCE / 2)
        return np.asarray(self.level * np.exp(self.exponent * away + spread * self._se(away) * z))

    def trouble(self, members: float) -> str:
        """Why demand cannot be carried to a size; "" = it can."""
        low, _, high = self.carried(members)
        if len(self.sizes) < 2:
            return f"{self.kind} were simulated at one size: nothing is known of how they change with it"
        if self.bend_p < BENT:
            return f"{self.kind} over the sizes do not lie on one law (p = {self.bend_p:.2g})"
        if high > WIDEST * low:
            return f"{self.kind} are only known to be {low:.3g} to {high:.3g}"
        return ""

    def _se(self, away: float) -> float:
        """Standard error of ln y so far away in ln N."""
        variance = self.level_se**2 + 2 * away * self.together + (away * self.exponent_se) ** 2
        return math.sqrt(max(variance, 0.0))

    def _t(self) -> float:
        return float(stats.t.ppf(0.5 + CONFIDENCE / 2, max(self.degrees, 1)))


def law(kind: str, sizes: Sequence[float], values: Sequence[float]) -> Law:
    """The law of a kind of demand, from one value of each society; sizes and values of equal length."""
    n, y = np.asarray(sizes, float), np.log(np.maximum(np.asarray(values, float), 1e-12))
    largest, distinct = float(n.max()), tuple(sorted(set(n.tolist())))
    x = np.log(n / largest)
    if len(distinct) < 2:
        se = float(y.std(ddof=1) / math.sqrt(len(y))) if len(y) > 1 else 0.0
        level = float(np.exp(y.mean()))
        return Law(kind, 0.0, 0.0, largest, level, se, max(len(y) - 1, 1), distinct)
    design = np.column_stack((np.ones_like(x), x))
    (a, b), residual = _least_squares(design, y)
    degrees = len(y) - 2
    inverse = np.linalg.inv(design.T @ design) * residual / max(degrees, 1)
    return Law(
        kind, float(b), math.sqrt(inverse[1, 1]), largest, float(np.exp(a)), math.sqrt(inverse[0, 0]),
        degrees, distinct, float(inverse[0, 1]), _bend_p(x, y, residual, len(distinct)),
    )  # fmt: skip


def _least_squares(design: Floats, y: Floats) -> tuple[Floats, float]:
    found, *_ = np.linalg.lstsq(design, y, rcond=None)
    return np.asarray(found, np.float64), float(((y - design @ found) ** 2).sum())


def _bend_p(x: Floats, y: Floats, residual: float, sizes: int) -> float:
    """p-value of the F test of a quadratic term."""
    degrees = len(y) - 3
    if sizes < 3 or degrees < 1:
        return 1.0
    _, bent = _least_squares(np.column_stack((np.ones_like(x), x, x * x)), y)
    return float(stats.f.sf((residual - bent) / max(bent / degrees, 1e-300), 1, degrees))
