"""Who gets the attention: how unevenly reposts and likes fall on authors."""

from dataclasses import dataclass, field

import numpy as np

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.report.metric import Metric
from flashcrowd.report.run import Column, Columns


@dataclass(frozen=True)
class Attention:
    """Reposts and likes received. The denominator is every member, those who received none included.

    Attributes:
        received: reposts + likes by author, most first, without the zeros; int64.
        members: all members, receivers or not.
        authors: members who posted an original, or received any.
        by_community: the same by the author's community, of those that received any; int64.
        communities: all communities; 0 = not known.
    """

    received: Column
    members: int
    authors: int
    by_community: Column = field(default_factory=lambda: np.empty(0, np.int64))
    communities: int = 0

    @property
    def total(self) -> int:
        """Reposts and likes in the record."""
        return int(self.received.sum())

    @property
    def gini(self) -> float:
        """Gini coefficient over all members: 0 = all equal, 1 = one has everything; NaN without attention."""
        return gini(self.received, self.members)

    @property
    def author_gini(self) -> float:
        """Gini coefficient over the authors alone."""
        return gini(self.received, self.authors)

    def top_share(self, share: float) -> float:
        """Share of all attention that falls on the most noticed `share` of all members (at least one)."""
        return top_share(self.received, self.members, share)

    @property
    def community_entropy(self) -> float:
        """How evenly it falls on communities: entropy over that of an even spread, 1 = evenly, 0 = one has
        everything; NaN without attention."""
        return evenness(self.by_community, self.communities)

    def lorenz(self, population: int, points: int = 200) -> tuple[Column, Column]:
        """Lorenz curve over `members` or `authors`: (share from the least noticed, share they hold)."""
        receivers = len(self.received)
        held = np.concatenate([[0.0], np.cumsum(self.received[::-1]) / max(self.total, 1)])
        kept = np.unique(np.linspace(0, receivers, min(points, receivers + 1)).astype(np.int64))
        below = (population - receivers + kept) / max(population, 1)
        return np.concatenate([[0.0], below]), np.concatenate([[0.0], held[kept]])


def attention(actions: Columns, members: int, community: Column | None = None) -> Attention:
    """Reposts and likes that ended ok, by the author of the item; `members` = all members of the society;
    `community`: of each of them, shape `(members,)`, None or empty where that is not known."""
    ok = actions["outcome"] == OUTCOME_CODE["ok"]
    wanted = np.isin(actions["action"], [ACTION_CODE["repost"], ACTION_CODE["like"]])
    author = actions["author"][ok & wanted]
    author = author[author >= 0]
    posted = np.unique(actions["member"][ok & (actions["action"] == ACTION_CODE["post"])])
    counts = np.bincount(author) if len(author) else np.empty(0, np.int64)
    received = np.sort(counts[counts > 0])[::-1]
    authors = len(np.union1d(posted, np.flatnonzero(counts)))
    places = np.empty(0, np.int64) if community is None else community
    known = np.flatnonzero(counts[: len(places)])
    held = np.bincount(places[known], counts[known]).astype(np.int64)
    return Attention(received, max(members, authors), authors, held[held > 0], len(np.unique(places)))


def evenness(received: Column, places: int) -> float:
    """Shannon's entropy of how a total falls on `places`, over its greatest value ln(places), 0..1.

    Args:
        received: of those that received any; zeros may be left out.

    >>> round(evenness(np.array([1, 1, 1, 1]), 4), 9), evenness(np.array([7]), 4)
    (1.0, 0.0)
    """
    total = float(np.sum(received))
    if not total or places < 2:
        return float("nan")
    share = received[received > 0] / total
    return float(-(share * np.log(share)).sum() / np.log(places)) + 0.0


def top_share(received: Column, members: int, share: float) -> float:
    """What the first `share` of `members` people (at least one) hold of all that is received.

    Args:
        received: most first; zeros at the end may be left out.

    >>> top_share(np.array([6, 2, 1, 1]), 5, 0.2)
    0.6
    """
    total = float(received.sum())
    return float(received[: max(1, round(share * members))].sum() / total) if total else float("nan")


def gini(received: Column, members: int) -> float:
    """Gini coefficient of `received` (its zeros may be left out) over `members` people.

    G = (2 sum_i i x_i) / (n sum_i x_i) - (n + 1) / n for x sorted ascending, i = 1..n.

    >>> round(gini(np.array([1, 1, 1, 1]), 4), 9), gini(np.array([4]), 4)
    (0.0, 0.75)
    """
    total = float(np.sum(received))
    if not total or not members:
        return float("nan")
    ascending = np.sort(received).astype(np.float64)
    places = np.arange(members - len(ascending) + 1, members + 1)
    return float(2 * (places * ascending).sum() / (members * total) - (members + 1) / members)


def attention_metrics(found: Attention) -> list[Metric]:
    """`attention.…`, over all members unless the name says authors."""
    if not found.total:
        return []
    return [
        Metric("attention.received", found.total, "count"),
        Metric("attention.gini", found.gini, "1"),
        Metric("attention.authors_gini", found.author_gini, "1"),
        Metric("attention.top_1pc_share", found.top_share(0.01), "share"),
        Metric("attention.top_10pc_share", found.top_share(0.1), "share"),
        Metric("attention.community_entropy", found.community_entropy, "1"),
    ]
