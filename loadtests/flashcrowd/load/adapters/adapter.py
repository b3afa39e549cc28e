"""The seam between the crowd and a platform: an adapter builds requests and reads answers; it does no I/O."""

from collections.abc import Generator
from typing import Protocol, TypeVar

from flashcrowd.load.adapters.item import Account, Draft, Item, Page
from flashcrowd.load.request import Request
from flashcrowd.load.wire import Answer
from flashcrowd.sim.profiles import Profile

T = TypeVar("T")

Steps = Generator[Request, Answer, T]
"""A conversation: yields requests, is sent their answers, returns what came of it; raises PlatformError."""


class Adapter(Protocol):
    """One kind of platform.

    A method that reads an answer raises `PlatformError` when it cannot, and nothing else, whatever came.
    """

    name: str
    unsupported: frozenset[str]
    """Actions that the platform does not have: left out of the mix, and reported."""

    def read(self, action: str, account: Account, limit: int, cursor: str = "", about: str = "") -> Request:
        """A read; `about` is the id of the post (thread), of the author (profile), or the words (search)."""

    def page(self, action: str, answer: Answer) -> Page:
        """The items of a read's answer; reads that show none (notifications) give an empty page."""

    def after(self, item: Item) -> str:
        """The cursor of the page that begins below an item."""

    def act(self, action: str, account: Account, item: Item) -> Request:
        """like, repost and report of an item; follow and unfollow of its author."""

    def write(self, action: str, account: Account, draft: Draft) -> Request:
        """post and reply."""

    def made(self, action: str, answer: Answer) -> str:
        """The id of what a post, reply or repost made."""

    def generate(self, account: Account, prompt: str) -> Request:
        """The request for an AI image."""

    def image(self, answer: Answer) -> bytes:
        """The image that was generated."""

    def upload(self, account: Account, image: bytes, description: str) -> Request:
        """The upload of an image."""

    def media(self, answer: Answer) -> tuple[str, bool]:
        """Id of what was uploaded, and whether it is ready to be posted."""

    def media_state(self, account: Account, media: str) -> Request:
        """Asks whether an upload is ready; `media` reads the answer."""

    def outcome(self, action: str, answer: Answer) -> str:
        """How a request ended, as an outcome of `core.events`; "unsupported" when there is no such action."""

    def retry_after_s(self, answer: Answer) -> float | None:
        """How long the platform asks to wait, if it does."""

    def endpoint(self, action: str) -> str:
        """Method and path template of an action, e.g. `GET /api/v1/timelines/home`."""

    def join(self) -> Steps[bytes]:
        """Registers the harness; returns what `sign_up` needs (a header line)."""

    def sign_up(self, joined: bytes, member: int, profile: Profile, password: str) -> Steps[Account]:
        """Makes a member's account and fills in its profile."""
