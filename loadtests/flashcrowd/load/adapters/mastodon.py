"""The Mastodon client API: Mastodon, GoToSocial, Takahē, Pleroma, Pixelfed … and the reference platform.

Nothing here relies on one of them: ids are strings, content is not read, pages follow the Link header, media
may be processed later, and errors are told by their status.
"""

from html import escape
from typing import Final
from urllib.parse import quote

import msgspec

from flashcrowd.load.adapters import images, mastodon_instance, pace
from flashcrowd.load.adapters import mastodon_accounts as accounts
from flashcrowd.load.adapters.adapter import Keys, Steps
from flashcrowd.load.adapters.form import multipart, picture_file
from flashcrowd.load.adapters.instance import Instance
from flashcrowd.load.adapters.item import Account, Draft, Item, Items, Login, Page
from flashcrowd.load.adapters.mastodon_answers import (
    item_of,
    next_cursor,
    plain_words,
    read_context,
    read_found,
    read_image,
    read_named,
    read_statuses,
    read_written,
)
from flashcrowd.load.request import Request, segment
from flashcrowd.load.wire import OK, Answer
from flashcrowd.sim.profiles import Profile

READS: Final = {
    "home": "/api/v1/timelines/home",
    "public": "/api/v1/timelines/public",
    "trends": "/api/v1/trends/statuses",
    "notifications": "/api/v1/notifications",
    "thread": "/api/v1/statuses/:id/context",
    "profile": "/api/v1/accounts/:id/statuses",
    "search": "/api/v2/search",
}
"""Action -> path of a read."""

ACTS: Final = {
    "like": "/api/v1/statuses/:id/favourite",
    "repost": "/api/v1/statuses/:id/reblog",
    "follow": "/api/v1/accounts/:id/follow",
    "unfollow": "/api/v1/accounts/:id/unfollow",
    "report": "/api/v1/reports",
}
"""Action -> path of what is done to an item or its author."""

WRITES: Final = {
    "post": "/api/v1/statuses",
    "reply": "/api/v1/statuses",
    "quote": "/api/v1/statuses",
    "upload": "/api/v2/media",
    "generate": images.PATH.decode(),
    "login": "/oauth/token, GET /api/v1/accounts/verify_credentials",
    "signup": "/api/v1/accounts, PATCH /api/v1/accounts/update_credentials",
}
"""Action -> path of what makes something."""

OLDER: Final = {"search": "/api/v1/search", "upload": "/api/v1/media"}
"""Action -> path of the first version of a call whose second not every server has."""

PROCESSING: Final = (202, 206)
"""Statuses of an upload on which the platform still works."""

WITHOUT_ID: Final = frozenset({"home", "public", "trends", "notifications", "search", "generate", "upload"})
"""Actions whose path names nothing that could be missing."""

TO_AUTHOR: Final = ("follow", "unfollow")

STATUS_OUTCOME: Final = {
    401: "expired",
    404: "gone",
    405: "unsupported",
    410: "gone",
    429: "limited",
    501: "unsupported",
}
"""HTTP status -> outcome, where it is not plain success or failure."""


class Mastodon:
    """Builds requests of the Mastodon client API and reads its answers."""

    name = "mastodon"

    def __init__(self) -> None:
        self.know(Instance(absent=("quote",)))

    def inspect(self) -> Steps[Instance]:
        """What the server says about itself, and which of the calls that not all servers have are there."""
        found = yield from mastodon_instance.inspect()
        self.know(found)
        return found

    def know(self, instance: Instance) -> None:
        """Keeps to what is known of the server."""
        self.instance = instance
        self.unsupported = frozenset(instance.absent)
        older = {action: OLDER[action] for action in instance.older}
        self._reads = READS | older
        self._writes = WRITES | older

    def read(self, action: str, account: Account, limit: int, cursor: str = "", about: str = "") -> Request:
        """A read; `cursor` is what `page` gave."""
        path = self._reads[action]
        if about:
            path = path.replace(":id", segment(about))
        query = f"?limit={limit}"
        if action == "search":
            query += f"&type=statuses&q={quote(about, safe='')}"
        if cursor:
            name, _, value = cursor.partition("=")
            query += f"&{name}={segment(value)}"
        return Request(action, b"GET", (path + query).encode(), account.auth)

    def page(self, action: str, answer: Answer) -> Page:
        """The items of a read's answer; notifications show none."""
        if action == "notifications":
            return Page([])
        if action == "thread":
            statuses = read_context(answer).descendants
        elif action == "search":
            statuses = read_found(answer).statuses
        else:
            statuses = read_statuses(answer)
        return Page(Items(statuses, item_of), next_cursor(answer))

    def seen(self, account: Account) -> Request | None:
        """Nothing: reading notifications is enough."""
        return None

    def after(self, page: Page, item: Item) -> str:
        """The cursor of a page that begins below an item, where pages go by the ids of items."""
        return f"max_id={item.id}" if not page.cursor or page.cursor.startswith("max_id=") else ""

    def act(self, action: str, account: Account, item: Item) -> Request:
        """like, repost and report of an item; follow and unfollow of its author."""
        if action == "report":
            form = {"account_id": item.author, "status_ids": [item.root], "category": "spam"}
            return Request(
                action,
                b"POST",
                ACTS[action].encode(),
                account.auth + accounts.JSON,
                msgspec.json.encode(form),
            )
        about = item.author if action in TO_AUTHOR else item.root
        return Request(action, b"POST", ACTS[action].replace(":id", segment(about)).encode(), account.auth)

    def write(self, action: str, account: Account, draft: Draft) -> Request:
        """post, reply and quote; the draft's key keeps a platform from taking it twice."""
        status: dict[str, object] = {"status": self._fitted(draft.text), "visibility": "public"}
        if draft.language:
            status["language"] = draft.language
        if draft.reply_to is not None:
            status["in_reply_to_id"] = draft.reply_to.root
        if draft.quotes is not None:  # as Mastodon names it, and Pleroma and its kin
            status["quoted_status_id"] = status["quote_id"] = draft.quotes.root
        if draft.media:
            status["media_ids"] = draft.media
        headers = account.auth + accounts.JSON + f"Idempotency-Key: {quote(draft.key, safe='')}\r\n".encode()
        return Request(action, b"POST", WRITES[action].encode(), headers, msgspec.json.encode(status))

    def made(self, action: str, answer: Answer) -> str:
        """The id of what a post, reply, quote or repost made; "" where a server says no more than yes to a
        repost, or that it is there already."""
        if action == "repost" and (answer.status >= 400 or not answer.body.strip()):
            return ""
        return str(read_named(answer).id)

    def generate(self, account: Account, prompt: str) -> Request:
        """The request for an AI image."""
        return images.request(account.auth, prompt)

    def image(self, answer: Answer) -> bytes:
        """The image that was generated."""
        return images.image(answer)

    def upload(self, account: Account, image: bytes, description: str) -> Request:
        """The upload of an image."""
        kind, body = multipart({"description": description}, {"file": picture_file("image", image)})
        headers = account.auth + kind
        return Request("upload", b"POST", self._writes["upload"].encode(), headers, body)

    def media(self, answer: Answer) -> tuple[str, bool]:
        """Id of what was uploaded; it is ready unless the platform still works on it: by its status (202 or
        206), or by an address that is still null."""
        image = read_image(answer)
        return str(image.id), answer.status not in PROCESSING and image.url is not None

    def media_state(self, account: Account, media: str) -> Request:
        """Asks whether an upload is ready; `media` reads the answer."""
        return Request("upload", b"GET", f"/api/v1/media/{segment(media)}".encode(), account.auth)

    def outcome(self, action: str, answer: Answer) -> str:
        """How a request ended; 404 is about an id, or, where the path has none, about the whole action.

        What a server refuses to do twice is done: a second like changes nothing, as where it is allowed.
        """
        if answer.fault != OK:
            return answer.fault
        if 200 <= answer.status < 300:
            return OK
        if images.is_refusal(answer):
            return "blocked"
        if action in ACTS and accounts.is_done_already(answer):
            return OK
        if answer.status == 404 and action in WITHOUT_ID:
            return "unsupported"
        return STATUS_OUTCOME.get(answer.status, "failed")

    def retry_after_s(self, answer: Answer) -> float | None:
        """How long the platform asks to wait."""
        return pace.retry_after_s(answer)

    def endpoint(self, action: str) -> str:
        """Method and path template of an action."""
        if action in READS:
            return f"GET {self._reads[action]}"
        return f"POST {ACTS.get(action) or self._writes[action]}"

    def join(self) -> Steps[Keys]:
        """Registers an application."""
        return accounts.join()

    def sign_up(self, keys: Keys, member: int, login: Login, profile: Profile) -> Steps[Account]:
        """Makes an account."""
        return accounts.sign_up(keys, member, login, profile)

    def sign_in(self, keys: Keys, member: int, login: Login) -> Steps[Account]:
        """Opens an account that is there."""
        return accounts.sign_in(keys, member, login)

    def renew(self, keys: Keys, account: Account, login: Login) -> Steps[Account]:
        """A new token for one that has run out."""
        return accounts.renew(keys, account, login)

    def introduce(self, account: Account, profile: Profile, avatar: bytes) -> Steps[None]:
        """Fills a profile in."""
        return accounts.introduce(account, profile, avatar)

    def follow(self, account: Account, whom: Account) -> Steps[None]:
        """Follows; a locked account accepts the request."""
        return accounts.follow(account, whom)

    def find(self, account: Account, draft: Draft) -> Steps[str]:
        """The id of the account's own post with a draft's text."""
        answer = yield self.read("profile", account, 40, about=account.id)
        words = plain_words(escape(self._fitted(draft.text)))
        for status in read_written(accounts.usable(answer)):
            if plain_words(status.content or "") == words:
                return str(status.id)
        return ""

    def erase(self, what: str, account: Account, login: Login, identifier: str) -> Steps[None]:
        """Takes back a post, a follow, or the account."""
        return accounts.erase(what, account, login, identifier)

    def _fitted(self, text: str) -> str:
        """A text as long as the platform takes it; the hashtag at its end is kept."""
        most = self.instance.limits.post_characters
        if most is None or len(text) <= most:
            return text
        words, _, tag = text.rpartition(" ")
        return f"{words[: most - len(tag) - 1]} {tag}" if len(tag) < most else text[:most]
