"""Threads: what a status answers, and what answers it.

The limits are Mastodon's (app/controllers/api/v1/statuses_controller.rb): a member may see a whole thread,
the public 40 ancestors and 60 descendants.
"""

from typing import Final

from flashcrowd.reference.store import Store

MEMBER_LIMIT: Final = 4096
PUBLIC_ANCESTORS: Final = 40
PUBLIC_DESCENDANTS: Final = 60

UP: Final = """
WITH RECURSIVE up(id, height) AS (
    SELECT reply_to, 1 FROM statuses WHERE id = ?1
    UNION ALL SELECT s.reply_to, height + 1 FROM up JOIN statuses s ON s.id = up.id WHERE height < ?2)
SELECT id FROM up WHERE id IS NOT NULL ORDER BY height DESC
"""
DOWN: Final = """
WITH RECURSIVE down(id, parent) AS (
    SELECT id, reply_to FROM statuses WHERE reply_to = ?1
    UNION ALL SELECT s.id, s.reply_to FROM down JOIN statuses s ON s.reply_to = down.id
    ORDER BY 1 LIMIT ?2)
SELECT id, parent FROM down ORDER BY id
"""


def ancestors(store: Store, identity: int, is_member: bool) -> list[int]:
    """Ids from the beginning of the thread to the status answered."""
    return store.column(UP, identity, MEMBER_LIMIT if is_member else PUBLIC_ANCESTORS)


def descendants(store: Store, identity: int, is_member: bool) -> list[int]:
    """Ids of all answers below a status: every answer is followed by its own answers, oldest first."""
    rows = store.all(DOWN, identity, MEMBER_LIMIT if is_member else PUBLIC_DESCENDANTS)
    children: dict[int, list[int]] = {}
    for child, parent in rows:
        children.setdefault(parent, []).append(child)
    ordered: list[int] = []
    pending = children.get(identity, [])[::-1]
    while pending:
        one = pending.pop()
        ordered.append(one)
        pending += children.get(one, [])[::-1]
    return ordered
