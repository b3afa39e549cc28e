"""From sign-ups to who comes on a day, and back: cohorts that come again less and less."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SETTLED_D = 365
"""Days after which those who are there at the beginning signed up, for the loss to be expected of them."""


class Users(NamedTuple):
    """People by day, arrays of shape `(n_draws, n_days)`: who signs up, who comes, who came within a week."""

    sign_ups: Floats
    daily: Floats
    weekly: Floats


def users_of_sign_ups(
    sign_ups: Floats, curve: Floats, factor: Floats, begins_with: float, daily_share: Floats
) -> Users:
    """Who comes, given who signs up.

    Args:
        sign_ups: shape `(n, days)`.
        begins_with: weekly users before the first day.
        curve: share of a cohort that comes again d days after its sign-up, of shape `(days + SETTLED_D,)`;
            1 on the day itself.
        factor: on those shares, shape `(n,)`.
        daily_share: share of weekly users who come on a day, shape `(n,)`.
    """
    days = sign_ups.shape[1]
    again = _again(curve, factor, days)
    daily = begins_with * daily_share[:, None] * _kept(curve, days)
    for day in range(days):
        daily[:, day:] += sign_ups[:, day : day + 1] * again[:, : days - day]
    return Users(sign_ups, daily, np.maximum(daily / daily_share[:, None], daily))


def users_of_weekly(weekly: Floats, curve: Floats, factor: Floats, daily_share: Floats) -> Users:
    """Who signs up, given how many come: as many as make up for those who stay away, and for the growth.

    Args:
        weekly: weekly users, shape `(n, days)`; the other arguments as in `users_of_sign_ups`.
    """
    days = weekly.shape[1]
    again, daily = _again(curve, factor, days), weekly * daily_share[:, None]
    there = daily[:, :1] * _kept(curve, days)
    sign_ups = np.zeros_like(daily)
    for day in range(days):
        sign_ups[:, day] = np.maximum(0.0, daily[:, day] - there[:, day])
        there[:, day:] += sign_ups[:, day : day + 1] * again[:, : days - day]
    return Users(sign_ups, daily, weekly)


def _again(curve: Floats, factor: Floats, days: int) -> Floats:
    """Share of a cohort that comes d days after its sign-up, shape `(n, days)`."""
    again = np.minimum(1.0, factor[:, None] * curve[None, :days])
    again[:, 0] = 1.0
    return again


def _kept(curve: Floats, days: int) -> Floats:
    """Share of those there at the beginning who are still there, shape `(days,)`: they signed up long ago."""
    return np.asarray(curve[SETTLED_D : SETTLED_D + days] / curve[SETTLED_D])
