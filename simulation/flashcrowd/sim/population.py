"""The members as columns: who they are and how willing to do what.

Every draw is a function of (seed, purpose, member): only means, medians and caps depend on how many members
there are. A latent activity `z` couples a member's sessions, posts, reposts and pull.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtri

from flashcrowd.core.draws import Purpose, fold, mix, root_key, uniform
from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.registry import nearest
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim import behaviour, membership, session
from flashcrowd.sim.personas import Persona, persona_mix

Floats = npt.NDArray[np.float64]
SmallFloats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

REGION_OFFSET_H: Final = {
    "americas": -5.0,
    "europe": 1.0,
    "africa": 2.0,
    "asia": 8.0,
    "oceania": 10.0,
    "utc": 0.0,
}
"""Region -> hours east of UTC."""

SESSIONS_SIGMA: Final = 1.2
POSTS_SIGMA: Final = 2.1
REPOST_SIGMA: Final = 1.2
LIKE_SIGMA: Final = 0.8
SESSIONS_CAP: Final = 30.0
DORMANT_SESSIONS: Final = 0.08
DORMANT_POSTS: Final = 0.002
LARGEST_LOG_ODDS: Final = 50.0
SMALLEST_COMMUNITY: Final = 50
SCENE: Final = 48_000
"""Members of a scene: neighbouring communities that share a country or a language. Its size is that of any
population: what can become known to a member does not grow with the number of all members."""

FITNESS_POWER: Final = 0.7
"""Greatest pull of an account in units of the median: members of a scene to this power."""

AI_SIGMA: Final = 2.5
"""Spread (ln) of how gladly members let the generator make their images: few make most."""

POSTS_BY_AUDIENCE: Final = 0.5
REPOSTS_BY_AUDIENCE: Final = -0.6
"""Posting rises with the audience to this power, passing on falls with it: large accounts make, small ones
spread."""

POSTS_BY_ACTIVITY: Final = 0.85
AI_BY_ACTIVITY: Final = 0.9
"""Correlation with activity: of posting, and of making images."""


MOODS: Final = ((-math.sqrt(3.0), 1 / 6), (0.0, 2 / 3), (math.sqrt(3.0), 1 / 6))
"""Standard normal moods that stand for all, and their weights."""


@dataclass(frozen=True, slots=True)
class Population:
    """Members before they have followers; all arrays have shape `(n_members,)`.

    `persona`, `region`, `language` are codes into `personas`, `regions`, `languages`; `community` is
    ascending, so the members of a community are neighbours; `community_start` has shape `(n_communities +
    1,)`, `scene_start` `(n_scenes + 1,)`: where each begins, and the end.
    """

    personas: tuple[Persona, ...]
    regions: tuple[str, ...]
    languages: tuple[str, ...]
    persona: npt.NDArray[np.int8]
    region: npt.NDArray[np.int8]
    language: npt.NDArray[np.int8]
    offset_h: Floats
    dormant: npt.NDArray[np.bool_]
    activity: Floats
    sessions_per_day: Floats
    fitness: Floats
    community: Ints
    community_start: npt.NDArray[np.int64]
    scene_start: npt.NDArray[np.int64]
    main_topic: Ints
    side_topic: Ints
    own_topic: Ints
    joined: Floats
    """Scenario seconds at which the member signs up; NaN = it is there from the start, infinite = never."""
    left: Floats
    """Scenario seconds at which it leaves for good; NaN = it does not."""

    @property
    def keen(self) -> Floats:
        """How readily each member's persona comes when called; `(n_members,)`."""
        return np.array([persona.keen for persona in self.personas])[self.persona]

    @property
    def size(self) -> int:
        """Number of members."""
        return len(self.persona)


@dataclass(frozen=True, slots=True)
class Propensities:
    """How willing each member is, once the followers are known; float32 of shape `(n_members,)`.

    `posts_per_page`: mean posts on a page it reads · `repost`, `like`, `reply`, `follow`: relative to the
    mean member · `ai_share`: share of its posts that begin with an AI image request, 0..1 · `offence`: how
    readily others report what it posts, relative to the usual member.
    """

    posts_per_page: SmallFloats
    repost: SmallFloats
    like: SmallFloats
    reply: SmallFloats
    follow: SmallFloats
    ai_share: SmallFloats
    offence: SmallFloats


def uniforms(seed: int, purpose: int, size: int, part: int = 0) -> Floats:
    """One uniform draw a member, shape `(size,)`."""
    members = np.arange(size, dtype=np.uint64)
    return np.asarray(uniform(fold(fold(root_key(seed, purpose), part), members)), dtype=np.float64)


def normals(seed: int, purpose: int, size: int, part: int = 0) -> Floats:
    """One standard normal draw a member, shape `(size,)`, by inversion."""
    return np.asarray(ndtri(uniforms(seed, purpose, size, part)), dtype=np.float64)


def correlated(z: Floats, share: float, noise: Floats) -> Floats:
    """A standard normal column with correlation `share` to `z`."""
    return np.asarray(share * z + np.sqrt(1.0 - share * share) * noise)


def build_population(scenario: Scenario) -> Population:
    """Draw the members of a scenario.

    Raises:
        ScenarioError: when a persona or region is unknown.
        UsageError: when the growth curve is.
    """
    settings, seed, size = scenario.population, scenario.seed, scenario.population.members
    personas, shares = persona_mix(settings.personas, scenario.name)
    persona = _pick(list(shares), uniforms(seed, Purpose.PERSONA, size))
    regions = _known_regions(settings.regions, scenario.name)
    region = _pick(list(settings.regions.values()), uniforms(seed, Purpose.REGION, size))
    language = _pick(list(settings.languages.values()), uniforms(seed, Purpose.LANGUAGE, size))
    z = normals(seed, Purpose.ACTIVITY, size)
    may_be_dormant = np.array([p.may_be_dormant for p in personas])[persona]
    dormant = may_be_dormant & (uniforms(seed, Purpose.ACTIVITY, size, 1) < settings.dormant)
    community, start = _communities(scenario)
    joined = membership.sign_up_times(seed, scenario.growth, community)
    joined = membership.with_invitations(seed, scenario.events, joined)
    left = np.full(size, np.nan)
    if settings.retention != "none":  # who signs up is dormant only once it has left
        left = membership.leaving_times(seed, membership.PRESETS[settings.retention], joined)
        dormant &= np.isnan(joined)
    topics = scenario.content.topics
    key = root_key(seed, Purpose.INTEREST)
    main, side = (
        _topic_of(mix(fold(fold(key, part), community.astype(np.uint64))), topics) for part in (0, 1)
    )
    return Population(
        personas=tuple(personas),
        regions=regions,
        languages=tuple(settings.languages),
        persona=persona,
        region=region,
        language=language,
        offset_h=np.array([REGION_OFFSET_H[name] for name in regions])[region],
        dormant=dormant,
        activity=z,
        sessions_per_day=_sessions_per_day(
            scenario, z, dormant, np.array([p.activity for p in personas])[persona]
        ),
        fitness=_fitness(scenario, z, dormant, np.array([p.fitness for p in personas])[persona]),
        community=community,
        community_start=start,
        scene_start=scene_starts(size),
        main_topic=main,
        side_topic=side,
        own_topic=(uniforms(seed, Purpose.INTEREST, size, 2) * topics).astype(np.int32),
        joined=joined,
        left=left,
    )


def propensities(scenario: Scenario, population: Population, followers: Ints) -> Propensities:
    """How willing each member is, given its followers at the start, shape `(n_members,)`."""
    seed, size, z = scenario.seed, population.size, population.activity

    def of(attribute: str) -> Floats:
        values = [getattr(persona, attribute) for persona in population.personas]
        return np.array(values, dtype=np.float64)[population.persona]

    def spread(part: int, sigma: float, share: float) -> Floats:
        return np.exp(sigma * correlated(z, share, normals(seed, Purpose.TRAIT, size, part)))

    audience = (1.0 + followers / 10.0) ** POSTS_BY_AUDIENCE
    posts_per_day = spread(0, POSTS_SIGMA, POSTS_BY_ACTIVITY) * audience * of("posting")
    posts_per_day *= np.where(population.dormant, DORMANT_POSTS, 1.0)
    posts_per_day *= scenario.content.posts_per_day / posts_per_day.mean()
    pages_per_day = population.sessions_per_day * scenario.sessions.budget / scenario.sessions.think
    posts_per_page = posts_per_day / np.maximum(pages_per_day, 1e-9)
    made = pages_per_day * mean_chance_to_post(posts_per_page)
    columns = (
        posts_per_page,
        spread(1, REPOST_SIGMA, 0.5) * (1.0 + followers / 30.0) ** REPOSTS_BY_AUDIENCE * of("repost"),
        spread(2, LIKE_SIGMA, 0.3) * of("like"),
        spread(3, LIKE_SIGMA, 0.3) * of("reply"),
        of("follow"),
        _shares_of_images(scenario.content.ai_share, of("ai") * spread(4, AI_SIGMA, AI_BY_ACTIVITY), made),
        of("offence"),
    )
    return Propensities(*(column.astype(np.float32) for column in columns))


def mean_chance_to_post(posts_per_page: Floats) -> Floats:
    """Chance that a member posts on a page, over its moods, given how many it would like to; `(n_members,)`.

    Moods are three points of Gauss and Hermite.
    """
    sigma = session.POST_MOOD_SIGMA
    moods = [(math.exp(sigma * x - sigma * sigma / 2.0), weight) for x, weight in MOODS]
    chances = [
        weight * (1.0 - np.exp(-posts_per_page * mood / behaviour.POST_CEILING)) for mood, weight in moods
    ]
    return np.asarray(behaviour.POST_CEILING * sum(chances))


def _shares_of_images(share: float, liking: Floats, posts: Floats) -> Floats:
    """Share of each member's posts with an AI image: odds in proportion to its liking, so that of all posts
    `share` have one."""
    if share in (0.0, 1.0):
        return np.full(len(liking), share)
    weights, liking = posts / posts.sum(), np.maximum(liking, 1e-9)

    def shares(log_odds: float) -> Floats:
        odds = liking * math.exp(log_odds)
        return np.asarray(odds / (1.0 + odds))

    def excess(log_odds: float) -> float:
        return float(weights @ shares(log_odds)) - share

    low, high = -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS
    if excess(low) >= 0.0 or excess(high) <= 0.0:  # as good as none, or all
        return shares(low if excess(low) >= 0.0 else high)
    return shares(brentq(excess, low, high, xtol=1e-3))


def _pick(shares: list[float], u: Floats) -> npt.NDArray[np.int8]:
    edges = np.cumsum(shares)
    picked = np.searchsorted(edges / edges[-1], u, side="right")
    return np.minimum(picked, len(shares) - 1).astype(np.int8)


def _known_regions(shares: dict[str, float], source: str) -> tuple[str, ...]:
    for name in shares:
        if name not in REGION_OFFSET_H:
            hint = f"known: {', '.join(REGION_OFFSET_H)}{nearest(name, REGION_OFFSET_H)}"
            raise ScenarioError(f"{source}: population.regions.{name} is not a known region; {hint}")
    return tuple(shares)


def _sessions_per_day(
    scenario: Scenario, z: Floats, dormant: npt.NDArray[np.bool_], persona: Floats
) -> Floats:
    noise = normals(scenario.seed, Purpose.ACTIVITY, len(z), 2)
    rate = np.exp(SESSIONS_SIGMA * correlated(z, 0.9, noise)) * persona
    living = ~dormant
    rate *= scenario.sessions.per_day / max(rate[living].mean() if living.any() else rate.mean(), 1e-12)
    return np.minimum(rate * np.where(dormant, DORMANT_SESSIONS, 1.0), SESSIONS_CAP)


def _fitness(scenario: Scenario, z: Floats, dormant: npt.NDArray[np.bool_], persona: Floats) -> Floats:
    """Pull on followers: Pareto, coupled to activity, in units of its median; capped by the size of a
    scene."""
    size = len(z)
    pareto = uniforms(scenario.seed, Purpose.FITNESS, size) ** (-1.0 / scenario.graph.fitness_tail)
    fitness = pareto * np.exp(correlated(z, 0.8, normals(scenario.seed, Purpose.FITNESS, size, 1))) * persona
    fitness *= np.where(dormant, 0.02, 1.0)
    fitness /= np.median(fitness)
    return np.minimum(fitness, max(10.0, min(size, SCENE) ** FITNESS_POWER))


def harm_shares(population: Population, scenario: Scenario) -> Floats:
    """Share of each member's posts that does harm, by its persona; shape `(n_members,)`.

    Raises:
        ScenarioError: when a persona is unknown.
    """
    names = [persona.name for persona in population.personas]
    for name in scenario.harm.shares:
        if name not in names:
            hint = f"known: {', '.join(names)}{nearest(name, names)}"
            raise ScenarioError(f"{scenario.name}: harm.shares.{name} is not a known persona; {hint}")
    shares = [scenario.harm.shares.get(name, 0.0) for name in names]
    return np.array(shares, dtype=np.float64)[population.persona]


def scene_starts(size: int) -> npt.NDArray[np.int64]:
    """Where each scene begins: equal stretches of about `SCENE` members, one at least."""
    count = max(1, round(size / SCENE))
    return np.arange(count + 1, dtype=np.int64) * size // count


def _communities(scenario: Scenario) -> tuple[Ints, npt.NDArray[np.int64]]:
    """Community of each member and where each community begins; sizes are Pareto(1), members are
    neighbours."""
    size = scenario.population.members
    largest = max(2, min(scenario.graph.largest_community, size // 20))
    smallest = max(2, min(SMALLEST_COMMUNITY, largest))
    u = uniforms(scenario.seed, Purpose.COMMUNITY, max(1, size // smallest + 1))
    sizes = np.minimum(smallest / u, largest).astype(np.int64)
    start = np.concatenate(([0], np.cumsum(sizes)))
    count = int(np.searchsorted(start, size))
    start = start[: count + 1].copy()
    start[-1] = size
    community = np.repeat(np.arange(count, dtype=np.int32), np.diff(start))
    return community, start


def _topic_of(keys: npt.NDArray[np.uint64], topics: int) -> Ints:
    return (np.asarray(uniform(keys)) * topics).astype(np.int32)
