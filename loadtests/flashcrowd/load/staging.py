"""Prepares a target apart from any run, and clears it again: what `flashcrowd provision` does."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from flashcrowd.core.errors import PlatformError, UsageError
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.accounts_file import read_accounts
from flashcrowd.load.adapters.adapter import Adapter
from flashcrowd.load.adapters.item import Login
from flashcrowd.load.adapters.opening import open_adapter
from flashcrowd.load.cast import Cast, choose_cast
from flashcrowd.load.conversation import converse
from flashcrowd.load.guard import Ceiling, admit
from flashcrowd.load.origin import parse_origin
from flashcrowd.load.patient import Patient
from flashcrowd.load.progress import Display
from flashcrowd.load.provision import Provisioned, Provisioner
from flashcrowd.load.removal import Removed, Remover
from flashcrowd.load.tryout import Probe, Tryout, documents, spoken
from flashcrowd.load.vault import Vault, vault_path
from flashcrowd.load.wire import Wire
from flashcrowd.sim.world import build_world

PROBE_TIMEOUT_S: Final = 120.0
"""Images take their time."""

PROBE_RATE_PER_S: Final = 20.0


@contextmanager
def opened_wire(target: str, owned: Collection[str], timeout_s: float) -> Iterator[Wire]:
    """A client of a target that the guard has let pass.

    Raises:
        UsageError: when the target may not be loaded, or is no URL.
        TargetError: when it cannot be reached.
    """
    origin = parse_origin(target)
    with Wire(origin, admit(origin, owned), timeout_s) as wire:
        yield wire


class Stage:
    """One target and what a scenario puts on it.

    Args:
        scenario: whose cast it is; its seed chooses the vault.
        adapter: name or mapping file.
        vault: file of the credentials; None = the usual place for the target.
    """

    def __init__(
        self,
        scenario: Scenario,
        target: str,
        owned: Collection[str] = (),
        adapter: str = "mastodon",
        vault: Path | None = None,
        display: Display | None = None,
    ) -> None:
        self._scenario = scenario
        self._target = target
        self._owned = owned
        self._adapter = open_adapter(adapter)
        self._vault = vault
        self._display = display or Display(quiet=True)

    def provision(self, accounts: Path | None = None) -> Provisioned:
        """Put the cast on the target; go on where an earlier attempt stopped.

        Args:
            accounts: file of accounts that are there already, instead of signing up.

        Raises:
            UsageError, TargetError: as the message says.
        """
        scenario = self._scenario
        logins = read_accounts(accounts) if accounts else []
        world = build_world(scenario)
        cast = choose_cast(world, scenario.load.members)
        with self._opened() as (wire, vault, ceiling):
            if accounts:
                _hand_out(cast, vault, logins, accounts.name)
            learn(self._adapter, Patient(wire, self._adapter, ceiling, scenario.seed, self._display.note))
            return Provisioner(world, cast, self._adapter, wire, vault, ceiling, self._display).run()

    def clean(self) -> Removed:
        """Take back what the vault remembers.

        Raises:
            TargetError: when the target cannot be reached.
        """
        with self._opened() as (wire, vault, ceiling):
            patient = Patient(wire, self._adapter, ceiling, self._scenario.seed, self._display.note)
            return Remover(self._adapter, patient, vault, self._display).run()

    @contextmanager
    def _opened(self) -> Iterator[tuple[Wire, Vault, Ceiling]]:
        load = self._scenario.load
        with opened_wire(self._target, self._owned, load.timeout) as wire:
            usual = vault_path(wire.origin, self._adapter.name, self._scenario.seed)
            with Vault(self._vault or usual) as vault:
                try:
                    yield wire, vault, Ceiling(load.max_rate_per_s)
                finally:
                    self._display.close()


def learn(adapter: Adapter, patient: Patient) -> str:
    """Let the adapter learn the platform's limits; what the platform is, "" when it does not say."""
    try:
        found = converse(adapter.inspect(), patient.send)
    except PlatformError:
        return ""
    return " ".join(part for part in (found.title, found.software) if part)


def _hand_out(cast: Cast, vault: Vault, logins: list[Login], name: str) -> None:
    """Give the accounts of a file to the members who have none.

    Raises:
        UsageError: when there are too few.
    """
    taken = {login.name for login in vault.logins.values()}
    free = [login for login in logins if login.name not in taken]
    waiting = [member for member in cast.members.tolist() if member not in vault.logins]
    if len(free) < len(waiting):
        raise UsageError(
            f"{name} holds {len(free)} accounts that are not in use yet; {len(waiting)} members need one "
            f"(--members takes fewer)"
        )
    for member, login in zip(waiting, free, strict=False):
        vault.keep_login(member, login)


def probe(
    target: str,
    owned: Collection[str],
    adapter: str | None,
    vault: Path | None,
    accounts: Path | None,
    note: Callable[[str], None],
) -> tuple[str, Probe]:
    """Try a platform; the name of its adapter and what was found.

    Raises:
        UsageError: when it speaks nothing that is known, or may not be loaded.
        TargetError: when it cannot be reached.
    """
    with opened_wire(target, owned, PROBE_TIMEOUT_S) as wire:
        name = adapter or _spoken(wire)
        chosen = open_adapter(name)
        patient = Patient(wire, chosen, Ceiling(PROBE_RATE_PER_S), 0, note)
        usual = vault_path(wire.origin, chosen.name, 0)
        with Vault(vault or usual.with_suffix(".probe.jsonl")) as kept:
            given = read_accounts(accounts) if accounts else []
            for member, login in enumerate(given[:2]):
                if member not in kept.logins:
                    kept.keep_login(member, login)
            return name, Tryout(chosen, patient.send, kept, note).run()


def _spoken(wire: Wire) -> str:
    name = spoken(wire.send)
    if name:
        return name
    url = wire.origin.url
    where = next(documents(wire.send), None)
    if where is not None:
        hint = f"flashcrowd adapter init --openapi {url}{where} begins a mapping from its own document"
    else:
        hint = "write a mapping file, and name it with --adapter"
    raise UsageError(f"{url} speaks neither the Mastodon API nor the AT Protocol; {hint}")
