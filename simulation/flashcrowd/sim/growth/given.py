"""A given curve: cumulative shares of the sign-ups at given times."""

from typing import Any

import numpy as np

from flashcrowd.core.growth import Growth


def sign_ups(settings: Growth, u: Any, circle: Any) -> Any:
    """The times at which the curve has reached each share `u`; infinite beyond its last point."""
    times, shares = (np.array(column) for column in zip(*settings.points, strict=True))
    rising = np.concatenate(([True], np.diff(shares) > 0))
    rising[:-1] |= rising[1:]  # both ends of what rises; of a flat stretch only they
    return np.interp(u, shares[rising], times[rising], right=np.inf)
