"""Growth curves: sign-ups a day, or weekly users, over the days of a plan."""

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import OptimizeWarning, curve_fit

from flashcrowd.core.clock import DAY
from flashcrowd.core.errors import ScenarioError

Floats = npt.NDArray[np.float64]

YEAR_D: Final = 365.0
LAST_DAYS: Final = 7
LEAST_RATES: Final = (1e-3, 1e-3)
MOST_RATES: Final = (50.0, 200.0)
"""Between which p and q a year are looked for."""

MOST_MARKET: Final = 1e3
"""Largest market that is looked for, in sign-ups so far."""

WIDEST: Final = 9.0
"""Largest variance of the logarithm of a parameter that is taken: beyond, it is not known at all."""

COLUMNS: Final = ["date", "sign_ups"]


def weekly_users(points: tuple[tuple[float, float], ...], days: int) -> Floats:
    """Weekly users on each day, shape `(days,)`: growing in proportion between (s, users) points.

    >>> weekly_users(((0.0, 100.0), (86400.0 * 2, 400.0)), 3).round(6).tolist()
    [100.0, 200.0, 400.0]
    """
    times, users = (np.array(column, float) for column in zip(*points, strict=True))
    return np.asarray(np.exp(np.interp(np.arange(days) * DAY, times, np.log(users))))


def bass_sign_ups(market: Floats, p_year: Floats, q_year: Floats, days: int) -> Floats:
    """Sign-ups on each day of Bass's diffusion, shape `(n, days)`; arguments have shape `(n,)`.

    F(t) = (1 - e^-(p+q)t) / (1 + q/p e^-(p+q)t) of the market has signed up by t (Bass, Management Science
    1969, equation 9).
    """
    p, q = p_year[:, None] / YEAR_D, q_year[:, None] / YEAR_D
    decay = np.exp(-(p + q) * np.arange(days + 1))
    reached = market[:, None] * (1 - decay) / (1 + q / p * decay)
    return np.diff(reached, axis=1)


def read_sign_ups(path: Path) -> Floats:
    """Sign-ups a day in a CSV file with a first line `date,sign_ups`, shape `(n,)`.

    Raises:
        ScenarioError: names file, line, what was found and what is allowed.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path.name}: cannot be read: {error}") from error
    if not rows or rows[0] != COLUMNS:
        found = ",".join(rows[0]) if rows else "nothing"
        raise ScenarioError(f"{path.name}: line 1 is {found!r}; must be {','.join(COLUMNS)}")
    counts: list[float] = []
    expected: date | None = None
    for line, row in enumerate(rows[1:], 2):
        day, count = _row(path.name, line, row)
        if expected is not None and day != expected:
            raise ScenarioError(f"{path.name}: line {line} is of {day}; must be of {expected}, the next day")
        expected = day + timedelta(days=1)
        counts.append(count)
    if len(counts) < LAST_DAYS:
        raise ScenarioError(f"{path.name}: holds {len(counts)} days; must hold {LAST_DAYS} or more")
    return np.array(counts)


def _row(name: str, line: int, row: list[str]) -> tuple[date, float]:
    try:
        day, text = row
        count = float(text)
        if not 0 <= count < float("inf"):
            raise ValueError
        return date.fromisoformat(day), count
    except ValueError:
        raise ScenarioError(
            f"{name}: line {line} is {','.join(row)!r}; must be like 2027-01-31,1200"
        ) from None


def fitted_bass(sign_ups: Floats) -> tuple[Floats, Floats]:
    """Bass parameters (market, p a year, q a year) of sign-ups a day, and the covariance of their logarithms.

    Least squares on the counts, in logarithms of the parameters, as they lie decades apart.

    Raises:
        ScenarioError: when no curve fits.
    """
    days, total = len(sign_ups), float(sign_ups.sum())

    def model(_: Floats, market: float, p: float, q: float) -> Floats:
        one = np.ones(1)
        curve = bass_sign_ups(np.exp(market) * one, np.exp(p) * one, np.exp(q) * one, days)
        return np.asarray(curve[0])

    total = max(total, 1.0)
    least, most = np.log([total, *LEAST_RATES]), np.log([MOST_MARKET * total, *MOST_RATES])
    try:
        found, covariance = curve_fit(
            model, np.arange(days), sign_ups, p0=np.log([4 * total, 0.2, 2.0]), bounds=(least, most)
        )
    except (RuntimeError, OptimizeWarning) as error:
        raise ScenarioError("growth.file: no Bass curve fits these sign-ups; say beyond: last") from error
    return np.exp(found), np.minimum(np.nan_to_num(covariance, posinf=WIDEST), WIDEST)


def continued(sign_ups: Floats, days: int) -> Floats:
    """Sign-ups a day as given, then the mean of their last week, shape `(days,)`."""
    tail = np.full(max(0, days - len(sign_ups)), sign_ups[-LAST_DAYS:].mean())
    return np.concatenate((sign_ups, tail))[:days]
