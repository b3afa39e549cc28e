"""Scenario files: one YAML file says population, graph, content, platform, events, load and SLO.

Everything has a default, so a scenario holds only what it changes. A file is checked once, at the door:
`load_scenario` raises `ScenarioError` that names file, field, what was found and what is allowed.
"""

import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, ValidationError, model_validator

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.growth import Growth, Retention
from flashcrowd.core.migration import Migration
from flashcrowd.core.moderation import Harm, Moderation
from flashcrowd.core.own import anchored, is_own
from flashcrowd.core.rings import Ring
from flashcrowd.core.settings import Abort, Duration, Positive, Profile, Settings, Share
from flashcrowd.core.strict_yaml import complaints, find_yaml, read_yaml
from flashcrowd.core.timeline import Event
from flashcrowd.core.wishes import MODEL, PROFILES, RULES

FEWEST_SLOTS: Final = 8
MEMBERS_PER_SLOT: Final = 12_500
"""Members for whom one slot makes images without a queue, at their busiest hour too."""


class Population(Settings):
    """Who is there."""

    members: int = Field(20_000, ge=2, le=400_000_000)
    personas: dict[str, Share] = Field(default_factory=dict, description="shares that replace the built-in")
    dormant: Share = Field(0.45, description="share of accounts that hardly ever come")
    regions: dict[str, Share] = Field(
        default_factory=lambda: {"americas": 0.4, "europe": 0.3, "asia": 0.2, "oceania": 0.1}
    )
    languages: dict[str, Share] = Field(
        default_factory=lambda: {"en_US": 0.5, "fr_FR": 0.2, "es_ES": 0.12, "de_DE": 0.1, "ja_JP": 0.08},
        description="Faker locales of the profiles",
    )
    retention: Retention = Field(
        "none", description="how those who sign up during the run come back; none: as anybody else"
    )


class Graph(Settings):
    """Who follows whom at the start."""

    form: Literal["auto", "stored", "procedural"] = Field(
        "auto", description="stored, or computed when asked for; auto: by the number of members"
    )
    mean_follows: Positive = Field(60.0, le=500, description="stubs drawn per member before follow-backs")
    community_share: Share = Field(0.6, description="share of follows inside the own community")
    scene_share: Share = Field(
        0.9, description="share of the other follows inside the own scene of about 48,000"
    )
    triadic_share: Share = Field(0.35, description="share of follows that close a triangle")
    follow_back: Share = Field(0.7, description="largest probability that a follow is returned")
    fitness_tail: Positive = Field(1.08, description="Pareto exponent of the pull of an account")
    largest_community: int = Field(5000, ge=10)


class Service(Settings):
    """A service that speaks OpenAI's API, at a base URL such as `http://127.0.0.1:8000/v1`."""

    url: str = Field("", description="base URL; empty = none")
    model: str = Field("", description="name of the model; empty = the service's own choice")
    key_from: str = Field("", description="environment variable that holds the key; empty = none is needed")
    texts: int = Field(20, ge=1, le=200, description="of a writer: how many for each language and topic")


class Content(Settings):
    """What is posted."""

    topics: int = Field(20, ge=1, le=1000)
    posts_per_day: Positive = Field(0.68, description="mean over all members, if pages do not limit it")
    ai_share: Share = Field(0.3, description="share of posts that begin with an AI image request")
    appeal_sigma: float = Field(1.74, ge=0.0, le=4.0, description="spread (ln) of infectiousness")
    draws: Literal["number", "author"] = Field(
        "number",
        description="what the draws of a post hang on: its number in the run, or author and time, "
        "so that scenarios compared with one seed differ in nothing but what was changed",
    )
    writer: Service = Field(Service(), description="chat endpoint that writes the posts; none = Faker")


class Sessions(Settings):
    """When members come, and how long they stay."""

    per_day: Positive = Field(1.5, le=200, description="mean among members who are not dormant")
    budget: Duration = Field(540.0, gt=0, description="mean length")
    think: Duration = Field(55.0, gt=0, description="mean time on one page before the next")
    items_per_page: Positive = Field(3.5, le=40, description="mean items looked at on one page")
    return_share: Share = Field(0.35, description="sessions that are followed by a quick return")
    push_share: Share = Field(0.014, description="chance that a post's notification brings a follower back")


class Reactions(Settings):
    """How willingly the mean member answers to what it is shown: chances per exposure."""

    repost: Share = Field(0.00074, description="with full attention, appeal 1 and fresh")
    like: Share = Field(0.0096, description="with full attention and appeal 1")
    reply: Share = Field(0.0007, description="with full attention and appeal 1")
    quote: Share = Field(0.0001, description="with full attention and appeal 1")
    report: Share = Field(0.00006, description="of an item by an author of usual offence")
    social_proof: float = Field(
        0.32, ge=0, le=10, description="by how much likes are likelier once an item has one"
    )
    follow: Share = Field(0.02, description="to follow an author after reacting to its item")
    unfollow: Share = Field(0.0008, description="of an item of no interest: to stop following its author")


class Platform(Settings):
    """What the members live on."""

    ranker: str = Field("chronological", description="how home feeds are ordered")
    out_of_network: Share | None = Field(
        None, description="share of a home feed's candidates from strangers; none: as the ranker has it"
    )
    page_size: int = Field(20, ge=1, le=40)
    discovery_share: Share = Field(0.08, description="pages taken from discovery while the home feed lasts")


class Generation(Settings):
    """The AI-image pipeline: prompt, policy check, queue, generator, image."""

    slots: int | None = Field(
        None,
        ge=1,
        description="images made at once; none: 8, and of more than 100,000 members one for 12,500",
    )
    median: Duration = Field(12.0, gt=0, description="time to make one image; log-normal")
    sigma: float = Field(0.6, ge=0.0, le=3.0)
    cap: Duration = Field(120.0, gt=0)
    blocked: Share = Field(0.05, description="share of prompts that the policy refuses; an assumption")
    patience: Duration = Field(60.0, gt=0, description="median wait that a member accepts")
    service: Service = Field(Service(), description="where images are made; none = at the platform")

    def slots_for(self, members: int) -> int:
        """How many images are made at once for so many members.

        >>> Generation().slots_for(1000), Generation().slots_for(1_000_000), Generation(slots=3).slots_for(1)
        (8, 80, 3)
        """
        return self.slots or max(FEWEST_SLOTS, members // MEMBERS_PER_SLOT)


class Load(Settings):
    """The live run."""

    members: int = Field(1000, ge=2, le=10_000_000)
    duration: Duration = Field(60.0, gt=0, description="wall time of the measured window")
    warm_up: Duration = Field(5.0, ge=0, description="wall time before it")
    time_lapse: Positive = Field(60.0, description="scenario seconds per wall second")
    starts_at: Duration = Field(18 * 3600.0, ge=0, description="scenario time at which the live run begins")
    history_posts: int = Field(200, ge=0, le=100_000, description="posts put on the platform before the run")
    avatars: Share = Field(0.3, description="share of members whose account gets an avatar")
    connections: int = Field(2000, ge=1, le=20_000, description="most requests in flight per process")
    max_rate_per_s: Positive = Field(2000.0, description="ceiling of the run; more is dropped and counted")
    timeout: Duration = Field(10.0, gt=0)
    profile: Profile = Field(MODEL, description=f"when sessions begin: {PROFILES}")
    abort_on: tuple[Abort, ...] = Field((), description=f"end early when hopeless: {RULES}")
    generation_speedup: Positive = Field(20.0, description="divides image times on the reference platform")


class Feedback(Settings):
    """How members answer to what they are served: each mechanism a switch, followed by its parameters."""

    pace: bool = Field(True, description="a slow answer delays the next click by more than itself")
    extra_think: float = Field(
        0.9, ge=0.0, le=100.0, description="more seconds a second of latency (Brutlag, Velocity 2009)"
    )
    abandonment: bool = Field(True, description="feeds and images that take too long are given up")
    patience: Duration = Field(1.0, ge=0, description="nobody leaves a feed before; then a constant hazard")
    half_gone: Duration = Field(
        3.0, gt=0, description="half have left a feed by then (53 % over 3 s, Akamai/SOASTA 2017)"
    )
    retry: bool = Field(True, description="what failed is sent again after a while")
    attempts: int = Field(3, ge=1, le=100, description="of one request; in common use, an assumption")
    first_delay: Duration = Field(
        1.0, gt=0, description="before the second attempt, +-50 %; doubles with each (an assumption)"
    )
    longest_delay: Duration = Field(30.0, gt=0, description="no client waits longer (an assumption)")
    leaving: bool = Field(True, description="failures in a row end a visit")
    failures: int = Field(3, ge=1, description="in a row that end a visit; an assumption")
    returning: bool = Field(True, description="bad and slow visits cost later ones")
    never_back: Share = Field(
        0.0232, description="do not come back after a visit cut short (Krishnan & Sitaraman, IMC 2012)"
    )
    visits_lost: float = Field(
        0.015,
        ge=0.0,
        le=1.0,
        description="chance to skip the next visit, a second of mean latency of this one (400 ms more: "
        "0.59 % fewer searches; Brutlag, Velocity 2009)",
    )

    @model_validator(mode="after")
    def _half_leave_later(self) -> "Feedback":
        if self.half_gone <= self.patience:
            raise ValueError(f"half_gone is {self.half_gone:g}; must be > patience ({self.patience:g})")
        return self


class Freshness(Settings):
    """How soon followers see new posts, and whether what was written stays: looked at beside the load."""

    reads_per_s: float = Field(
        2.0, ge=0, le=1000, description="most extra feed reads that look for new posts; 0 = none are sent"
    )
    limit: Duration = Field(30.0, gt=0, description="wall time after which a post counts as never seen")
    rereads: int = Field(
        200, ge=0, le=100_000, description="posts and replies that are read again after the run; 0 = none"
    )


FEEDBACK_SWITCHES = tuple(name for name, field in Feedback.model_fields.items() if field.annotation is bool)
"""Settings of `feedback` that are on or off: off, members only wait, as a control to compare with."""


class Recording(Settings):
    """What is kept."""

    exposures: Share = Field(0.0, description="share of members whose exposures are recorded")


class Scenario(Settings):
    """One scenario file, resolved."""

    name: str = "default"
    purpose: str = ""
    seed: int = Field(1, ge=0, lt=2**63)
    duration: Duration = Field(86400.0, gt=0, description="scenario time of an offline run")
    population: Population = Population()
    growth: Growth = Growth()
    migration: Migration = Migration()
    graph: Graph = Graph()
    content: Content = Content()
    sessions: Sessions = Sessions()
    reactions: Reactions = Reactions()
    decisions: dict[str, str] = Field(
        default_factory=dict,
        description="decision of a member -> own function that takes it, as `mine.py:like_probability`",
    )
    platform: Platform = Platform()
    generation: Generation = Generation()
    harm: Harm = Harm()
    moderation: Moderation = Moderation()
    rings: tuple[Ring, ...] = Field((), description="coordinated groups")
    events: tuple[Event, ...] = Field((), description="what happens when")
    load: Load = Load()
    feedback: Feedback = Feedback()
    freshness: Freshness = Freshness()
    record: Recording = Recording()
    slo: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _shares_add_up(self) -> "Scenario":
        for field in ("regions", "languages"):
            total = sum(getattr(self.population, field).values())
            if abs(total - 1.0) > 0.01:
                raise ValueError(f"population.{field} add up to {total:g}; must add up to 1")
        return self

    def resolved(self) -> dict[str, Any]:
        """The scenario with every default filled in, as plain JSON values."""
        return self.model_dump(mode="json")

    def anchored(self, folder: Path) -> "Scenario":
        """The same with whole paths to files of the user's, which are named relative to a folder."""
        personas = {anchored(name, folder): share for name, share in self.population.personas.items()}
        decisions = {name: anchored(reference, folder) for name, reference in self.decisions.items()}
        ranker = anchored(self.platform.ranker, folder)
        events = tuple(
            event.model_copy(update={"ranker": anchored(event.ranker, folder)})
            if event.kind == "switch" and event.ranker is not None
            else event
            for event in self.events
        )
        return self.model_copy(
            update={
                "population": self.population.model_copy(update={"personas": personas}),
                "platform": self.platform.model_copy(update={"ranker": ranker}),
                "decisions": decisions,
                "events": events,
            }
        )

    def own(self) -> list[str]:
        """What comes from files of the user's, as `FILE.py:NAME`."""
        switched = [event.ranker for event in self.events if event.kind == "switch" and event.ranker]
        named = [self.platform.ranker, *self.population.personas, *self.decisions.values(), *switched]
        return [name for name in named if is_own(name)]

    def digest(self) -> str:
        """The first 16 hex digits of SHA-256 over the resolved scenario."""
        text = json.dumps(self.resolved(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def changed(self, **changes: Any) -> "Scenario":
        """A copy with dotted fields replaced, checked again; None leaves a field as it is.

        >>> Scenario().changed(**{"population.members": 300, "seed": None}).population.members
        300

        Raises:
            ScenarioError: when a value is not allowed.
        """
        given = {path: value for path, value in changes.items() if value is not None}
        return changed_scenario(self, given, "command line")


def changed_scenario(scenario: Scenario, changes: Mapping[str, Any], source: str) -> Scenario:
    """A copy with dotted fields replaced, checked again; `source` names it in errors.

    Raises:
        ScenarioError: when a field is unknown or its value not allowed.
    """
    data = scenario.model_dump()
    for path, value in changes.items():
        *parents, leaf = path.split(".")
        section: Any = data
        for depth, parent in enumerate(parents):
            section = section.setdefault(parent, {})
            if not isinstance(section, dict):
                raise ScenarioError(f"{source}: {'.'.join(parents[: depth + 1])} has no field {leaf}")
        section[leaf] = value
    return _checked(data, source)


def bundled_scenarios() -> dict[str, Path]:
    """Name -> path of the scenarios that come with Flashcrowd."""
    folder = Path(str(files("flashcrowd.scenarios")))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def load_scenario(name_or_path: str) -> Scenario:
    """The scenario in a file, or the bundled one of that name.

    Raises:
        ScenarioError: names file, field, what was found and what is allowed.
    """
    path = find_yaml(name_or_path, bundled_scenarios(), "scenario")
    return _checked(read_yaml(path), path.name, default_name=path.stem).anchored(path.parent)


def resolved_scenario(data: dict[str, Any], source: str) -> Scenario:
    """The scenario that `Scenario.resolved` gave; `source` names it in errors.

    Raises:
        ScenarioError: when a field is unknown or its value not allowed.
    """
    return _checked(data, source)


def _checked(data: dict[str, Any], source: str, default_name: str = "default") -> Scenario:
    try:
        return Scenario.model_validate({"name": default_name, **data})
    except ValidationError as error:
        raise ScenarioError(f"{source}: {complaints(error, Scenario)}") from error
