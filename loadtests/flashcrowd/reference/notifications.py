"""What members are told: who followed, favourited, boosted or answered them."""

from typing import Final, NamedTuple

from flashcrowd.reference.paging import Page
from flashcrowd.reference.store import Store

KINDS: Final = ("mention", "reblog", "favourite", "follow")


class Notification(NamedTuple):
    """One row; `status` is None for a follow."""

    id: int
    kind: str
    sender: int
    status: int | None


class Notifications:
    """Keeps them by the account that they are for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, account: int, kind: str, sender: int, status: int | None) -> None:
        """Tell an account something; nobody is told what they did themselves."""
        if account != sender:
            self._store.execute(
                "INSERT INTO notifications VALUES (?,?,?,?,?)",
                (self._store.next_id(), account, kind, sender, status),
            )

    def remove(self, account: int, kind: str, sender: int, status: int | None) -> None:
        """Take back what an action told, because the action was undone."""
        self._store.execute(
            "DELETE FROM notifications WHERE account = ? AND kind = ? AND sender = ? AND status IS ?",
            (account, kind, sender, status),
        )

    def page(self, account: int, page: Page, kinds: list[str], sender: int | None) -> list[Notification]:
        """A page of an account's notifications, newest first."""
        allowed = ",".join(f"'{kind}'" for kind in KINDS if kind in kinds)
        chosen = f"kind IN ({allowed})" + (f" AND sender = {sender}" if sender is not None else "")
        rows = page.rows(
            self._store,
            f"SELECT id, kind, sender, status FROM notifications WHERE account = ? AND {chosen}",
            account,
        )
        return [Notification(*row) for row in rows]

    def one(self, account: int, identity: int) -> Notification | None:
        """One notification of this account."""
        row = self._store.one(
            "SELECT id, kind, sender, status FROM notifications WHERE id = ? AND account = ?",
            identity,
            account,
        )
        return Notification(*row) if row else None

    def dismiss(self, account: int, identity: int) -> None:
        """Forget one."""
        self._store.execute("DELETE FROM notifications WHERE id = ? AND account = ?", (identity, account))

    def clear(self, account: int) -> None:
        """Forget all."""
        self._store.execute("DELETE FROM notifications WHERE account = ?", (account,))
