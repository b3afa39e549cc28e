"""Measures of the follow graph at the start of a run."""

from typing import Final

import numpy as np

from flashcrowd.report.metrics.attention import top_share
from flashcrowd.report.realism.fact import Figure, Reading, absent
from flashcrowd.report.realism.measures.clustering import local_clustering
from flashcrowd.report.realism.measures.clustering import reciprocity as mutual_share
from flashcrowd.report.realism.measures.grids import COUNTS, SHARES, ccdf_on, cdf_on, held_by_top, on_grid
from flashcrowd.report.realism.measures.observation import FollowLists, Observation
from flashcrowd.report.realism.measures.paths import hop_counts
from flashcrowd.report.realism.measures.paths import mean_path as mean_hops
from flashcrowd.report.realism.measures.powerlaw import discrete_exponent, hill_exponent
from flashcrowd.report.run import Column

TOP: Final = 0.01
"""The share of accounts whose follower counts make the tail."""

SOURCES: Final = 200
CLUSTERED: Final = 3000
MOST_HOPS: Final = 12
SAME_GRAPH: Final = "runs on the society's graph"


def indegree_tail(seen: Observation) -> Reading:
    """Exponent of the follower counts of the top 1 %: Hill's estimate and the maximum-likelihood one."""
    if seen.graph is None:
        return absent(SAME_GRAPH)
    followers = follower_counts(seen.graph)
    top = int(TOP * len(followers))
    hill = hill_exponent(followers, top)
    least = int(np.sort(followers)[-top - 1]) if 0 < top < len(followers) else 0
    likely = discrete_exponent(followers, max(least, 1))
    figures = {"hill": hill, "likelihood": likely, "difference": abs(hill - likely)}
    return Reading(
        {name: Figure(value, top) for name, value in figures.items()}, curve=ccdf_on(COUNTS, followers)
    )


def follower_concentration(seen: Observation) -> Reading:
    """Share of all followers that the most followed fifth of the accounts has."""
    if seen.graph is None:
        return absent(SAME_GRAPH)
    followers = np.sort(follower_counts(seen.graph))[::-1]
    many = len(followers)
    return Reading(
        {"share": Figure(top_share(followers, many, 0.2), many)}, curve=held_by_top(followers, many)
    )


def reciprocity(seen: Observation) -> Reading:
    """Share of the follows that are returned."""
    if seen.graph is None:
        return absent(SAME_GRAPH)
    return Reading({"share": Figure(mutual_share(seen.graph), len(seen.graph.followees))})


def mean_path(seen: Observation) -> Reading:
    """Mean number of follows from one member to another, over all pairs reached from 200 members."""
    if seen.graph is None:
        return absent(SAME_GRAPH)
    sources = evenly(np.flatnonzero(np.diff(seen.graph.start)), SOURCES)
    counts = hop_counts(seen.graph, sources)
    shares = np.zeros(MOST_HOPS + 1)
    shares[: len(counts)] = counts[: MOST_HOPS + 1] / max(counts[1:].sum(), 1)
    figure = Figure(mean_hops(counts), len(sources))
    return Reading({"hops": figure}, curve=on_grid(np.arange(1, MOST_HOPS + 1), shares[1:]))


def clustering(seen: Observation) -> Reading:
    """Mean local clustering of 3,000 members, follows taken as undirected."""
    if seen.graph is None:
        return absent(SAME_GRAPH)
    found = local_clustering(seen.graph, evenly(np.arange(seen.graph.members), CLUSTERED))
    return Reading({"mean": Figure(float(found.mean()), len(found))}, curve=cdf_on(SHARES, found))


def mean_follows(seen: Observation) -> Reading:
    """Follows per account."""
    if seen.graph is None:
        return absent(SAME_GRAPH)
    many = seen.graph.members
    return Reading(
        {"follows": Figure(len(seen.graph.followees) / many, many)},
        curve=ccdf_on(COUNTS, np.diff(seen.graph.start)),
    )


def follower_counts(graph: FollowLists) -> Column:
    """Followers of each account, int64 (members,)."""
    return np.bincount(graph.followees, minlength=graph.members)


def evenly(members: Column, most: int) -> Column:
    """At most `most` of the members, evenly spaced, so that all communities have their share."""
    if len(members) <= most:
        return members
    return members[(np.arange(most) * len(members)) // most]
