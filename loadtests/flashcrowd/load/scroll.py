"""How far a member has read in its feeds."""

from typing import Final

from flashcrowd.load.adapters.adapter import Adapter
from flashcrowd.load.adapters.item import Item, Page
from flashcrowd.sim.member import SHOWN

HOME: Final = "home"


class Scroll:
    """What one visit has been shown, and where its next home page begins.

    Args:
        adapter: knows how pages follow each other.
        floor_s: what entered home before then (s since 1970) was there in an earlier visit.
    """

    __slots__ = ("_adapter", "_floor_s", "_shown", "cursor", "exhausted")

    def __init__(self, adapter: Adapter, floor_s: float) -> None:
        self.cursor = ""
        self.exhausted = False
        self._adapter = adapter
        self._floor_s = floor_s
        self._shown: dict[str, None] = {}

    def unseen(self, feed: str, page: Page, wanted: int, own: str) -> list[Item]:
        """The first `wanted` items of a page that are new to the member.

        Args:
            own: id of the member's account: as offline, nobody is shown its own posts.
        """
        found: list[Item] = []
        shown, passed = self._shown, None
        floor_s = self._floor_s if feed == HOME else 0.0
        for item in page.items:
            if len(found) == wanted:
                break
            passed = item
            if item.reply_to or item.author == own:
                continue  # as offline, answers are read in their threads
            is_new = item.entered_s >= floor_s or not item.entered_s  # some platforms do not say when
            if is_new and item.root not in shown:
                found.append(item)
                shown[item.root] = None
        while len(shown) > SHOWN:
            del shown[next(iter(shown))]
        if feed == HOME:
            self.exhausted = len(found) < wanted
            self.cursor = "" if self.exhausted else self._below(page, passed)
        return found

    def _below(self, page: Page, passed: Item | None) -> str:
        """The cursor from which the feed goes on below what was looked at.

        Where pages begin at fixed places only, a page is read again until all of it was looked at.
        """
        if passed is None:
            return ""
        below = self._adapter.after(page, passed)
        return below or (page.cursor if passed.id == page.items[-1].id else self.cursor)
