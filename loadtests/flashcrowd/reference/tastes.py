"""What a viewer likes, by the hashtags of what it favourited; and what strangers could show it."""

import time
from collections import Counter
from typing import Final

from flashcrowd.reference.store import Store
from flashcrowd.reference.trends import Trends

KEPT_S: Final = 5.0
"""Seconds for which a viewer's taste is kept."""

LIKED: Final = """
SELECT t.name FROM (SELECT status FROM favourites WHERE account = ? ORDER BY id DESC LIMIT 200) f
JOIN tags t ON t.status = f.status
"""


class Tastes:
    """Answers for one platform.

    Args:
        share: share of a ranked window that may come from strangers, 0..1.
    """

    def __init__(self, store: Store, trends: Trends, share: float) -> None:
        self._store = store
        self._trends = trends
        self._share = share
        self._kept: dict[int, tuple[float, dict[str, float]]] = {}

    def strangers(self, window: int) -> list[int]:
        """Trending statuses, as many as the share allows."""
        most = int(self._share * window)
        return self._trends.statuses()[:most] if most else []

    def fits(self, viewer: int, statuses: list[int]) -> dict[int, float]:
        """How well each status fits a viewer: the share of the hashtags it liked that the status carries."""
        taste = self._taste(viewer)
        if not taste or not statuses:
            return {}
        marks = ",".join("?" * len(statuses))
        rows = self._store.all(f"SELECT status, name FROM tags WHERE status IN ({marks})", *statuses)
        fits: dict[int, float] = {}
        for status, name in rows:
            fits[status] = min(1.0, fits.get(status, 0.0) + taste.get(name, 0.0))
        return fits

    def _taste(self, viewer: int) -> dict[str, float]:
        now_s = time.monotonic()
        made_s, taste = self._kept.get(viewer, (-KEPT_S, {}))
        if now_s - made_s >= KEPT_S:
            names = Counter(self._store.column(LIKED, viewer))
            taste = {name: count / names.total() for name, count in names.items()}
            self._kept[viewer] = (now_s, taste)
        return taste
