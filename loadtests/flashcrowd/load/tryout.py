"""Tries a platform, an action at a time: what works, how fast it answers, what a run would leave out."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import nan
from time import monotonic
from typing import Any, Final

import gevent

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.adapter import Adapter, NameTaken, Steps
from flashcrowd.load.adapters.instance import Instance
from flashcrowd.load.adapters.item import Account, Draft, Item, Login
from flashcrowd.load.avatar import avatar
from flashcrowd.load.conversation import converse
from flashcrowd.load.request import Request
from flashcrowd.load.vault import Vault
from flashcrowd.load.wire import OK, Answer
from flashcrowd.sim.profiles import Profile

AUTHOR: Final = 0
READER: Final = 1
"""The two accounts of a probe, as members of its vault."""

SEEN_WITHIN_S: Final = 15.0
LOOK_EVERY_S: Final = 0.5
WORDS: Final = "Flashcrowd tries this platform out"
ESSENTIAL: Final = ("signup", "post", "home")
"""Without these no crowd can live there."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How one action went.

    `outcome`: of `core.events` · `latency_ms`: of its (last) request, NaN when none was sent · `said`: the
    platform's words, when it did not work, or what else is worth knowing.
    """

    action: str
    outcome: str
    latency_ms: float = nan
    said: str = ""

    @property
    def works(self) -> bool:
        """Whether members can do it there."""
        return self.outcome == OK


@dataclass(slots=True)
class Probe:
    """All that was found: `visible_s` is how long a post took to be in a follower's feed, NaN = not seen."""

    instance: Instance | None = None
    findings: list[Finding] = field(default_factory=list)
    visible_s: float = nan

    @property
    def left_out(self) -> list[str]:
        """Actions that a run would leave out."""
        return [each.action for each in self.findings if each.outcome == "unsupported"]

    @property
    def broken(self) -> list[str]:
        """Actions that the platform has, and that did not work."""
        return [each.action for each in self.findings if not each.works and each.outcome != "unsupported"]

    @property
    def is_fit(self) -> bool:
        """Whether a crowd can live there at all."""
        return not set(ESSENTIAL) & {each.action for each in self.findings if not each.works}


class Tryout:
    """Does everything once, with two accounts, and takes back what can be.

    Args:
        send: sends a request and waits as the platform asks.
        vault: remembers the two accounts, so that another probe makes none.
        note: says what is tried.
    """

    def __init__(
        self, adapter: Adapter, send: Callable[[Request], Answer], vault: Vault, note: Callable[[str], None]
    ) -> None:
        self._adapter = adapter
        self._send = send
        self._vault = vault
        self._note = note
        self.found = Probe()

    def run(self) -> Probe:
        """Try everything."""
        try:
            self.found.instance = converse(self._adapter.inspect(), self._send)
        except PlatformError as error:
            self._note(f"the platform says nothing about itself: {error}")
        accounts = self._accounts()
        if accounts is not None:
            author, reader = accounts
            self._converse("follow", self._adapter.follow(reader, author))
            item = self._posted(author, reader)
            self._read_all(author, reader, item)
            if item is not None:
                self._react(author, reader, item)
            self._illustrate(author)
            self._take_back()
        return self.found

    def _accounts(self) -> tuple[Account, Account] | None:
        """The author and the reader; None when there are none to be had."""
        vault, begin_s = self._vault, monotonic()
        try:
            if not vault.keys:
                vault.keep_keys(converse(self._adapter.join(), self._send))
            made = [self._account(member) for member in (AUTHOR, READER)]
        except PlatformError as error:
            self._add("signup", "failed", begin_s, str(error))
            return None
        self._add("signup", OK, begin_s)
        return made[0], made[1]

    def _account(self, member: int) -> Account:
        adapter, vault = self._adapter, self._vault
        if member in vault.accounts:
            return vault.accounts[member]
        if member not in vault.logins:
            vault.keep_login(member, Login(f"probe_{member}_{vault.salt}", secrets.token_urlsafe(16)))
        login = vault.logins[member]
        profile = Profile(login.name, "Probe", WORDS, "en_US")
        try:
            if login.is_given:
                account = converse(adapter.sign_in(vault.keys, member, login), self._send)
            else:
                account = converse(adapter.sign_up(vault.keys, member, login, profile), self._send)
        except NameTaken:
            account = converse(adapter.sign_in(vault.keys, member, login), self._send)
        vault.keep_account(account)
        return account

    def _posted(self, author: Account, reader: Account) -> Item | None:
        """Post, and wait until the follower sees it; the item as the feed shows it."""
        adapter = self._adapter
        draft = Draft(f"{WORDS} {self._vault.salt}", f"probe-{monotonic():.3f}", "en")
        made = self._ask(
            "post", lambda: adapter.write("post", author, draft), lambda a: adapter.made("post", a)
        )
        if made is None:
            return None
        begin_s = monotonic()
        self._vault.keep_post(len(self._vault.posts), made, AUTHOR, begin_s)
        while monotonic() - begin_s < SEEN_WITHIN_S:
            answer = self._send(adapter.read("home", reader, 20))
            for item in self._items("home", answer):
                if item.root == made:
                    self.found.visible_s = monotonic() - begin_s
                    return item
            gevent.sleep(LOOK_EVERY_S)
        answer = self._send(adapter.read("profile", reader, 20, about=author.id))
        return next((item for item in self._items("profile", answer) if item.root == made), None)

    def _items(self, action: str, answer: Answer) -> list[Item]:
        if self._adapter.outcome(action, answer) != OK:
            return []
        try:
            return list(self._adapter.page(action, answer).items)
        except PlatformError:
            return []

    def _read_all(self, author: Account, reader: Account, item: Item | None) -> None:
        abouts = {"thread": item.root if item else "", "profile": author.id, "search": "Flashcrowd"}
        for action in ("home", "public", "trends", "notifications", "thread", "profile", "search"):
            if action == "thread" and item is None:
                continue
            self._ask(action, *self._reading(action, reader, abouts.get(action, "")))

    def _reading(self, action: str, reader: Account, about: str) -> tuple[Callable[[], Request], Any]:
        adapter = self._adapter
        return (
            lambda: adapter.read(action, reader, 20, about=about),
            lambda answer: list(adapter.page(action, answer).items),
        )

    def _react(self, author: Account, reader: Account, item: Item) -> None:
        adapter = self._adapter
        for action in ("like", "repost"):
            self._ask(action, self._acting(action, reader, item))
        for action in ("reply", "quote"):
            made = self._ask(action, self._writing(action, reader, item), lambda a: adapter.made("reply", a))
            if made:
                self._vault.keep_post(len(self._vault.posts), made, READER, monotonic())
        for action in ("report", "unfollow"):
            self._ask(action, self._acting(action, reader, item))

    def _acting(self, action: str, reader: Account, item: Item) -> Callable[[], Request]:
        return lambda: self._adapter.act(action, reader, item)

    def _writing(self, action: str, reader: Account, item: Item) -> Callable[[], Request]:
        draft = Draft(f"{WORDS}: {action}", f"probe-{action}-{monotonic():.3f}", "en")
        draft = replace(draft, quotes=item) if action == "quote" else replace(draft, reply_to=item)
        return lambda: self._adapter.write(action, reader, draft)

    def _illustrate(self, author: Account) -> None:
        """Ask for an image, and upload one."""
        adapter = self._adapter
        image = self._ask("generate", lambda: adapter.generate(author, "A lighthouse in fog"), adapter.image)
        picture = image or avatar(0, 0)
        self._ask("upload", lambda: adapter.upload(author, picture, "A probe"), adapter.media)

    def _take_back(self) -> None:
        vault = self._vault
        for serial, (identifier, member, _) in list(vault.posts.items()):
            login, account = vault.logins[member], vault.accounts[member]
            try:
                converse(self._adapter.erase("post", account, login, identifier), self._send)
            except PlatformError as error:
                self._note(f"a post of the probe stays: {error}")
                return
            vault.forget("post", serial)

    def _converse(self, action: str, steps: Steps[None]) -> None:
        begin_s = monotonic()
        if action in self._adapter.unsupported:
            self._add(action, "unsupported")
            return
        try:
            converse(steps, self._send)
        except PlatformError as error:
            self._add(action, error.outcome, begin_s, str(error))
        else:
            self._add(action, OK, begin_s)

    def _ask(
        self, action: str, build: Callable[[], Request], read: Callable[[Answer], Any] | None = None
    ) -> Any:
        """Try one action; what was read of its answer, None when it did not work."""
        if action in self._adapter.unsupported:
            self._add(action, "unsupported")
            return None
        begin_s = monotonic()
        try:
            answer = self._send(build())
            outcome = self._adapter.outcome(action, answer)
            value = read(answer) if outcome == OK and read is not None else None
        except PlatformError as error:
            self._add(action, error.outcome, begin_s, str(error))
            return None
        said = "" if outcome == OK else f"status {answer.status}: {_words(answer)}"
        self._add(action, outcome, begin_s, said)
        return value

    def _add(self, action: str, outcome: str, begin_s: float = nan, said: str = "") -> None:
        latency_ms = (monotonic() - begin_s) * 1e3
        self.found.findings.append(Finding(action, outcome, latency_ms, said))


def _words(answer: Answer) -> str:
    return answer.detail or " ".join(answer.body[:120].decode("utf-8", "replace").split())


SPEAKS: Final = (
    ("mastodon", b"/api/v2/instance", b'"version"'),
    ("mastodon", b"/api/v1/instance", b'"version"'),
    ("atproto", b"/xrpc/com.atproto.server.describeServer", b'"availableUserDomains"'),
)
"""Adapter, path, and what its answer holds where that is spoken."""

DOCUMENTS: Final = (b"/openapi.json", b"/swagger.json", b"/v3/api-docs")


def spoken(send: Callable[[Request], Answer]) -> str:
    """The adapter that a platform speaks, "" when it is none of ours."""
    for name, path, word in SPEAKS:
        answer = send(Request("public", b"GET", path, b""))
        if answer.fault == OK and answer.status == 200 and word in answer.body:
            return name
    return ""


def documents(send: Callable[[Request], Answer]) -> Iterator[str]:
    """Paths at which a platform serves an OpenAPI document."""
    for path in DOCUMENTS:
        answer = send(Request("public", b"GET", path, b""))
        if answer.fault == OK and answer.status == 200 and b'"paths"' in answer.body:
            yield path.decode()
