"""Takes back what provisioning made on a target: posts, then accounts, or the follows of those that stay."""

from dataclasses import dataclass
from typing import Final

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.adapter import Adapter
from flashcrowd.load.conversation import converse
from flashcrowd.load.crew import Bar, all_at_once
from flashcrowd.load.patient import Patient
from flashcrowd.load.vault import Vault

KINDS: Final = ("posts", "follows", "accounts")


@dataclass(slots=True)
class Removed:
    """What was taken back, and what could not be: `reason` is the last one that the platform gave."""

    posts: int = 0
    follows: int = 0
    accounts: int = 0
    left_posts: int = 0
    left_follows: int = 0
    left_accounts: int = 0
    reason: str = ""

    @property
    def left(self) -> int:
        """How much is still there."""
        return self.left_posts + self.left_follows + self.left_accounts


class Remover:
    """Removes what a vault remembers, and forgets what is gone.

    Accounts that the user gave stay; only posts and follows that were made in their names go. Where the
    platform lets nobody delete an account, it stays, and is counted.
    """

    def __init__(self, adapter: Adapter, patient: Patient, vault: Vault, bar: Bar) -> None:
        self._adapter = adapter
        self._patient = patient
        self._vault = vault
        self._bar = bar
        self.done = Removed()

    def run(self) -> Removed:
        """Take back all that can be."""
        vault = self._vault
        all_at_once(self._bar, "removing posts", list(vault.posts), self._remove_post)
        made = [member for member in vault.accounts if not vault.logins[member].is_given]
        all_at_once(self._bar, "removing accounts", made, self._remove_account)
        all_at_once(self._bar, "removing follows", sorted(vault.follows), self._remove_follow)
        return self.done

    def _remove_post(self, serial: int) -> None:
        identifier, member, _ = self._vault.posts[serial]
        if self._erased("post", member, identifier):
            self._vault.forget("post", serial)
            self.done.posts += 1
        else:
            self.done.left_posts += 1

    def _remove_account(self, member: int) -> None:
        if self._erased("account", member, self._vault.accounts[member].id):
            self._vault.forget("account", member)
            self.done.accounts += 1
        else:
            self.done.left_accounts += 1

    def _remove_follow(self, pair: tuple[int, int]) -> None:
        """Take back a follow; it is gone already with either of its accounts."""
        accounts = self._vault.accounts
        gone = pair[0] not in accounts or pair[1] not in accounts
        if gone or self._erased("follow", pair[0], accounts[pair[1]].id):
            self._vault.forget("follow", *pair)
            self.done.follows += 1
        else:
            self.done.left_follows += 1

    def _erased(self, what: str, member: int, identifier: str) -> bool:
        account, login = self._vault.accounts[member], self._vault.logins[member]
        try:
            converse(self._adapter.erase(what, account, login, identifier), self._patient.send)
        except PlatformError as error:
            self.done.reason = str(error)
            return False
        return True
