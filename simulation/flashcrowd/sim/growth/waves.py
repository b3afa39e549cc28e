"""Waves of invitations: whole communities are invited together, their members come one by one."""

from typing import Any

import numpy as np

from flashcrowd.core.growth import Growth


def sign_ups(settings: Growth, u: Any, circle: Any) -> Any:
    """The wave that a member's community is in, plus an exponential time to take the invitation up."""
    wave = np.array(settings.waves)[(circle * len(settings.waves)).astype(np.int64)]
    return wave - settings.acceptance * np.log(u)
