"""Plan files: from how a network may grow to what it will need; every assumption a number or a range.

A range is `{low, likely, high}`: in one case of ten it is below `low`, in one of ten above `high`. A number
is an assumption without doubt. What is not given has a default, or is measured on the simulated society.
"""

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from flashcrowd.core.clock import DAY
from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.growth import Retention
from flashcrowd.core.settings import Duration, Moment, Settings, Share
from flashcrowd.core.strict_yaml import complaints, find_yaml, read_yaml

SIGNS: Final = {"k": 1e3, "M": 1e6, "G": 1e9}


def counted(value: Any) -> Any:
    """A count such as 1200, "50M" or "1.5k"; anything else as it is, for the model to refuse.

    >>> counted("50M"), counted(7), counted("many")
    (50000000.0, 7, 'many')
    """
    if isinstance(value, str) and value.strip()[-1:] in SIGNS:
        try:
            return float(value.strip()[:-1]) * SIGNS[value.strip()[-1]]
        except ValueError:
            return value
    return value


Count = Annotated[float, BeforeValidator(counted), Field(ge=0)]


class Range(Settings):
    """An assumption: its median, and what it exceeds in nine cases of ten, and in one."""

    low: Count
    likely: Count
    high: Count

    @model_validator(mode="before")
    @classmethod
    def _of_number(cls, value: Any) -> Any:
        plain = counted(value)
        if isinstance(plain, int | float) and not isinstance(plain, bool):
            return {"low": plain, "likely": plain, "high": plain}
        return value

    @model_validator(mode="after")
    def _in_order(self) -> "Range":
        if not 0 < self.low <= self.likely <= self.high:
            raise ValueError("must be a number > 0, or {low, likely, high} with 0 < low <= likely <= high")
        return self

    @property
    def is_sure(self) -> bool:
        """Whether there is no doubt about it."""
        return self.low == self.high


def sure(value: float) -> Range:
    """A range without doubt."""
    return Range(low=value, likely=value, high=value)


def about(low: float, likely: float, high: float) -> Range:
    """A range."""
    return Range(low=low, likely=likely, high=high)


class Growth(Settings):
    """How many people come, and when."""

    preset: str = Field("", description="figures of a known launch, which the other keys then change")
    curve: Literal["users", "bass", "sign_ups"] = Field(
        "bass", description="users: weekly users at given times; bass: diffusion; sign_ups: a CSV file"
    )
    points: tuple[tuple[Moment, Count], ...] = Field(
        (), description="users: (time, weekly users), growing in proportion in between"
    )
    market: Range = Field(sure(1e6), description="bass: people who will have signed up in the end")
    innovation: Range = Field(sure(0.03), description="bass: chance a year to sign up unprompted (p)")
    imitation: Range = Field(sure(0.38), description="bass: the same, per share of those there (q)")
    file: str = Field("", description="sign_ups: CSV with a first line date,sign_ups; one line a day")
    beyond: Literal["bass", "last"] = Field(
        "bass", description="sign_ups: what follows the file: the Bass curve fitted to it, or its last week"
    )
    begins_with: Count = Field(0.0, description="weekly users at the beginning, for bass and sign_ups")
    share: Range = Field(sure(1.0), description="factor on the whole curve, such as the share who join in")

    @field_validator("points")
    @classmethod
    def _rising(cls, points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        for before, after in pairwise(points):
            if after[0] <= before[0]:
                raise ValueError("must be in order of time")
        if any(users <= 0 for _, users in points):
            raise ValueError("must be > 0 everywhere")
        return points


class Return(Settings):
    """Share of a cohort of sign-ups that comes again on a day after it signed up."""

    day_1: Share
    day_7: Share
    day_30: Share

    @model_validator(mode="after")
    def _falling(self) -> "Return":
        if not self.day_1 >= self.day_7 >= self.day_30 > 0:
            raise ValueError("must be day_1 >= day_7 >= day_30 > 0")
        return self


class Demand(Settings):
    """What a person does on a day on which it comes; what is not given is measured on the society."""

    sessions: Range | None = Field(None, description="visits")
    reads: Range | None = Field(None, description="pages of feeds, threads, profiles, searches …")
    posts: Range | None = Field(None, description="posts, replies and quotes")
    reactions: Range | None = Field(None, description="likes, reposts, follows and their like")
    images: Range | None = Field(None, description="AI images asked for")
    images_per_week: Range | None = Field(None, description="of a weekly user; instead of `images`")
    reads_per_post: Range | None = Field(None, description="instead of `reads`")
    daily_share: Range | None = Field(
        None, description="share of weekly users who come on a day; none: as the retention has it"
    )
    retention_factor: Range = Field(about(0.75, 1.0, 1.25), description="on the shares who come again")


class FlashCrowd(Settings):
    """Demand beyond the busiest hour of an ordinary day that must be held."""

    factor: Range = Field(about(1.5, 3.0, 6.0), description="times the busiest ordinary hour")


class Capacity(Settings):
    """What one instance holds."""

    file: str = Field("", description="capacity.json of `flashcrowd capacity`, whose bracket is taken")
    requests_per_s: Range = Field(about(350, 500, 700), description="of one instance, within its objectives")


class Generator(Settings):
    """The pool of AI-image generators."""

    mean: Duration = Field(14.4, gt=0, description="mean time to make one image")
    sigma: float = Field(0.6, ge=0, le=3, description="spread of its logarithm")
    wait: Duration = Field(5.0, ge=0, description="target: wait before the image is begun")
    level: Share = Field(0.95, lt=1, description="share of requests that keep the target")
    slowness: Range = Field(about(0.7, 1.0, 1.6), description="factor on the mean time")


class Bytes(Settings):
    """How much is stored and sent."""

    image_kb: Range = Field(about(250, 400, 900), description="of one image as stored")
    post_kb: Range = Field(sure(2.0), description="of one post, with its indices")
    read_kb: Range = Field(about(15, 26, 50), description="of one page, without its images")
    views_per_read: Range = Field(about(1, 2, 4), description="images loaded for one page")
    view_kb: Range = Field(about(40, 80, 160), description="of one image as shown")
    cache_share: Range = Field(about(0.85, 0.93, 0.97), description="images that a cache sends instead")


class Policy(Settings):
    """What is kept in reserve."""

    headroom: float = Field(0.2, ge=0, le=10, description="share above the largest demand")
    spare: int = Field(2, ge=0, description="instances that may fail at once (N + 2)")
    confidence: Share = Field(0.9, lt=1, description="share of all futures that must be held")


class Have(Settings):
    """What there is already."""

    instances: Count | None = None
    generator_slots: Count | None = None
    storage_tb: Count | None = None
    egress_gbit_per_s: Count | None = None


class Prices(Settings):
    """What things cost, in one currency; 0 = not counted."""

    currency: str = "USD"
    instance_hour: float = Field(0.0, ge=0)
    generator_hour: float = Field(0.0, ge=0, description="of one slot")
    storage_gb_month: float = Field(0.0, ge=0)
    egress_gb: float = Field(0.0, ge=0)

    @property
    def are_given(self) -> bool:
        """Whether anything has a price."""
        return any((self.instance_hour, self.generator_hour, self.storage_gb_month, self.egress_gb))


class Society(Settings):
    """The simulated society on which demand is measured."""

    scenario: str = Field("launch_day", description="a scenario file, or the name of a bundled one")
    members: int = Field(20_000, ge=400, le=10_000_000, description="of the largest society")
    halvings: int = Field(2, ge=0, le=6, description="how often it is halved, to see what changes with size")
    seeds: int = Field(4, ge=2, le=200, description="societies of each size")
    days: float = Field(2.0, ge=1.0, le=60.0, description="of each; the last one is measured")


class Plan(Settings):
    """One plan file, resolved."""

    name: str = "plan"
    purpose: str = ""
    seed: int = Field(1, ge=0, lt=2**63)
    begins: str = Field("", description="date of the first day, such as 2027-01-01; empty = days are counted")
    horizon: Duration = Field(90 * DAY, gt=0, le=3660 * DAY)
    draws: int = Field(400, ge=50, le=20_000, description="futures that are drawn")
    growth: Growth = Growth()
    retention: Retention | Return = "typical"
    demand: Demand = Demand()
    flash_crowd: FlashCrowd = FlashCrowd()
    capacity: Capacity = Capacity()
    generator: Generator = Generator()
    bytes: Bytes = Bytes()
    policy: Policy = Policy()
    have: Have = Have()
    prices: Prices = Prices()
    society: Society = Society()

    @field_validator("begins")
    @classmethod
    def _is_date(cls, text: str) -> str:
        from datetime import date

        if text:
            try:
                date.fromisoformat(text)
            except ValueError:
                raise ValueError("must be a date such as 2027-01-01") from None
        return text

    @field_validator("begins", mode="before")
    @classmethod
    def _of_yaml_date(cls, value: Any) -> Any:
        return value.isoformat() if hasattr(value, "isoformat") else value

    @field_validator("retention")
    @classmethod
    def _comes_back(cls, value: Any) -> Any:
        if value == "none":
            raise ValueError("must be hype, typical, sticky, or a section of keys: day_1, day_7, day_30")
        return value

    @property
    def days(self) -> int:
        """Whole days of the horizon, at least one."""
        return max(1, round(self.horizon / DAY))


def bundled_plans() -> dict[str, Path]:
    """Name -> path of the plans that come with Flashcrowd."""
    from importlib.resources import files

    folder = Path(str(files("flashcrowd.scenarios"))) / "plans"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def load_plan(name_or_path: str) -> tuple[Plan, Path]:
    """The plan in a file, or the bundled one of that name, and the folder that its paths start from.

    Raises:
        ScenarioError: names file, field, what was found and what is allowed.
    """
    path = find_yaml(name_or_path, bundled_plans(), "plan")
    return checked_plan(read_yaml(path), path.name, path.stem), path.parent


def checked_plan(data: dict[str, Any], source: str, name: str = "plan") -> Plan:
    """The plan that plain values mean; `source` names them in errors.

    Raises:
        ScenarioError: when a field is unknown or its value not allowed.
    """
    from flashcrowd.core.launches import LAUNCHES

    growth = data.get("growth")
    preset = growth.get("preset", "") if isinstance(growth, dict) else ""
    if preset and preset not in LAUNCHES:
        known = ", ".join(LAUNCHES)
        raise ScenarioError(f"{source}: growth.preset is {preset!r}; must be one of {known}")
    try:
        return Plan.model_validate({"name": name, **_merged(LAUNCHES.get(preset, {}), data)})
    except ValidationError as error:
        raise ScenarioError(f"{source}: {complaints(error, Plan)}") from error


def _merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Two nested mappings, the second over the first; ranges are taken whole."""
    made = dict(base)
    for key, value in changes.items():
        below = made.get(key)
        deep = isinstance(below, dict) and isinstance(value, dict) and "likely" not in {*below, *value}
        made[key] = _merged(below, value) if deep else value  # type: ignore[arg-type]
    return made
