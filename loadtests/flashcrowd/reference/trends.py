"""What is talked about now: statuses by their engagement, hashtags by how much more than usual they are used.

Mastodon recomputes its trends every few minutes; here once in `REFRESH_S`, so that short runs see them.
"""

import time
from typing import Final

from flashcrowd.core.trends import trending
from flashcrowd.reference.store import Store, time_id

REFRESH_S: Final = 1.0
WINDOW: Final = 2000
"""Newest public statuses that can trend, and whose hashtags can."""

RECENT: Final = WINDOW // 8
"""Newest of them, whose hashtags are held against those of all."""

MOST: Final = 200
DAY_MS: Final = 86_400_000

TRENDING: Final = """
SELECT id FROM (
    SELECT id, favourites + 2 * reblogs + replies AS score FROM statuses
    WHERE visibility = 'public' AND reblog_of IS NULL AND reply_to IS NULL ORDER BY id DESC LIMIT ?)
WHERE score > 0 ORDER BY score DESC, id DESC LIMIT ?
"""
USED: Final = """
WITH newest AS (SELECT id FROM statuses
                WHERE visibility = 'public' AND reblog_of IS NULL AND reply_to IS NULL
                ORDER BY id DESC LIMIT ?),
     recent AS (SELECT id FROM newest ORDER BY id DESC LIMIT ?)
SELECT t.name, count(*), count(DISTINCT s.author) AS people, sum(t.status IN recent)
FROM tags t JOIN statuses s ON s.id = t.status
WHERE t.status IN newest
GROUP BY t.name ORDER BY people DESC, count(*) DESC, t.name
"""


class Trends:
    """Keeps both lists for `REFRESH_S` seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._statuses: list[int] = []
        self._tags: list[tuple[str, int, int]] = []
        self._statuses_at_s = self._tags_at_s = -REFRESH_S

    def statuses(self) -> list[int]:
        """Ids of trending statuses, most engaging first (favourites + 2 boosts + replies)."""
        if time.monotonic() - self._statuses_at_s >= REFRESH_S:
            self._statuses = self._store.column(TRENDING, WINDOW, MOST)
            self._statuses_at_s = time.monotonic()
        return self._statuses

    def tags(self) -> list[tuple[str, int, int]]:
        """Hashtags with their uses and the number of their authors: first those used more than usual, the
        most surprising before the others, then the rest, most authors first."""
        if time.monotonic() - self._tags_at_s >= REFRESH_S:
            used = self._store.all(USED, WINDOW, RECENT)
            first = trending([row[3] for row in used], [row[1] for row in used], MOST)
            rest = [place for place in range(len(used)) if place not in set(first)]
            self._tags = [used[place][:3] for place in (*first, *rest)][:MOST]
            self._tags_at_s = time.monotonic()
        return self._tags

    def uses_today(self, name: str) -> tuple[int, int]:
        """Uses of a hashtag in the last 24 hours, and the number of authors."""
        since = time_id(time.time_ns() // 1_000_000 - DAY_MS)
        row = self._store.one(
            "SELECT count(*), count(DISTINCT s.author) FROM tags t JOIN statuses s ON s.id = t.status"
            " WHERE t.name = ? AND t.status > ?",
            name,
            since,
        )
        return row[0], row[1]

    def search(self, prefix: str, limit: int, offset: int) -> list[str]:
        """Names of used hashtags that begin so."""
        return self._store.column(
            "SELECT DISTINCT name FROM tags WHERE name >= ? AND name < ? ORDER BY name LIMIT ? OFFSET ?",
            prefix,
            prefix + "\U0010ffff",
            limit,
            offset,
        )
