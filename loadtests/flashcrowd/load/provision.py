"""Puts the cast on the platform: accounts with their profiles, who follows whom, a history of posts.

Everything made is remembered in the vault, before it is asked for and when it is made: interrupted and run
again, this makes only what is missing, and nothing twice.
"""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from time import monotonic, time
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.core.errors import PlatformError, TargetError
from flashcrowd.load.adapters.adapter import Adapter, NameTaken
from flashcrowd.load.adapters.item import Account, Draft, Login
from flashcrowd.load.cast import Cast
from flashcrowd.load.conversation import converse
from flashcrowd.load.crew import Bar, all_at_once
from flashcrowd.load.face import avatar_of, face_of
from flashcrowd.load.guard import Ceiling
from flashcrowd.load.patient import Patient
from flashcrowd.load.vault import Vault
from flashcrowd.load.wire import OK, Wire
from flashcrowd.sim import profiles
from flashcrowd.sim.content import topic_word
from flashcrowd.sim.world import World

T = TypeVar("T")
Ints = npt.NDArray[np.int64]

SECRET: Final = re.compile(r"[\w+/=.~-]{16,}")
"""Whatever may be a token, a password or a key: no word is so long."""

SLACK_S: Final = 300.0
"""Credentials that end this soon after the run are renewed before it."""

MOST_FAILED: Final = 0.05
"""Share of follows and posts that may fail before the target counts as unusable."""


@dataclass(slots=True)
class Provisioned:
    """What provisioning made, found already there, or could not make; for the manifest."""

    accounts_made: int = 0
    accounts_kept: int = 0
    profiles_failed: int = 0
    follows_made: int = 0
    follows_kept: int = 0
    follows_failed: int = 0
    follows_left_out: int = 0
    posts_made: int = 0
    posts_kept: int = 0
    posts_failed: int = 0
    seconds: float = 0.0

    def details(self) -> dict[str, Any]:
        """As an entry of the manifest."""
        return asdict(self) | {
            "note": "only follows among live members are on the platform; follows_left_out lead elsewhere"
        }


class Provisioner:
    """Makes accounts, follows and posts on one target.

    Args:
        ceiling: bounds the rate, as during the run.
    """

    def __init__(
        self, world: World, cast: Cast, adapter: Adapter, wire: Wire, vault: Vault, ceiling: Ceiling, bar: Bar
    ) -> None:
        self._world = world
        self._cast = cast
        self._members = cast.settled
        self._adapter = adapter
        self._wire = wire
        self._vault = vault
        self._bar = bar
        self._send = Patient(wire, adapter, ceiling, world.scenario.seed, bar.note).send
        self.done = Provisioned(follows_left_out=cast.left_out)

    def run(self) -> Provisioned:
        """Make what is missing.

        Raises:
            TargetError: when the platform refuses accounts, or too many follows or posts.
        """
        begin = monotonic()
        self._make_accounts()
        self._renew_accounts()
        self._make_follows()
        self._make_history()
        self.done.seconds = round(monotonic() - begin, 3)
        return self.done

    def _make_accounts(self) -> None:
        vault = self._vault
        missing = [member for member in self._members.tolist() if member not in vault.introduced]
        self.done.accounts_kept = len(self._members) - len(missing)
        if not missing and (vault.keys or len(self._members) == len(self._cast.members)):
            return
        try:
            if not vault.keys:
                vault.keep_keys(converse(self._adapter.join(), self._send))
        except PlatformError as error:
            raise self._refusal("the harness cannot register", error) from None

        def make(member: int) -> None:
            profile = face_of(self._world, member, self._vault.salt)
            try:
                if member not in vault.accounts:
                    vault.keep_account(self._signed_up(member, profile))
            except PlatformError as error:
                raise self._refusal(f"no account can be made{self._way_out()}", error) from None
            if vault.logins[member].is_given:
                self.done.accounts_kept += 1
            else:
                self._introduce(member, profile)
                self.done.accounts_made += 1
            vault.keep_introduced(member)

        self._all("provisioning accounts", missing, make)

    def _introduce(self, member: int, profile: profiles.Profile) -> None:
        """Fill a profile in; where that cannot be done members live without."""
        try:
            picture = avatar_of(self._world, member)
            steps = self._adapter.introduce(self._vault.accounts[member], profile, picture)
            converse(steps, self._send)
        except PlatformError as error:
            if not self.done.profiles_failed:
                self._bar.note(f"profiles stay empty: {SECRET.sub('…', str(error))}")
            self.done.profiles_failed += 1

    def _way_out(self) -> str:
        """What helps where the platform says that not everybody may sign up."""
        is_limited = self._adapter.instance.sign_up in ("closed", "approval")
        return " (sign-up is limited there: give accounts by --accounts FILE)" if is_limited else ""

    def _renew_accounts(self) -> None:
        """Get new credentials for accounts whose run out before the run is over."""
        load, vault = self._world.scenario.load, self._vault
        ends_s = time() + load.warm_up + load.duration + SLACK_S
        due = [member for member in self._members.tolist() if vault.accounts[member].expires_s < ends_s]

        def renew(member: int) -> None:
            account, login = vault.accounts[member], vault.logins[member]
            try:
                vault.keep_account(converse(self._adapter.renew(vault.keys, account, login), self._send))
            except PlatformError as error:
                raise self._refusal(f"{account.handle} cannot sign in", error) from None

        self._all("signing in", due, renew)

    def _signed_up(self, member: int, profile: profiles.Profile) -> Account:
        """The member's account: a new one, or the one whose answer was lost when the harness was cut."""
        adapter, vault = self._adapter, self._vault
        login = vault.logins.get(member)
        if login is None:
            login = Login(profile.username, secrets.token_urlsafe(16))
            vault.keep_login(member, login)
        if login.is_given:
            return converse(adapter.sign_in(vault.keys, member, login), self._send)
        try:
            return converse(adapter.sign_up(vault.keys, member, login, profile), self._send)
        except NameTaken:
            return converse(adapter.sign_in(vault.keys, member, login), self._send)

    def _make_follows(self) -> None:
        followers, followees = self._cast.follows(self._members)
        missing = np.flatnonzero(~self._vault.follows.holds(followers, followees))
        self.done.follows_kept = len(followers) - len(missing)
        accounts = self._vault.accounts

        def make(place: int) -> None:
            follower, followee = int(followers[place]), int(followees[place])
            try:
                converse(self._adapter.follow(accounts[follower], accounts[followee]), self._send)
            except PlatformError:
                self.done.follows_failed += 1
                return
            self._vault.keep_follow(follower, followee)
            self.done.follows_made += 1

        self._all("provisioning follows", missing, make)
        self._refuse_many("follows", self.done.follows_failed, len(missing))

    def _make_history(self) -> None:
        wanted = range(self._world.scenario.load.history_posts)
        missing = [serial for serial in wanted if serial not in self._vault.posts]
        self.done.posts_kept = len(wanted) - len(missing)
        authors = self._authors(len(wanted))

        def make(serial: int) -> None:
            account = self._vault.accounts[authors[serial]]
            made_s = time()
            try:
                identifier = self._posted(serial, account)
            except PlatformError:
                self.done.posts_failed += 1
                return
            self._vault.keep_post(serial, identifier, account.member, made_s)
            self.done.posts_made += 1

        self._all("provisioning posts", missing, make)
        self._refuse_many("posts", self.done.posts_failed, len(missing))

    def _posted(self, serial: int, account: Account) -> str:
        """The id of a post of the history: made now, or already when the answer was lost.

        Raises:
            PlatformError: when it cannot be made.
        """
        adapter, draft = self._adapter, self._draft(serial, account)
        if serial in self._vault.tried:
            found = converse(adapter.find(account, draft), self._send)
            if found:
                return found
        self._vault.keep_tried(serial)
        answer = self._send(adapter.write("post", account, draft))
        if adapter.outcome("post", answer) != OK:
            raise PlatformError(f"status {answer.status}")
        return adapter.made("post", answer)

    def _authors(self, posts: int) -> list[int]:
        """Who wrote each post of the history: members in proportion to how much they post."""
        people, willing, members = self._world.population, self._world.propensities, self._members
        rate = willing.posts_per_page[members] * people.sessions_per_day[members]
        edges = np.cumsum(rate)
        key = root_key(self._world.scenario.seed, Purpose.POST)
        draws = np.array([float(uniform(fold(key, serial))) for serial in range(posts)])
        places = np.minimum(np.searchsorted(edges / edges[-1], draws), len(members) - 1)
        chosen: list[int] = members[places].tolist()
        return chosen

    def _draft(self, serial: int, account: Account) -> Draft:
        people, seed = self._world.population, self._world.scenario.seed
        key = fold(root_key(seed, Purpose.POST), serial)
        main, own = people.main_topic[account.member], people.own_topic[account.member]
        topic = int(main if uniform(fold(key, 1)) < 0.5 else own)
        locale = people.languages[people.language[account.member]]
        text = f"{profiles.text(seed, int(key), locale)} #{topic_word(topic)}"
        return Draft(text, f"{self._vault.salt}-{serial}", locale.partition("_")[0])

    def _all(self, name: str, parts: Sequence[T] | Ints, make: Callable[[T], None]) -> None:
        all_at_once(self._bar, name, parts, make)

    def _refusal(self, what: str, error: PlatformError) -> TargetError:
        """Why provisioning ends; the platform may have quoted what we sent, credentials and all."""
        return TargetError(f"{self._wire.origin.url}: {what}: {SECRET.sub('…', str(error))}")

    def _refuse_many(self, what: str, failed: int, tried: int) -> None:
        if failed > MOST_FAILED * max(tried, 20):
            raise TargetError(f"{self._wire.origin.url}: {failed} of {tried} {what} could not be made")
