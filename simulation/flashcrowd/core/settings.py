"""What the sections of a scenario file are made of: their base, and the kinds of values that they hold."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from flashcrowd.core import clock
from flashcrowd.core.wishes import parse_abort, parse_profile


def _profile(text: str) -> str:
    parse_profile(text)
    return text


def _abort(text: str) -> str:
    return parse_abort(text).text


Duration = Annotated[float, BeforeValidator(clock.seconds)]
"""Seconds; a file may say `90s`, `15m`, `6h`, `3d`."""

Moment = Annotated[Duration, Field(ge=0.0)]
"""Scenario time: seconds since the scenario began."""

Profile = Annotated[str, AfterValidator(_profile)]
"""A load profile that can be read."""

Abort = Annotated[str, AfterValidator(_abort)]
"""A rule of early stop that can be read."""

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]


class Settings(BaseModel):
    """Base of all sections: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
