"""The Mastodon client API: Mastodon, GoToSocial, Takahē, Pleroma, Pixelfed … and the reference platform.

Nothing here relies on one of them: ids are strings, content is not read, pages follow the Link header, media
may be processed later, and errors are told by their status.
"""

import secrets
from typing import Final
from urllib.parse import quote, quote_plus

import msgspec

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters import images
from flashcrowd.load.adapters.adapter import Steps
from flashcrowd.load.adapters.item import Account, Draft, Item, Items, Page
from flashcrowd.load.adapters.mastodon_answers import (
    item_of,
    next_cursor,
    read_app,
    read_author,
    read_context,
    read_found,
    read_image,
    read_status,
    read_statuses,
    read_token,
    retry_after_s,
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

FORM: Final = b"Content-Type: application/x-www-form-urlencoded\r\n"
JSON: Final = b"Content-Type: application/json\r\n"
SCOPES: Final = "read write follow"
OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"

STATUS_OUTCOME: Final = {405: "unsupported", 429: "limited", 501: "unsupported"}
"""HTTP status -> outcome, where it is not plain success or failure."""


class Mastodon:
    """Builds requests of the Mastodon client API and reads its answers."""

    name = "mastodon"
    unsupported = frozenset({"quote"})

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

    def after(self, item: Item) -> str:
        """The cursor of a page that begins below an item."""
        return f"max_id={item.id}"

    def act(self, action: str, account: Account, item: Item) -> Request:
        """like, repost and report of an item; follow and unfollow of its author."""
        if action == "report":
            form = {"account_id": item.author, "status_ids": [item.root], "category": "spam"}
            return Request(
                action, b"POST", ACTS[action].encode(), account.auth + JSON, msgspec.json.encode(form)
            )
        about = item.author if action in TO_AUTHOR else item.root
        return Request(action, b"POST", ACTS[action].replace(":id", segment(about)).encode(), account.auth)

    def write(self, action: str, account: Account, draft: Draft) -> Request:
        """post and reply; the draft's key keeps a platform from taking it twice."""
        status: dict[str, object] = {"status": draft.text, "visibility": "public"}
        if draft.language:
            status["language"] = draft.language
        if draft.reply_to:
            status["in_reply_to_id"] = draft.reply_to
        if draft.media:
            status["media_ids"] = draft.media
        headers = account.auth + JSON + f"Idempotency-Key: {quote(draft.key, safe='')}\r\n".encode()
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
        """The upload of an image as multipart/form-data (RFC 7578)."""
        boundary = secrets.token_hex(16).encode()
        part = b"--" + boundary + b"\r\nContent-Disposition: form-data; name="
        body = (
            part
            + b'"description"\r\n\r\n'
            + description.encode()
            + b"\r\n"
            + part
            + b'"file"; filename="image.png"\r\nContent-Type: image/png\r\n\r\n'
            + image
            + b"\r\n--"
            + boundary
            + b"--\r\n"
        )
        headers = account.auth + b"Content-Type: multipart/form-data; boundary=" + boundary + b"\r\n"
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
        return retry_after_s(answer)

    def endpoint(self, action: str) -> str:
        """Method and path template of an action."""
        if action in READS:
            return f"GET {READS[action]}"
        return f"POST {ACTS.get(action) or WRITES[action]}"

    def join(self) -> Steps[bytes]:
        """Registers an application and gets a token for it."""
        answer = yield _form(
            "login", b"/api/v1/apps", client_name="Flashcrowd", redirect_uris=OUT_OF_BAND, scopes=SCOPES
        )
        app = read_app(_usable(answer))
        answer = yield _form(
            "login",
            b"/oauth/token",
            grant_type="client_credentials",
            client_id=app.client_id,
            client_secret=app.client_secret,
            redirect_uri=OUT_OF_BAND,
            scope=SCOPES,
        )
        return _bearer(read_token(_usable(answer)).access_token)

    def sign_up(self, joined: bytes, member: int, profile: Profile, password: str) -> Steps[Account]:
        """Makes an account, and fills in its profile, which also tells its id."""
        answer = yield _form(
            "signup",
            b"/api/v1/accounts",
            joined,
            username=profile.username,
            email=f"{profile.username}@flashcrowd.example",
            password=password,
            agreement="true",
            locale=profile.locale.partition("_")[0],
        )
        auth = _bearer(read_token(_usable(answer)).access_token)
        shown = {"display_name": profile.display_name[:30], "note": profile.bio}
        answer = yield Request(
            "signup",
            b"PATCH",
            b"/api/v1/accounts/update_credentials",
            auth + JSON,
            msgspec.json.encode(shown),
        )
        return Account(member, str(read_author(_usable(answer)).id), profile.username, auth)


def _usable(answer: Answer) -> Answer:
    """The answer, when it says yes."""
    if answer.fault != OK or not 200 <= answer.status < 300:
        said = answer.detail or answer.body[:200].decode("utf-8", "replace")
        raise PlatformError(f"status {answer.status}: {said}")
    return answer


def _form(action: str, path: bytes, auth: bytes = b"", **fields: str) -> Request:
    body = "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items())
    return Request(action, b"POST", path, auth + FORM, body.encode())


def _bearer(token: str) -> bytes:
    """The header line of a token.

    Raises:
        PlatformError: when the token would break out of its line.
    """
    if not token.isascii() or not token.isprintable() or " " in token:
        raise PlatformError("an access token that fits into no header")
    return f"Authorization: Bearer {token}\r\n".encode()
