"""Feeds: lists of status ids, newest first (or as a ranker likes), computed when they are asked for.

The home feed pulls: it merges the newest statuses of every followee, read by index `(author, id)`; the newest
few are kept in memory. As on Mastodon, an answer to somebody else is shown only to who follows that somebody,
and a page shows an original once, however many have boosted it.
"""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from operator import itemgetter

from flashcrowd.core.draws import fold, uniform
from flashcrowd.reference.accounts import Accounts
from flashcrowd.reference.paging import NEWEST, Page
from flashcrowd.reference.render import Item, Renderer
from flashcrowd.reference.store import ID_SHIFT, Store
from flashcrowd.reference.tastes import Tastes

Score = Callable[[float, int, int, int, float, float], float]
SLACK = 20
"""Candidates fetched beyond the page, so that those left out rarely ask for a second round."""

_newest = itemgetter(-1)

PUBLIC = "SELECT id FROM statuses WHERE visibility = 'public' AND reblog_of IS NULL AND reply_to IS NULL"
TAGGED = (
    "SELECT s.id FROM tags t JOIN statuses s ON s.id = t.status WHERE t.name = ? AND s.visibility = 'public'"
)
WITH_MEDIA = " AND media > 0"


class Feeds:
    """Reads lists of statuses.

    Args:
        score: the ranker of the home feed, None for newest first.
        window: newest items from which the ranker chooses.
        tastes: what viewers like and what trends, for rankers that ask for it.
    """

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        renderer: Renderer,
        score: Score | None,
        window: int,
        tastes: Tastes | None = None,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._renderer = renderer
        self._score = score
        self._window = window
        self._tastes = tastes

    def home(self, viewer: int, page: Page, horizon: int = NEWEST) -> list[int]:
        """The viewer's own statuses and those of who is followed; nothing from the id `horizon` on."""
        if self._score is None or page.upwards:
            return self._by_time(viewer, page._replace(below=min(page.below, horizon)))
        return self._by_rank(viewer, page, horizon)

    def public(self, page: Page, only_media: bool) -> list[int]:
        """Public statuses of everybody, without boosts and answers."""
        return _ids(page.rows(self._store, PUBLIC + (WITH_MEDIA if only_media else "")))

    def tagged(self, name: str, page: Page, only_media: bool) -> list[int]:
        """Public statuses that carry a hashtag."""
        select = TAGGED
        rows = page.rows(
            self._store, select + (" AND s.media > 0" if only_media else ""), name, column="t.status"
        )
        return _ids(rows)

    def of_author(
        self,
        author: int,
        viewer: int | None,
        page: Page,
        no_replies: bool,
        no_reblogs: bool,
        only_media: bool,
    ) -> list[int]:
        """What one account posted and boosted, as far as this viewer may see it."""
        select = "SELECT id FROM statuses WHERE author = ?"
        if viewer != author:
            follows = viewer is not None and author in self._accounts.followees[viewer]
            seen = "visibility IN ('public', 'unlisted'" + (", 'private')" if follows else ")")
            told = f"SELECT 1 FROM mentions m WHERE m.status = statuses.id AND m.account = {viewer or 0}"
            select += f" AND ({seen} OR EXISTS ({told}))"
        if no_replies:
            select += " AND (reply_to IS NULL OR reply_to_author = author)"
        if no_reblogs:
            select += " AND reblog_of IS NULL"
        return _ids(page.rows(self._store, select + (WITH_MEDIA if only_media else ""), author))

    def _by_time(self, viewer: int, page: Page) -> list[int]:
        shown: list[int] = []
        originals: set[int] = set()
        below, above = page.below, page.above
        while True:
            wanted = page.limit - len(shown) + SLACK
            found = self._candidates(viewer, below, above, wanted, page.upwards)
            shown += self._fit(viewer, found, originals)
            if len(shown) >= page.limit or len(found) < wanted:
                break
            if page.upwards:
                above = found[-1]
            else:
                below = found[-1]
        del shown[page.limit :]
        return shown[::-1] if page.upwards else shown

    def _by_rank(self, viewer: int, page: Page, horizon: int) -> list[int]:
        """A page of the window in order of score; the feed ends with its window.

        `max_id` names the item after which the page begins; when that item has left the window, what is older
        than it follows.
        """
        found = self._candidates(viewer, horizon, page.above, self._window, False)
        ordered = self._ordered(viewer, self._fit(viewer, self._with_strangers(found), set()))
        if page.below == NEWEST:
            return ordered[: page.limit]
        if page.below in ordered:
            start = ordered.index(page.below) + 1
            return ordered[start : start + page.limit]
        return [identity for identity in ordered if identity < page.below][: page.limit]

    def _with_strangers(self, found: list[int]) -> list[int]:
        """The candidates, the oldest of them replaced by as many trending statuses as the ranker takes."""
        if self._tastes is None:
            return found
        there = set(found)
        trending = [one for one in self._tastes.strangers(self._window) if one not in there]
        return found[: self._window - len(trending)] + trending

    def _ordered(self, viewer: int, identities: list[int]) -> list[int]:
        assert self._score is not None
        items = self._renderer.items
        now_ms = time.time_ns() // 1_000_000
        sources: dict[int, Item] = {}
        for identity in identities:
            item = items[identity]
            source = items[item.reblog_of] if item and item.reblog_of is not None else item
            if source is not None:
                sources[identity] = source
        fits = self._tastes.fits(viewer, [one.id for one in sources.values()]) if self._tastes else {}
        scored: list[tuple[float, int]] = []
        for identity, source in sources.items():
            age_s = max(0.0, (now_ms - (identity >> ID_SHIFT)) / 1000.0)
            counts = source.favourites, source.reblogs, source.replies
            luck = uniform(fold(viewer + 1, identity))
            scored.append((self._score(age_s, *counts, fits.get(source.id, 0.0), luck), identity))
        scored.sort(reverse=True)
        return [identity for _, identity in scored]

    def _candidates(self, viewer: int, below: int, above: int, count: int, upwards: bool) -> list[int]:
        """At most `count` ids between the bounds by the viewer's authors.

        Those next to the upper bound, newest first; or, upwards, those next to the lower bound, oldest first.
        """
        authors = (*self._accounts.followees[viewer], viewer)
        if below == NEWEST and not above and not upwards and count <= self._renderer.depth:
            recent = self._renderer.recent
            lists = [ids for ids in [recent[author] for author in authors] if ids]
        else:
            found = [self._between(author, below, above, count, upwards) for author in authors]
            lists = [ids for ids in found if ids]
        if len(lists) > count and not upwards:
            # Only the authors of the `count` newest heads can reach the page.
            lists.sort(key=_newest, reverse=True)
            del lists[count:]
        merged = [identity for ids in lists for identity in ids]
        merged.sort(reverse=not upwards)
        return merged[:count]

    def _between(self, author: int, below: int, above: int, count: int, upwards: bool) -> tuple[int, ...]:
        """At most `count` ids of one author between the bounds, oldest first; from memory if it reaches."""
        ids = self._renderer.recent[author]
        if not ids:
            return ids
        start, end = bisect_right(ids, above), bisect_left(ids, below)
        complete = len(ids) < self._renderer.depth or ids[0] <= above
        if upwards:
            if complete:
                return ids[start:end][:count]
        elif complete or end >= count:
            return ids[max(start, end - count) : end]
        page = Page(count, below, above, upwards)
        select = "SELECT id FROM statuses WHERE author = ? AND visibility <> 'direct'"
        return tuple(_ids(page.rows(self._store, select, author))[::-1])

    def _fit(self, viewer: int, identities: list[int], originals: set[int]) -> list[int]:
        """Those of the candidates to show: no answers to strangers, no second copy of one of `originals`.

        The originals of those shown are added to `originals`.
        """
        items, followees = self._renderer.items, self._accounts.followees[viewer]
        kept = []
        for identity in identities:
            item = items[identity]
            if item is None:
                continue
            other = item.reply_to_author
            if not (other is None or other == viewer or other == item.author or other in followees):
                continue
            original = identity if item.reblog_of is None else item.reblog_of
            if original not in originals:
                originals.add(original)
                kept.append(identity)
        return kept


def _ids(rows: list[tuple[int]]) -> list[int]:
    return [row[0] for row in rows]
