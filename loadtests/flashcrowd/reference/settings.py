"""What can be set on a reference platform; checked once, at the door."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flashcrowd.core.errors import UsageError
from flashcrowd.reference.faults import Faults

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]


class Generator(BaseModel):
    """The AI-image generator: a bounded pool of slots before which requests wait in order of arrival."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    slots: int = Field(8, ge=1, le=10_000, description="images made at once")
    median_s: Positive = Field(12.0, description="median time to make one image; log-normal")
    sigma: float = Field(0.6, ge=0.0, le=3.0, description="spread of ln(time)")
    cap_s: Positive = Field(120.0, description="longest time to make one image")
    blocked: Share = Field(0.05, description="share of prompts that the policy refuses")
    queue_limit: int = Field(1000, ge=0, description="waiting requests beyond which new ones get 429")


class Settings(BaseModel):
    """Everything that a reference platform needs to know before it starts."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    data: Path | None = Field(
        None, description="folder of database and media; None = temporary, removed at the end"
    )
    public_url: str = Field("", description="root of the links in answers; empty = the address served")
    ranker: str = Field("chronological", description="orders home feeds; a name of flashcrowd.sim.rankers")
    ranked_window: int = Field(200, ge=20, le=2000, description="newest items that a ranker chooses from")
    page_size: int = Field(20, ge=1, le=40, description="items of a page when the client names no limit")
    page_limit: int = Field(40, ge=1, le=200, description="most items of a page")
    max_characters: int = Field(500, ge=1, le=100_000, description="longest status")
    rate_limit: int = Field(0, ge=0, description="requests that one token may send in a window; 0 = no limit")
    rate_window_s: Positive = Field(300.0, description="length of that window")
    seed: int = Field(1, ge=0, lt=2**63, description="of the generator's times and of the faults")
    generator: Generator = Generator()
    faults: Faults = Faults()


def checked_settings(values: dict[str, Any]) -> Settings:
    """Settings from outside.

    Raises:
        UsageError: names every setting that is wrong, what was found and what is allowed.
    """
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise UsageError("; ".join(complaints(error))) from error


def complaints(error: ValidationError) -> list[str]:
    """What is wrong, one line each: `generator.slots is 0; input should be greater than or equal to 1`."""
    lines = []
    for problem in error.errors(include_url=False):
        path = ".".join(str(part) for part in problem["loc"]) or "it"
        message = problem["msg"][:1].lower() + problem["msg"][1:]
        lines.append(f"{path} is {problem['input']!r}; {message}")
    return lines
