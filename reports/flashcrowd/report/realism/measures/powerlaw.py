"""Tail exponents: of P(X = x) ~ x^-alpha above a smallest value, by two estimators."""

import math

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import zeta

from flashcrowd.report.run import Column


def hill_exponent(values: Column, top: int) -> float:
    """alpha = 1 + k / sum ln(x_i / x_min) over the k = `top` largest values, x_min being the next one.

    Hill (1975); NaN when fewer than `top` + 1 values are positive, or all of the top are equal.

    >>> round(hill_exponent(np.array([1.0, math.e, math.e]), 2), 9)
    2.0
    """
    largest = np.sort(values[values > 0])[::-1][: top + 1].astype(np.float64)
    if top < 1 or len(largest) <= top:
        return math.nan
    total = float(np.log(largest[:top] / largest[top]).sum())
    return 1.0 + top / total if total else math.nan


def discrete_exponent(values: Column, least: int) -> float:
    """alpha that maximises the likelihood of the whole numbers from `least` on; NaN without two of them.

    P(x) = x^-alpha / zeta(alpha, x_min); Clauset, Shalizi & Newman (SIAM Review 2009), equation 3.5. Between
    1.01 and 12, so that an exponent of 3.5 comes out as 3.5.
    """
    tail = values[values >= least]
    if len(tail) < 2 or least < 1 or tail.max() == tail.min():
        return math.nan
    mean_log = float(np.log(tail).mean())
    found = minimize_scalar(
        lambda alpha: math.log(zeta(alpha, least)) + alpha * mean_log,
        bounds=(1.01, 12.0),
        method="bounded",
        options={"xatol": 1e-5},
    )
    return float(found.x)
