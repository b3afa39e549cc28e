"""The section `growth` of a scenario: who is not there yet when it begins, and when they sign up."""

from itertools import pairwise
from typing import Literal

from pydantic import Field, field_validator

from flashcrowd.core.settings import Duration, Moment, Positive, Settings, Share

Retention = Literal["none", "hype", "typical", "sticky"]
"""How a cohort of sign-ups comes back; the figures stand in `sim.membership`."""


class Growth(Settings):
    """Who is not there yet at the beginning, and when they sign up."""

    share: Share = Field(0.0, description="share of population.members that has still to sign up")
    curve: str = Field("bass", description="when they sign up: bass, given, waves")
    innovation: Positive = Field(0.03, description="bass: chance per period to sign up unprompted (p)")
    imitation: float = Field(0.38, ge=0, description="bass: the same, per share of those there (q)")
    period: Duration = Field(365 * 86400.0, gt=0, description="bass: time that p and q are meant for")
    points: tuple[tuple[Moment, Share], ...] = Field(
        ((0.0, 0.0), (86400.0, 1.0)),
        description="given: (time, share of them who have signed up by then), linear in between",
    )
    waves: tuple[Moment, ...] = Field(
        (0.0, 86400.0, 3 * 86400.0),
        description="waves: when invitations go out, each time to as many communities",
    )
    acceptance: Duration = Field(12 * 3600.0, gt=0, description="waves: mean time to take an invitation up")

    @field_validator("points")
    @classmethod
    def _rising(cls, points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        if len(points) < 2 or points[0][1] != 0.0:
            raise ValueError("must hold two points or more, the first with share 0")
        for before, after in pairwise(points):
            if after[0] <= before[0] or after[1] < before[1]:
                raise ValueError("must rise: later times, shares that do not fall")
        return points

    @field_validator("waves")
    @classmethod
    def _in_order(cls, waves: tuple[float, ...]) -> tuple[float, ...]:
        if not waves or list(waves) != sorted(set(waves)):
            raise ValueError("must be one time or more, each later than the one before")
        return waves
