"""The launch of a feature: members come to try it and ask for AI images, most of them soon.

In the first week of image generation in ChatGPT 130 million users made 700 million images, 1,157 a second
(OpenAI, April 2025, as the press reported it).
"""

from typing import Any, Final

import numpy as np

from flashcrowd.core.draws import exponential, fold, uniform
from flashcrowd.core.timeline import FeatureLaunch
from flashcrowd.sim.happenings.kind import NO_TOPIC, Call, Crowd, Kind, about_nothing, calm


def calls(event: FeatureLaunch, key: Any, crowd: Crowd) -> list[Call]:
    """Each member comes with probability reach x wakefulness, after an exponential time."""
    everybody = np.arange(crowd.size, dtype=np.uint64)
    chance = event.reach * crowd.awake(event.at)
    members = np.flatnonzero(np.asarray(uniform(fold(fold(key, 0), everybody))) < chance)
    times = [event.at + event.lasts * exponential(fold(fold(key, 1), member)) for member in members.tolist()]
    return [Call(members, np.array(times), NO_TOPIC, event.urge, image=1.0)]


KIND: Final = Kind(calls, about_nothing, calm)
