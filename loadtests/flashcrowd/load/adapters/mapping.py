"""A mapping file: which request each action is on a platform, and where things are in its answers.

Checked once, at the door: `load_mapping` names file, field, what was found and what is allowed. Places in
answers are JMESPath expressions, places in requests are names in braces.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import jmespath
import yaml
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, Field, ValidationError, model_validator

from flashcrowd.core.errors import UsageError
from flashcrowd.core.events import ACTIONS, BRACKETS
from flashcrowd.core.registry import nearest
from flashcrowd.core.settings import Settings
from flashcrowd.load.adapters import template

ACCOUNT: Final = frozenset({"account.id", "account.handle", "member", "now"})
LOGIN: Final = frozenset({"login.name", "login.password", "login.email", "member", "now"})
PROFILE: Final = frozenset({"profile.display_name", "profile.bio", "profile.locale"})
READ: Final = ACCOUNT | {"limit", "cursor", "about"}
ITEM: Final = ACCOUNT | {"item.id", "item.root", "item.author", "item.ref"}
DRAFT: Final = ACCOUNT | {f"draft.{name}" for name in ("text", "key", "language", "reply_to", "media")}
PLACES: Final = {
    **dict.fromkeys(("home", "public", "thread", "profile", "search", "trends", "notifications"), READ),
    **dict.fromkeys(("like", "repost", "follow", "unfollow", "report"), ITEM),
    **dict.fromkeys(("post", "reply", "quote"), DRAFT | {"item.id", "item.root", "item.author", "item.ref"}),
    "generate": ACCOUNT | {"prompt"},
    "upload": ACCOUNT | {"description", "file"},
}
"""Action -> what its request may be filled with."""

NEEDS_ITEMS: Final = ("home", "public", "profile", "trends", "search", "thread")
NEEDS_ID: Final = ("post", "reply", "quote", "upload")
REQUIRED: Final = ("home", "post")
"""Without these there is no social platform."""


def _expression(said: str) -> str:
    try:
        jmespath.compile(said)
    except (JMESPathError, ValueError) as error:
        raise ValueError(f"is no JMESPath expression: {' '.join(str(error).split())[:120]}") from None
    return said


Expression = Annotated[str, AfterValidator(_expression)]


Outcome = Literal["ok", "failed", "blocked", "limited", "unsupported", "expired", "gone"]


class Call(Settings):
    """One request of the platform.

    `body` is sent as JSON, `form` URL-encoded, `multipart` with the file at the field that is `{file}` ·
    `statuses`: HTTP status -> outcome, where the usual meaning is not meant.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    path: str = Field(pattern="^/")
    headers: dict[str, str] = Field(default_factory=dict)
    body: Any = None
    form: dict[str, str] | None = None
    multipart: dict[str, str] | None = None
    statuses: dict[int, Literal["ok", "failed", "blocked", "limited", "unsupported", "expired", "gone"]] = (
        Field(default_factory=dict)
    )

    def places(self) -> list[Any]:
        """All that has places to fill."""
        return [self.path, self.headers, self.body, self.form, self.multipart]


class Items(Settings):
    """Where the parts of an item are in its entry."""

    id: Expression = "id"
    root: Expression | None = None
    author: Expression = "author"
    reposted_by: Expression | None = None
    likes: Expression | None = None
    reposts: Expression | None = None
    replies: Expression | None = None
    created: Expression | None = None
    entered: Expression | None = None
    has_image: Expression | None = None
    reply_to: Expression | None = None
    tags: Expression | None = None
    ref: Expression | None = None
    text: Expression | None = None


class Paging(Settings):
    """How the next page is asked for: one of these.

    `next`: the cursor is in the answer · `below`: it is this part of the last item seen · `count`: it is
    `pages` or `items` read so far, counted from `begin`.
    """

    next: Expression | None = None
    below: Literal["id", "root", "ref"] | None = None
    count: Literal["pages", "items"] | None = None
    begin: int = 0

    @model_validator(mode="after")
    def _is_one(self) -> "Paging":
        if sum(way is not None for way in (self.next, self.below, self.count)) != 1:
            raise ValueError("needs one of next, below, count")
        return self


class Action(Call):
    """The request of an action, and where its answer holds what.

    `items`: the list of entries · `id`: of what was made · `image`: base64 · `ready`: whether an upload can
    be posted · `state`: the request that asks again (`{media}` is its id).
    """

    items: Expression | None = None
    item: Items | None = None
    paging: Paging | None = None
    id: Expression | None = None
    image: Expression | None = None
    ready: Expression | None = None
    state: str | None = None


class Sign(Call):
    """A request that opens an account, and where its answer holds id and token."""

    id: Expression | None = None
    token: Expression | None = None
    refresh: Expression | None = None
    expires_in: Expression | None = None
    taken: tuple[int, ...] = Field((409,), description="statuses that say that the name is somebody's")


class Accounts(Settings):
    """How members get in. Without `sign_up`, accounts come from a file, or have no credentials at all."""

    sign_up: Sign | None = None
    sign_in: Sign | None = None
    renew: Sign | None = None
    me: Sign | None = Field(None, description="tells the id of an account that came with a token")
    headers: dict[str, str] = Field(default_factory=dict, description="prove an account, by its {token}")
    profile: Call | None = None


class Removal(Settings):
    """How things are taken back."""

    post: Call | None = None
    follow: Call | None = None
    account: Call | None = None


class Mapping(Settings):
    """A whole mapping file."""

    name: str = Field("http", pattern="^[A-Za-z0-9_-]{1,40}$")
    accounts: Accounts = Accounts()
    item: Items = Items()
    actions: dict[str, Action]
    remove: Removal = Removal()

    @model_validator(mode="after")
    def _actions_are_whole(self) -> "Mapping":
        for name, action in self.actions.items():
            if name not in PLACES:
                raise ValueError(f"actions.{name} is not a known action{nearest(name, list(PLACES))}")
            if name in NEEDS_ITEMS and action.items is None:
                raise ValueError(f"actions.{name}.items is missing; it says where the list of entries is")
            if name in NEEDS_ID and action.id is None:
                raise ValueError(f"actions.{name}.id is missing; it says where the id of what was made is")
            if name == "generate" and action.image is None:
                raise ValueError("actions.generate.image is missing; it says where the image is, as base64")
        for name in REQUIRED:
            if name not in self.actions:
                raise ValueError(f"actions.{name} is missing; members cannot live without it")
        return self

    @model_validator(mode="after")
    def _places_are_known(self) -> "Mapping":
        accounts, remove = self.accounts, self.remove
        checks: list[tuple[str, frozenset[str], Call | None]] = [
            ("accounts.sign_up", LOGIN | PROFILE, accounts.sign_up),
            ("accounts.sign_in", LOGIN, accounts.sign_in),
            ("accounts.me", ACCOUNT, accounts.me),
            ("accounts.renew", LOGIN | ACCOUNT | {"refresh"}, accounts.renew),
            ("accounts.profile", ACCOUNT | PROFILE, accounts.profile),
            ("remove.post", ACCOUNT | {"id"}, remove.post),
            ("remove.follow", ACCOUNT | {"id"}, remove.follow),
            ("remove.account", ACCOUNT | LOGIN | {"id"}, remove.account),
            *((f"actions.{name}", PLACES.get(name, ACCOUNT), each) for name, each in self.actions.items()),
        ]
        for where, known, call in checks:
            problem = template.complaint(call.places(), known) if call is not None else ""
            if problem:
                raise ValueError(f"{where}: {problem}")
        problem = template.complaint(accounts.headers, ACCOUNT | {"token"})
        if problem:
            raise ValueError(f"accounts.headers: {problem}")
        for where, call in _calls(self):
            for name, _ in template.places(call):
                if name.startswith("env.") and name[4:] not in os.environ:
                    raise ValueError(f"{where}: the environment holds no {name[4:]}")
        return self

    def absent(self) -> frozenset[str]:
        """Actions of members that the mapping does not have."""
        asked = (name for name in ACTIONS if name not in BRACKETS and name not in ("login", "signup"))
        return frozenset(name for name in asked if name not in self.actions)


def _calls(mapping: Mapping) -> list[tuple[str, Any]]:
    dumped = mapping.model_dump(exclude_none=True)
    return [(section, dumped[section]) for section in ("accounts", "actions", "remove") if section in dumped]


def load_mapping(path: Path) -> Mapping:
    """The mapping in a file.

    Raises:
        UsageError: names file, field, what was found and what is allowed.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path.name}: cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{path.name}: not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict):
        raise UsageError(f"{path.name}: holds a {type(data).__name__}; must be a mapping of sections")
    return checked_mapping(data, path.name)


def checked_mapping(data: dict[str, Any], source: str) -> Mapping:
    """The mapping that plain values make.

    Raises:
        UsageError: names source, field, what was found and what is allowed.
    """
    try:
        return Mapping.model_validate(data)
    except ValidationError as error:
        raise UsageError(f"{source}: {'; '.join(_complaint(each) for each in error.errors()[:5])}") from None


def _complaint(problem: Any) -> str:
    path = ".".join(str(part) for part in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    if problem["type"] == "extra_forbidden":
        return f"{path} is not a known key"
    if problem["type"] == "missing":
        return f"{path} is missing"
    if not path:
        return str(message)
    found = repr(problem["input"])
    return f"{path} is {found[:60]}{'…' if len(found) > 60 else ''}; {message}"
