"""The user's own platform, by a mapping file alone: method, path, body of each action, and where things are.

Answers are JSON; places in them are JMESPath expressions. Whatever comes, an answer is items or a
`PlatformError`.
"""

import base64
import binascii
import os
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters import http_accounts as accounts
from flashcrowd.load.adapters import pace, template
from flashcrowd.load.adapters.adapter import Keys, Steps
from flashcrowd.load.adapters.form import multipart, picture_file
from flashcrowd.load.adapters.http_answers import decoded, found, identifier, item_of, now, usable
from flashcrowd.load.adapters.instance import Instance
from flashcrowd.load.adapters.item import Account, Draft, Item, Login, Page
from flashcrowd.load.adapters.mapping import Action, Call, Mapping
from flashcrowd.load.request import Request
from flashcrowd.load.wire import OK, Answer
from flashcrowd.sim.profiles import Profile

JSON: Final = b"Content-Type: application/json\r\n"
FORM: Final = b"Content-Type: application/x-www-form-urlencoded\r\n"
STATUS_OUTCOME: Final = {
    401: "expired",
    404: "gone",
    405: "unsupported",
    410: "gone",
    429: "limited",
    501: "unsupported",
}
WITH_ID: Final = ("item.", "{about}", "{id}")
"""Places in a path that name something which may be gone."""


class Paged(Request):
    """A read that knows from where it reads: what counts pages needs it."""

    __slots__ = ("cursor",)

    def __init__(self, cursor: str, *parts: Any) -> None:
        super().__init__(*parts)
        self.cursor = cursor


class Http:
    """Builds the requests of a mapping and reads the answers.

    Args:
        mapping: the checked file.
    """

    def __init__(self, mapping: Mapping) -> None:
        self.name = mapping.name
        self.unsupported = mapping.absent()
        self.instance = Instance()
        self._mapping = mapping
        self._environment = {f"env.{name}": value for name, value in os.environ.items()}

    def inspect(self) -> Steps[Instance]:
        """What the mapping says: the platform itself is not asked."""
        yield from ()
        sign_up = "open" if self._mapping.accounts.sign_up else "closed"
        self.instance = Instance("HTTP API by mapping", self._mapping.name, sign_up)
        return self.instance

    def know(self, instance: Instance) -> None:
        """Keeps to what is known of the platform: the mapping says it all."""
        self.instance = instance

    def read(self, action: str, account: Account, limit: int, cursor: str = "", about: str = "") -> Request:
        """A read."""
        call = self._action(action)
        begin = str(call.paging.begin) if call.paging and call.paging.count else ""
        values = self._about(account) | {"limit": limit, "cursor": cursor or begin, "about": about}
        made = self._request(action, call, values, account.auth)
        return Paged(cursor or begin, made.action, made.method, made.target, made.headers, made.body)

    def page(self, action: str, answer: Answer) -> Page:
        """The items of a read's answer."""
        call, body = self._action(action), decoded(answer)
        if call.items is None:
            return Page([])
        entries = found(call.items, body)
        if entries is None:
            entries = []
        if not isinstance(entries, list):
            raise PlatformError(f"{call.items} is no list in the answer to {action}")
        where = call.item or self._mapping.item
        items = [item_of(entry, where) for entry in entries]
        return Page(items, self._next(call, body, items, answer))

    def seen(self, account: Account) -> Request | None:
        """The platform does not want to know."""
        return None

    def after(self, page: Page, item: Item) -> str:
        """The cursor below an item, where pages go by items."""
        paging = self._action("home").paging
        return str(getattr(item, paging.below)) if paging and paging.below else ""

    def act(self, action: str, account: Account, item: Item) -> Request:
        """What is done to an item or its author."""
        return self._request(action, self._action(action), self._about(account) | _of(item), account.auth)

    def write(self, action: str, account: Account, draft: Draft) -> Request:
        """post, reply and quote."""
        answered = draft.reply_to or Item("", "", "")
        values = {
            "draft.text": draft.text,
            "draft.key": draft.key,
            "draft.language": draft.language,
            "draft.reply_to": answered.root,
            "draft.media": list(draft.media),
        }
        values = self._about(account) | _of(answered) | values
        return self._request(action, self._action(action), values, account.auth)

    def made(self, action: str, answer: Answer) -> str:
        """The id of what was made; what a mapping does not look for has none."""
        expression = self._action(action).id
        return identifier(expression, decoded(answer)) if expression else ""

    def generate(self, account: Account, prompt: str) -> Request:
        """The request for an AI image."""
        values = self._about(account) | {"prompt": prompt}
        return self._request("generate", self._action("generate"), values, account.auth)

    def image(self, answer: Answer) -> bytes:
        """The image that was generated."""
        said = found(self._action("generate").image or "@", decoded(answer))
        try:
            return base64.b64decode(str(said or "").rpartition(",")[2], validate=True) or _no_image()
        except (binascii.Error, ValueError):
            raise PlatformError("an image that is not base64") from None

    def upload(self, account: Account, image: bytes, description: str) -> Request:
        """The upload of an image."""
        call = self._action("upload")
        values = self._about(account) | {"description": description}
        if call.multipart is None:
            values["file"] = base64.b64encode(image).decode()
            return self._request("upload", call, values, account.auth)
        fields = {
            name: template.text(shape, values) for name, shape in call.multipart.items() if shape != "{file}"
        }
        files = {
            name: picture_file("image", image) for name, shape in call.multipart.items() if shape == "{file}"
        }
        kind, body = multipart(fields, files)
        headers = account.auth + self._headers(call, values) + kind
        return Request("upload", call.method.encode(), template.target(call.path, values), headers, body)

    def media(self, answer: Answer) -> tuple[str, bool]:
        """Id of what was uploaded, and whether it is ready."""
        call, body = self._action("upload"), decoded(answer)
        ready = answer.status != 202 if call.ready is None else bool(found(call.ready, body))
        return identifier(call.id or "id", body), ready

    def media_state(self, account: Account, media: str) -> Request:
        """Asks whether an upload is ready."""
        path = self._action("upload").state or self._action("upload").path
        return Request("upload", b"GET", template.target(path, {"media": media}), account.auth)

    def outcome(self, action: str, answer: Answer) -> str:
        """How a request ended: as the mapping says, else as statuses usually mean."""
        if answer.fault != OK:
            return answer.fault
        call = self._mapping.actions.get(action)
        if call is not None and answer.status in call.statuses:
            return call.statuses[answer.status]
        if 200 <= answer.status < 300:
            return OK
        if answer.status == 404 and call is not None and not any(word in call.path for word in WITH_ID):
            return "unsupported"
        return STATUS_OUTCOME.get(answer.status, "failed")

    def retry_after_s(self, answer: Answer) -> float | None:
        """How long the platform asks to wait."""
        return pace.retry_after_s(answer)

    def endpoint(self, action: str) -> str:
        """Method and path template of an action."""
        if action in ("login", "signup"):
            sign = self._mapping.accounts.sign_in if action == "login" else self._mapping.accounts.sign_up
            return f"{sign.method} {sign.path}" if sign else "-"
        call = self._action(action)
        return f"{call.method} {call.path.partition('?')[0]}"

    def join(self) -> Steps[Keys]:
        """Nothing has to be registered."""
        yield from ()
        return {}

    def sign_up(self, keys: Keys, member: int, login: Login, profile: Profile) -> Steps[Account]:
        """Makes an account."""
        return accounts.sign_up(self._request, self._mapping.accounts, member, login, profile)

    def sign_in(self, keys: Keys, member: int, login: Login) -> Steps[Account]:
        """Opens an account that is there."""
        return accounts.sign_in(self._request, self._mapping.accounts, member, login)

    def renew(self, keys: Keys, account: Account, login: Login) -> Steps[Account]:
        """New credentials."""
        return accounts.renew(self._request, self._mapping.accounts, account, login)

    def introduce(self, account: Account, profile: Profile, avatar: bytes) -> Steps[None]:
        """Fills a profile in, where the mapping says how."""
        call = self._mapping.accounts.profile
        if call is not None:
            values = self._about(account) | accounts.of_profile(profile)
            usable((yield self._request("signup", call, values, account.auth)))

    def follow(self, account: Account, whom: Account) -> Steps[None]:
        """Makes one account follow another."""
        if "follow" in self.unsupported:
            return
        answer = yield self.act("follow", account, Item("", "", whom.id))
        if self.outcome("follow", answer) != OK:
            usable(answer)
            raise PlatformError(f"status {answer.status}")

    def find(self, account: Account, draft: Draft) -> Steps[str]:
        """The id of the account's own post with a draft's text, where profiles and texts are mapped."""
        call = self._mapping.actions.get("profile")
        where = (call.item if call else None) or self._mapping.item
        if call is None or where.text is None or call.items is None:
            return ""
        answer = yield self.read("profile", account, 40, about=account.id)
        entries = found(call.items, decoded(usable(answer)))
        for entry in entries if isinstance(entries, list) else []:
            if found(where.text, entry) == draft.text:
                return identifier(where.id, entry)
        return ""

    def erase(self, what: str, account: Account, login: Login, identifier: str) -> Steps[None]:
        """Takes back what was made, where the mapping says how."""
        call = getattr(self._mapping.remove, what)
        if call is None:
            raise PlatformError(f"the mapping has no remove.{what}")
        values = self._about(account) | accounts.of_login(account.member, login) | {"id": identifier}
        answer = yield self._request("signup" if what == "account" else what, call, values, account.auth)
        if answer.status not in (404, 410):
            usable(answer)

    def _request(self, action: str, call: Call, values: dict[str, Any], auth: bytes) -> Request:
        values = values | self._environment
        kind, body = b"", b""
        if call.form is not None:
            fields = {name: template.text(shape, values) for name, shape in call.form.items()}
            kind, body = FORM, urlencode(fields).encode()
        elif call.body is not None:
            kind, body = JSON, msgspec.json.encode(template.filled(call.body, values))
        headers = auth + self._headers(call, values) + kind
        return Request(action, call.method.encode(), template.target(call.path, values), headers, body)

    def _headers(self, call: Call, values: dict[str, Any]) -> bytes:
        values = values | self._environment
        return b"".join(template.line(name, shape, values) for name, shape in call.headers.items())

    def _action(self, action: str) -> Action:
        call = self._mapping.actions.get(action)
        if call is None:
            raise PlatformError(f"the mapping has no action {action}", "unsupported")
        return call

    def _about(self, account: Account) -> dict[str, Any]:
        return {
            "account.id": account.id,
            "account.handle": account.handle,
            "member": account.member,
            "now": now(),
        }

    def _next(self, call: Action, body: Any, items: list[Item], answer: Answer) -> str:
        paging = call.paging
        if paging is None or not items:
            return ""
        if paging.below:
            return str(getattr(items[-1], paging.below))
        if paging.next:
            cursor = found(paging.next, body)
            return "" if cursor is None or isinstance(cursor, dict | list | bool) else str(cursor)
        said = getattr(answer.request, "cursor", "")
        here = int(said) if said.isascii() and said.isdigit() and len(said) < 16 else paging.begin
        return str(here + (1 if paging.count == "pages" else len(items)))


def _of(item: Item) -> dict[str, Any]:
    return {"item.id": item.id, "item.root": item.root, "item.author": item.author, "item.ref": item.ref}


def _no_image() -> bytes:
    raise PlatformError("an answer without an image")
