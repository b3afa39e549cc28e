"""A small world to look at: the society of a scenario with a few knobs, and its largest cascade.

It is the agents engine, watched: nothing is simulated otherwise than in a run.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import mesa
import numpy as np

from flashcrowd.core.events import ACTION_CODE, READS
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.model.member import MemberAgent
from flashcrowd.sim.model.readable import ReadableEngine
from flashcrowd.sim.model.social import SocialModel

STEP_MINUTES: Final = 10
"""Scenario minutes of one step of the browser view."""

GOLDEN: Final = (5**0.5 - 1) / 2
MOST_MEMBERS: Final = 1000


@dataclass
class Watched:
    """What has happened so far, as far as it is shown.

    Attributes:
        counts: action code -> rows.
        node: `seq` of every post and repost -> (its original post, its member, its generation).
        edges: original post -> (member who passed it on, member who reposted it, generation) of each repost.
        ai_posts: original posts with an AI image.
    """

    counts: Any = field(default_factory=lambda: np.zeros(len(ACTION_CODE), np.int64))
    node: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    edges: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)
    author: dict[int, int] = field(default_factory=dict)
    ai_posts: int = 0

    def take(self, table: str, columns: dict[str, Any]) -> None:
        """Take rows of the record."""
        if table != "actions":
            return
        self.counts += np.bincount(columns["action"], minlength=len(self.counts))
        wanted = np.isin(columns["action"], [ACTION_CODE["post"], ACTION_CODE["repost"]])
        names = ("seq", "action", "member", "root", "cause", "ai")
        for row in zip(*(np.asarray(columns[name])[wanted].tolist() for name in names), strict=True):
            self._spread(*row)

    def _spread(self, seq: int, action: int, member: int, root: int, cause: int, ai: bool) -> None:
        if action == ACTION_CODE["post"]:
            self.node[seq] = (root, member, 0)
            self.author[root] = member
            self.ai_posts += ai
            return
        _, source, generation = self.node.get(cause, (root, self.author.get(root, member), 0))
        self.node[seq] = (root, member, generation + 1)
        self.edges.setdefault(root, []).append((source, member, generation + 1))

    @property
    def posts(self) -> int:
        """Original posts."""
        return len(self.author)

    @property
    def largest(self) -> int:
        """The original post with the most reposts; -1 when nothing was reposted."""
        return max(self.edges, key=lambda root: len(self.edges[root]), default=-1)


class ExploredModel(SocialModel):
    """The society of `scenario`, smaller, with knobs; one step is `STEP_MINUTES` minutes.

    Args:
        members, ranker, repost_times, ai_share, mean_follows, seed: the knobs. `repost_times`: how much more
            willingly members pass on than in the scenario, so that a small world has cascades to look at.
        member_class: the agent, to try another behaviour.
    """

    scenario_shown: ClassVar[Scenario] = Scenario()

    def __init__(
        self,
        members: int = 500,
        ranker: str = "chronological",
        repost_times: float = 20.0,
        ai_share: float = 0.3,
        mean_follows: float = 40.0,
        seed: int = 1,
        member_class: type[MemberAgent] = MemberAgent,
    ) -> None:
        shown = self.scenario_shown
        chosen = shown.changed(
            **{
                "population.members": members,
                "platform.ranker": ranker,
                "reactions.repost": min(1.0, shown.reactions.repost * repost_times),
                "content.ai_share": ai_share,
                "graph.mean_follows": mean_follows,
                "seed": seed,
            }
        )
        self.watched = Watched()
        super().__init__(chosen, "agents", self.watched.take, member_class=member_class)
        self.places = places(self.world.population.community)
        reporters = {
            "members present": lambda model: model.present,
            "largest cascade": lambda model: len(model.cascade),
            "reposts": lambda model: sum(len(edges) for edges in model.watched.edges.values()),
        }
        self.datacollector = mesa.DataCollector(model_reporters=reporters)
        self.datacollector.collect(self)

    @property
    def present(self) -> int:
        """Members whose visit is under way."""
        assert isinstance(self.engine, ReadableEngine)
        return sum(agent.visit is not None for agent in self.engine.agents)

    @property
    def cascade(self) -> list[tuple[int, int, int]]:
        """Reposts of the largest cascade: (who passed it on, who reposted it, generation)."""
        return self.watched.edges.get(self.watched.largest, [])

    def step(self) -> None:
        """Advance by `STEP_MINUTES` minutes."""
        for _ in range(STEP_MINUTES):
            super().step()
        self.finish()
        self.datacollector.collect(self)

    def facts(self) -> list[tuple[str, str, str]]:
        """(what, in this world so far, in real networks)."""
        seen = self.watched
        reads = int(sum(seen.counts[ACTION_CODE[name]] for name in READS))
        writes = int(sum(seen.counts[ACTION_CODE[name]] for name in ("post", "repost", "reply")))
        unshared = 1 - len(seen.edges) / seen.posts if seen.posts else float("nan")
        return [
            ("scenario time", f"{self.clock_s / 3600:.1f} h", ""),
            ("original posts", str(seen.posts), ""),
            ("with an AI image", _share(seen.ai_posts, seen.posts), ""),
            ("never reposted", f"{unshared:.0%}" if seen.posts else "–", "90–98 %"),
            ("largest cascade", f"{len(self.cascade) + 1} members" if self.cascade else "–", ""),
            ("reads for each post, reply or repost", f"{reads / writes:.0f}" if writes else "–", "20–100"),
        ]


def places(community: Any) -> Any:
    """Where to draw each member, float64 (n_members, 2): an even disc in which each community is a sector.

    Args:
        community: int (n_members,).
    """
    order = np.argsort(community, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    around = 2 * np.pi * (rank + 0.5) / max(len(order), 1)
    radius = np.sqrt((rank * GOLDEN) % 1.0)
    return np.stack([radius * np.cos(around), radius * np.sin(around)], axis=1)


def follow_pairs(model: ExploredModel) -> Any:
    """Every follow of the start as (follower, followed), int64 (n_follows, 2)."""
    graph = model.world.graph.stored()
    follower = np.repeat(np.arange(model.world.population.size), np.diff(graph.start))
    return np.stack([follower, np.asarray(graph.followees)], axis=1)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"
