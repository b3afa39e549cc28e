"""The Mastodon client API: Mastodon, GoToSocial, Takahē, Pleroma, Pixelfed … and the reference platform.

Nothing here relies on one of them: ids are strings, content is not read, pages follow the Link header, media
may be processed later, and errors are told by their status.
"""

from html import escape
from typing import Final
from urllib.parse import quote

import msgspec

from flashcrowd.load.adapters import images, pace
from flashcrowd.load.adapters import mastodon_accounts as accounts
from flashcrowd.load.adapters.adapter import Keys, Steps
from flashcrowd.load.adapters.form import multipart, picture_file
from flashcrowd.load.adapters.instance import Instance, Limits
from flashcrowd.load.adapters.item import Account, Draft, Item, Items, Login, Page
from flashcrowd.load.adapters.mastodon_answers import (
    instance_of,
    item_of,
    next_cursor,
    plain_words,
    read_context,
    read_found,
    read_image,
    read_instance,
    read_status,
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
    "upload": "/api/v2/media",
    "generate": images.PATH.decode(),
    "login": "/oauth/token",
    "signup": "/api/v1/accounts",
}
"""Action -> path of what makes something."""

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
    unsupported = frozenset({"quote"})

    def __init__(self) -> None:
        self.limits = Limits()

    def inspect(self) -> Steps[Instance]:
        """What the server says about itself: in the second version of the call, else in the first."""
        answer = yield Request("public", b"GET", b"/api/v2/instance", b"")
        if answer.status != 200:
            answer = yield Request("public", b"GET", b"/api/v1/instance", b"")
        found = instance_of(read_instance(accounts.usable(answer)))
        self.limits = found.limits
        return found

    def read(self, action: str, account: Account, limit: int, cursor: str = "", about: str = "") -> Request:
        """A read; `cursor` is what `page` gave."""
        path = READS[action].replace(":id", segment(about)) if about else READS[action]
        query = f"?limit={limit}"
        if action == "search":
            query += f"&type=statuses&q={quote(about, safe='')}"
        if cursor:
            name, _, value = cursor.partition("=")
            query += f"&{name}={quote(value, safe='')}"
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
        """post and reply; the draft's key keeps a platform from taking it twice."""
        status: dict[str, object] = {"status": self._fitted(draft.text), "visibility": "public"}
        if draft.language:
            status["language"] = draft.language
        if draft.reply_to is not None:
            status["in_reply_to_id"] = draft.reply_to.root
        if draft.media:
            status["media_ids"] = draft.media
        headers = account.auth + accounts.JSON + f"Idempotency-Key: {quote(draft.key, safe='')}\r\n".encode()
        return Request(action, b"POST", WRITES[action].encode(), headers, msgspec.json.encode(status))

    def made(self, action: str, answer: Answer) -> str:
        """The id of what a post, reply or repost made."""
        return str(read_status(answer).id)

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
        return Request("upload", b"POST", WRITES["upload"].encode(), headers, body)

    def media(self, answer: Answer) -> tuple[str, bool]:
        """Id of what was uploaded; it is ready unless the platform still works on it (202 or 206)."""
        image = read_image(answer)
        return str(image.id), answer.status == 200

    def media_state(self, account: Account, media: str) -> Request:
        """Asks whether an upload is ready; `media` reads the answer."""
        return Request("upload", b"GET", f"/api/v1/media/{segment(media)}".encode(), account.auth)

    def outcome(self, action: str, answer: Answer) -> str:
        """How a request ended; 404 is about an id, or, where the path has none, about the whole action."""
        if answer.fault != OK:
            return answer.fault
        if 200 <= answer.status < 300:
            return OK
        if images.is_refusal(answer):
            return "blocked"
        if answer.status == 404 and action in WITHOUT_ID:
            return "unsupported"
        return STATUS_OUTCOME.get(answer.status, "failed")

    def retry_after_s(self, answer: Answer) -> float | None:
        """How long the platform asks to wait."""
        return pace.retry_after_s(answer)

    def endpoint(self, action: str) -> str:
        """Method and path template of an action."""
        if action in READS:
            return f"GET {READS[action]}"
        return f"POST {ACTS.get(action) or WRITES[action]}"

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
        most = self.limits.post_characters
        if most is None or len(text) <= most:
            return text
        words, _, tag = text.rpartition(" ")
        return f"{words[: most - len(tag) - 1]} {tag}" if len(tag) < most else text[:most]
