"""How unevenly attention falls on authors and posts."""

import numpy as np

from flashcrowd.report.metrics.attention import gini, top_share
from flashcrowd.report.realism.fact import Figure, Reading, absent
from flashcrowd.report.realism.measures.grids import held_by_top
from flashcrowd.report.realism.measures.observation import Observation


def author_attention(seen: Observation) -> Reading:
    """Share of the reposts that the top tenth of authors receives, and the Gini over all authors.

    Authors are the members who posted in the window; reposts count for the author of the original.
    """
    authors = np.unique(seen.done("post")["member"])
    reposted = seen.done("repost")["author"]
    received = np.bincount(reposted[reposted >= 0], minlength=seen.members)[authors]
    received = np.sort(received)[::-1]
    many, n = len(authors), int(received.sum())
    figures = {"top": top_share(received, many, 0.1), "gini": gini(received, many)}
    return Reading(
        {name: Figure(value, n) for name, value in figures.items()}, curve=held_by_top(received, many)
    )


def impression_gini(seen: Observation) -> Reading:
    """Gini of the views per original post."""
    if not seen.views_by_post.sum():
        return absent("no views recorded")
    posts = seen.forest.post[: seen.forest.n_recorded][seen.followed[: seen.forest.n_recorded]]
    views = np.zeros(len(posts), np.int64)
    viewed = posts < len(seen.views_by_post)
    views[viewed] = seen.views_by_post[posts[viewed]]
    views = np.sort(views)[::-1]
    return Reading(
        {"gini": Figure(gini(views, len(views)), len(views))}, curve=held_by_top(views, len(views))
    )
