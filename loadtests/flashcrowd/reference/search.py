"""Full-text search in statuses."""

import re

from flashcrowd.reference.paging import Page
from flashcrowd.reference.store import Store

SEARCH = """
SELECT s.id FROM status_words w JOIN statuses s ON s.id = w.rowid
WHERE status_words MATCH ? AND w.rowid < ? AND w.rowid > ? AND s.visibility = 'public'
ORDER BY w.rowid DESC LIMIT ? OFFSET ?
"""


def search_statuses(store: Store, words: str, page: Page, offset: int) -> list[int]:
    """Ids of the public statuses that hold all of these words, newest first."""
    terms = re.findall(r"\w+", words)
    if not terms:
        return []
    match = " ".join(f'"{term}"' for term in terms)
    return store.column(SEARCH, match, page.below, page.above, page.limit, offset)
