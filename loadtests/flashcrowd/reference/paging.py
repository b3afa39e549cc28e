"""Pages of newest-first lists: which ids are asked for, and the Link header that leads on.

`max_id`: older than it · `since_id`: newer than it, the newest · `min_id`: newer than it, those next to it.
"""

from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from flashcrowd.reference.call import Call
from flashcrowd.reference.store import Store

NEWEST = (1 << 63) - 1
CURSORS = ("max_id", "since_id", "min_id")


class Page(NamedTuple):
    """A window over ids, both ends left out."""

    limit: int
    below: int = NEWEST
    above: int = 0
    upwards: bool = False

    def rows(self, store: Store, select: str, *values: Any, column: str = "id") -> list[Any]:
        """The rows of `select` (which ends in its WHERE clause) that lie in the window, newest first."""
        order = "ASC" if self.upwards else "DESC"
        sql = f"{select} AND {column} < ? AND {column} > ? ORDER BY {column} {order} LIMIT ?"
        found = store.all(sql, *values, self.below, self.above, self.limit)
        return found[::-1] if self.upwards else found


def page_of(call: Call, default: int | None = None, most: int | None = None) -> Page:
    """The page that a request asks for.

    Raises:
        Refusal: 422 when a cursor or the limit is no number.
    """
    settings = call.site.settings
    default = settings.page_size if default is None else default
    most = settings.page_limit if most is None else most
    if not call.scope["query_string"]:
        return Page(min(default, most))
    query = call.query
    limit = query.integer("limit")
    least = query.integer("min_id")
    since = query.integer("since_id")
    below = query.integer("max_id")
    return Page(
        limit=max(1, min(default if limit is None else limit, most)),
        below=NEWEST if below is None else below,
        above=max(least or 0, since or 0),
        upwards=least is not None,
    )


def link_header(call: Call, newest: int, oldest: int) -> tuple[bytes, bytes]:
    """The Link header of a page that runs from `newest` to `oldest`: rel=next is older, rel=prev is newer."""
    pairs = parse_qsl(call.scope["query_string"].decode("latin-1"))
    kept = urlencode([pair for pair in pairs if pair[0] not in CURSORS])
    base = f"{call.site.root}{call.scope['raw_path'].decode('latin-1')}?{kept + '&' if kept else ''}"
    return b"link", f'<{base}max_id={oldest}>; rel="next", <{base}min_id={newest}>; rel="prev"'.encode(
        "latin-1"
    )
