"""The Universal Scalability Law: how throughput follows concurrency, and where it peaks (Gunther 1993, 2007).

X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1)): lambda is the throughput of one, sigma the share of
the work that waits in line (contention), kappa the price of keeping each other up to date (coherency).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import curve_fit

Floats = npt.NDArray[np.float64]

LEAST_POINTS: Final = 4
"""Loads without which three parameters are not fitted."""

LEAST_AT_ONCE: Final = 2.0
"""Requests in flight that must have been reached: of fewer none stands in another's way."""

LEAST_FOR_INTERVALS: Final = 6
"""Loads without which resamples of `LEAST_POINTS` different ones hardly differ from each other."""

DRAWS: Final = 200
"""Resamples of the bootstrap."""

PRECISE: Final = 1e-12
ROUGH: Final = 1e-7
"""Relative tolerances of a fit: of all points, of a resample."""

CONFIDENCE: Final = 0.95
NEGLIGIBLE: Final = 1e-6


@dataclass(frozen=True)
class Law:
    """A fitted law.

    Attributes:
        sigma: contention, 0..1.
        kappa: coherency, >= 0.
        lamda: throughput of one, per second.
    """

    sigma: float
    kappa: float
    lamda: float

    def throughput(self, concurrency: Floats | float) -> Floats:
        """X(N), per second, for N > 0."""
        return usl(np.asarray(concurrency, float), self.sigma, self.kappa, self.lamda)

    @property
    def peak_at(self) -> float:
        """Concurrency of the largest throughput, sqrt((1 - sigma) / kappa); infinity without coherency."""
        if self.kappa < NEGLIGIBLE:
            return math.inf
        return math.sqrt(max(0.0, 1 - self.sigma) / self.kappa)

    @property
    def peak(self) -> float:
        """The largest throughput, per second; without coherency cost lambda / sigma, never quite reached."""
        if math.isinf(self.peak_at):
            return self.lamda / self.sigma if self.sigma > NEGLIGIBLE else math.inf
        return float(self.throughput(self.peak_at))


@dataclass(frozen=True)
class Fit:
    """A law and how sure it is: 95 % intervals by a bootstrap of the points, NaN for too few of them."""

    law: Law
    sigma: tuple[float, float]
    kappa: tuple[float, float]
    lamda: tuple[float, float]
    peak: tuple[float, float]
    tested_to: float

    @property
    def extrapolates(self) -> bool:
        """Whether the peak lies beyond the concurrency that was tested."""
        return self.law.peak_at > self.tested_to

    @property
    def sentence(self) -> str:
        """What bounds the platform, in words."""
        law = self.law
        if law.sigma < 0.01 and law.kappa < 1e-5:
            return "Throughput still grows in proportion to the load: nothing tested bounds it."
        share = f"{100 * law.sigma:.1f} % of the work waits in line (contention)"
        if math.isinf(law.peak_at):
            return f"{share}; throughput levels off towards {law.peak:,.0f}/s, it does not fall."
        beyond = ", which is extrapolated" if self.extrapolates else ""
        return (
            f"{share}, and each request costs the others {law.kappa:.2g} of its time (coherency): throughput "
            f"peaks at {law.peak:,.0f}/s with {law.peak_at:,.0f} requests in flight{beyond}, then falls."
        )


def usl(n: Floats, sigma: float, kappa: float, lamda: float) -> Floats:
    """The law itself.

    >>> float(usl(np.array(1.0), 0.3, 0.01, 50.0))
    50.0
    """
    return np.asarray(lamda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1)))


def fit(
    concurrency: Sequence[float], throughput: Sequence[float], seed: int = 1, draws: int = DRAWS
) -> Fit | None:
    """The law of some loads, by least squares on the throughput; None for fewer than `LEAST_POINTS` loads, or
    where `LEAST_AT_ONCE` were never in flight.

    Args:
        concurrency: requests in flight, > 0, shape `(n,)`.
        throughput: per second, shape `(n,)`.
        draws: resamples of the bootstrap.
    """
    n, x = np.asarray(concurrency, float), np.asarray(throughput, float)
    if len(np.unique(n)) < LEAST_POINTS or n.max() < LEAST_AT_ONCE:
        return None
    law = _law(n, x, (0.05, 1e-4, float(np.max(x / n))), PRECISE)
    if law is None:
        return None
    drawn = _bootstrap(n, x, law, seed, draws) if len(np.unique(n)) >= LEAST_FOR_INTERVALS else []
    return Fit(
        law,
        _span([one.sigma for one in drawn]),
        _span([one.kappa for one in drawn]),
        _span([one.lamda for one in drawn]),
        _span([one.peak for one in drawn]),
        float(n.max()),
    )


def _law(n: Floats, x: Floats, start: tuple[float, float, float], tolerance: float) -> Law | None:
    scale = (0.1, 1e-3, max(start[2], 1e-9))
    try:
        (sigma, kappa, lamda), _ = curve_fit(
            usl, n, x, p0=start, bounds=([0, 0, 0], [1, np.inf, np.inf]), x_scale=scale,
            ftol=tolerance, xtol=tolerance, gtol=tolerance, maxfev=20_000,
        )  # fmt: skip
    except RuntimeError:  # no minimum was found
        return None
    return Law(float(sigma), float(kappa), float(lamda))


def _bootstrap(n: Floats, x: Floats, law: Law, seed: int, draws: int) -> list[Law]:
    """Laws of resampled points (Efron 1979), looked for from the law of all points; resamples of too few
    different loads are left out."""
    rng = np.random.default_rng(seed)
    start = (min(max(law.sigma, 1e-4), 0.9), max(law.kappa, 1e-7), law.lamda)
    laws = []
    for places in rng.integers(0, len(n), (draws, len(n))):
        if len(np.unique(n[places])) >= LEAST_POINTS:
            laws.append(_law(n[places], x[places], start, ROUGH))
    return [law for law in laws if law is not None]


def _span(values: Sequence[float]) -> tuple[float, float]:
    if not values:
        return math.nan, math.nan
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(np.asarray(values, float), [tail, 1 - tail], method="inverted_cdf")
    return float(low), float(high)
