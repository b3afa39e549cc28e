"""What a worker needs to play its part, as bytes: the scenario, the target, the accounts, the schedule."""

from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import numpy as np

from flashcrowd.core.errors import UsageError
from flashcrowd.core.scenario import Scenario, resolved_scenario
from flashcrowd.load.adapters.adapter import Adapter
from flashcrowd.load.adapters.instance import Instance
from flashcrowd.load.adapters.item import Account, Login
from flashcrowd.load.adapters.opening import SUFFIXES, open_adapter
from flashcrowd.load.schedule import SCHEMA, Schedule
from flashcrowd.load.vault import Vault


class Opened(msgspec.Struct):
    """An adapter, so that a worker can open the same: its name, or the mapping file's name and text.

    `instance`: what is known of the platform.
    """

    name: str
    mapping: str = ""
    instance: Instance = msgspec.field(default_factory=Instance)

    def again(self) -> Adapter:
        """The adapter."""
        with TemporaryDirectory(prefix="flashcrowd-mapping-") as folder:
            name = self.name
            if self.mapping:
                file = Path(folder) / Path(name).name
                file.write_text(self.mapping, encoding="utf-8")
                name = str(file)
            adapter = open_adapter(name)
        adapter.know(self.instance)
        return adapter


def opened_by(name: str, adapter: Adapter) -> Opened:
    """What opens an adapter again elsewhere.

    Args:
        name: by which the user named it.
    """
    mapping = Path(name).read_text(encoding="utf-8") if name.endswith(SUFFIXES) else ""
    return Opened(name, mapping, adapter.instance)


class Plan(msgspec.Struct):
    """A run, as the master tells it.

    `keys`, `logins`, `accounts`: what the vault holds · `arrivals`: the schedule's columns as bytes ·
    `owned`: public hosts that the user says are theirs · `workers`: how many are expected.
    """

    version: str
    scenario: dict[str, Any]
    target: str
    owned: list[str]
    adapter: Opened
    image_speedup: float
    workers: int
    keys: dict[str, Any]
    logins: dict[int, Login]
    accounts: list[Account]
    arrivals: dict[str, bytes]

    def resolved(self) -> Scenario:
        """The scenario, with this worker's part of what the harness looks at beside the load."""
        scenario = resolved_scenario(self.scenario, "the master's scenario")
        looked = scenario.freshness
        return scenario.changed(
            **{
                "freshness.reads_per_s": looked.reads_per_s / self.workers,
                "freshness.rereads": -(-looked.rereads // self.workers),
            }
        )

    def vault(self, told: Callable[[Account], None]) -> Vault:
        """The accounts, in memory; `told` hears of new credentials."""
        vault = Vault(None, told)
        vault.keys = self.keys
        vault.logins.update(self.logins)
        vault.accounts.update((account.member, account) for account in self.accounts)
        return vault

    def schedule(self) -> Schedule:
        """The arrivals of all members."""
        types = {field.name: field.type.to_pandas_dtype() for field in SCHEMA}
        return Schedule(*(np.frombuffer(self.arrivals[name], types[name]) for name in SCHEMA.names))


def plan_of(
    scenario: Scenario,
    target: str,
    owned: list[str],
    adapter: Opened,
    image_speedup: float,
    vault: Vault,
    members: Iterable[int],
    workers: int,
    schedule: Schedule,
) -> bytes:
    """A plan as bytes. It holds the accounts' credentials: it goes to workers, and nowhere else."""
    chosen = list(members)
    plan = Plan(
        version=version("flashcrowd"),
        scenario=scenario.resolved(),
        target=target,
        owned=owned,
        adapter=adapter,
        image_speedup=image_speedup,
        workers=workers,
        keys=dict(vault.keys),
        logins={member: vault.logins[member] for member in chosen if member in vault.logins},
        accounts=[vault.accounts[member] for member in chosen if member in vault.accounts],
        arrivals={name: getattr(schedule, name).tobytes() for name in SCHEMA.names},
    )
    return msgspec.msgpack.encode(plan)


def read_plan(data: bytes) -> Plan:
    """The plan in some bytes.

    Raises:
        UsageError: when the master is of another version.
    """
    try:
        stated = msgspec.msgpack.decode(data, type=dict[str, Any]).get("version")
        if stated != version("flashcrowd"):
            raise UsageError(f"the master runs flashcrowd {stated}, this worker {version('flashcrowd')}")
        return msgspec.msgpack.decode(data, type=Plan)
    except msgspec.MsgspecError as error:
        raise UsageError(f"the master's plan cannot be read: {error}") from error
