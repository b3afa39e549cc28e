"""The seam between the crowd and a platform: an adapter builds requests and reads answers; it does no I/O."""

from collections.abc import Generator
from typing import Protocol, TypeVar

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.instance import Instance
from flashcrowd.load.adapters.item import Account, Draft, Item, Login, Page
from flashcrowd.load.request import Request
from flashcrowd.load.wire import Answer
from flashcrowd.sim.profiles import Profile

T = TypeVar("T")

Steps = Generator[Request, Answer, T]
"""A conversation: yields requests, is sent their answers, returns what came of it; raises PlatformError."""

Keys = dict[str, str]
"""What registering the harness gave (an application's id and secret …); kept in the vault, never shown."""


class NameTaken(PlatformError):  # noqa: N818 (what it says is enough)
    """An account cannot be made because its name, or its e-mail address, is somebody's already."""


class Adapter(Protocol):
    """One kind of platform.

    A method that reads an answer raises `PlatformError` when it cannot, and nothing else, whatever came.
    Requests carry an account's `auth` as it stands in the account, so that it can be replaced when renewed.
    """

    name: str
    unsupported: frozenset[str]
    """Actions that the platform does not have: left out of the mix, and reported."""

    instance: Instance
    """What is known of the platform."""

    def inspect(self) -> Steps[Instance]:
        """Asks what the platform is, has and allows; the adapter keeps to it from then on."""

    def know(self, instance: Instance) -> None:
        """Keeps to what another adapter of this platform has learnt."""

    def read(self, action: str, account: Account, limit: int, cursor: str = "", about: str = "") -> Request:
        """A read; `about` is the id of the post (thread), of the author (profile), or the words (search)."""

    def page(self, action: str, answer: Answer) -> Page:
        """The items of a read's answer; reads that show none (notifications) give an empty page."""

    def seen(self, account: Account) -> Request | None:
        """Tells the platform that the notifications were read; None where it does not want to know."""

    def after(self, page: Page, item: Item) -> str:
        """The cursor of a page that begins below an item of `page`; "" where pages cannot begin anywhere."""

    def act(self, action: str, account: Account, item: Item) -> Request:
        """like, repost and report of an item; follow and unfollow of its author."""

    def write(self, action: str, account: Account, draft: Draft) -> Request:
        """post, reply and quote."""

    def made(self, action: str, answer: Answer) -> str:
        """The id of what a post, reply, quote or repost made."""

    def generate(self, account: Account, prompt: str) -> Request:
        """The request for an AI image."""

    def image(self, answer: Answer) -> bytes:
        """The image that was generated."""

    def upload(self, account: Account, image: bytes, description: str) -> Request:
        """The upload of an image."""

    def media(self, answer: Answer) -> tuple[str, bool]:
        """What a draft needs of an upload (its id, as a text), and whether it is ready to be posted."""

    def media_state(self, account: Account, media: str) -> Request:
        """Asks whether an upload is ready; `media` reads the answer."""

    def outcome(self, action: str, answer: Answer) -> str:
        """How a request ended, as an outcome of `core.events`.

        "unsupported" when there is no such action, "expired" when the account's credentials have run out
        (`renew` gets new ones), "gone" when what it was about is no more.
        """

    def retry_after_s(self, answer: Answer) -> float | None:
        """How long the platform asks to wait, if it does."""

    def endpoint(self, action: str) -> str:
        """Method and path template of an action, e.g. `GET /api/v1/timelines/home`; several, separated by a
        comma and a space, where an action takes more than one request."""

    def join(self) -> Steps[Keys]:
        """Registers the harness; what signing up and in needs, {} when nothing."""

    def sign_up(self, keys: Keys, member: int, login: Login, profile: Profile) -> Steps[Account]:
        """Makes a member's account. Raises `NameTaken`."""

    def sign_in(self, keys: Keys, member: int, login: Login) -> Steps[Account]:
        """Opens an account that is there: by its token when the login has one, else by its password."""

    def renew(self, keys: Keys, account: Account, login: Login) -> Steps[Account]:
        """New credentials for an account whose have run out: refreshed, or signed in again."""

    def introduce(self, account: Account, profile: Profile, avatar: bytes) -> Steps[None]:
        """Fills an account's profile in; `avatar`: a PNG, b"" for none."""

    def follow(self, account: Account, whom: Account) -> Steps[None]:
        """Makes one of our accounts follow another of ours, which accepts if it has to be asked."""

    def find(self, account: Account, draft: Draft) -> Steps[str]:
        """The id of the account's own post with a draft's text, "" when there is none."""

    def erase(self, what: str, account: Account, login: Login, identifier: str) -> Steps[None]:
        """Takes back what was made: a "post" (its id), a "follow" (the followed account's id), the "account".

        What is gone already is fine. Raises `PlatformError` when the platform has no way to.
        """
