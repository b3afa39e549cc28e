"""What belongs to each of very many members, in a tenth of the room that objects take."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Final, TypeVar
from weakref import WeakValueDictionary

import numpy as np

from flashcrowd.load.adapters.item import Account, number

T = TypeVar("T")

SIZE: Final = 4
"""Bytes that say how long an entry is."""

WASTE: Final = 1 << 20
"""Bytes of replaced entries from which on they are cleared away, once they are half of all."""


class Packed(MutableMapping[int, T]):
    """Member -> value, held as bytes one behind the other; members are small numbers.

    A value that somebody holds is the same object for everybody; a change to it lasts when it is set again.

    Args:
        pack, unpack: make bytes of a value, and a value of (member, bytes).
    """

    def __init__(self, pack: Callable[[T], bytes], unpack: Callable[[int, bytes], T]) -> None:
        self._pack = pack
        self._unpack = unpack
        self._data = bytearray()
        self._places = array("q")
        self._count = 0
        self._waste = 0
        self._held: WeakValueDictionary[int, T] = WeakValueDictionary()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[int]:
        """The members, in order of their numbers."""
        return (member for member, place in enumerate(self._places) if place)

    def __contains__(self, member: object) -> bool:
        return isinstance(member, int) and 0 <= member < len(self._places) and self._places[member] > 0

    def __getitem__(self, member: int) -> T:
        held = self._held.get(member)
        if held is not None:
            return held
        if member not in self:
            raise KeyError(member)
        value = self._held[member] = self._unpack(member, self._bytes_of(member))
        return value

    def __setitem__(self, member: int, value: T) -> None:
        self._drop(member)
        if member >= len(self._places):
            more = max(member + 1, len(self._places) * 5 // 4) - len(self._places)
            self._places.frombytes(bytes(8 * more))
        packed = self._pack(value)
        self._places[member] = len(self._data) + 1
        self._data += len(packed).to_bytes(SIZE) + packed
        self._held[member] = value
        self._count += 1

    def __delitem__(self, member: int) -> None:
        if not self._drop(member):
            raise KeyError(member)

    def _bytes_of(self, member: int) -> bytes:
        begin = self._places[member] - 1
        size = int.from_bytes(self._data[begin : begin + SIZE])
        return bytes(self._data[begin + SIZE : begin + SIZE + size])

    def _drop(self, member: int) -> bool:
        """Forget a member's value, if there is one."""
        if member not in self:
            return False
        self._waste += SIZE + len(self._bytes_of(member))
        self._places[member] = 0
        self._count -= 1
        self._held.pop(member, None)
        if self._waste > max(WASTE, len(self._data) // 2):
            self._clear_away()
        return True

    def _clear_away(self) -> None:
        data = bytearray()
        for member in self:
            packed = self._bytes_of(member)
            self._places[member] = len(data) + 1
            data += len(packed).to_bytes(SIZE) + packed
        self._data, self._waste = data, 0


class Marks:
    """A set of members, one bit each."""

    def __init__(self, members: Iterable[int] = ()) -> None:
        self._bits = bytearray()
        for member in members:
            self.add(member)

    def __contains__(self, member: object) -> bool:
        if not isinstance(member, int):
            return False
        return member >> 3 < len(self._bits) and bool(self._bits[member >> 3] >> (member & 7) & 1)

    def __iter__(self) -> Iterator[int]:
        """The members, in order of their numbers."""
        bits = np.unpackbits(np.frombuffer(bytes(self._bits), np.uint8), bitorder="little")
        return iter(np.flatnonzero(bits).tolist())

    def add(self, member: int) -> None:
        """Put a member in."""
        if member >> 3 >= len(self._bits):
            self._bits.extend(bytes((member >> 3) + 1 - len(self._bits)))
        self._bits[member >> 3] |= 1 << (member & 7)

    def discard(self, member: int) -> None:
        """Take a member out."""
        if member in self:
            self._bits[member >> 3] &= ~(1 << (member & 7))


class Identities:
    """Which member is behind an account of the platform; twelve bytes each.

    Args:
        accounts: of the members.
    """

    def __init__(self, accounts: Iterable[Account]) -> None:
        codes, members = array("q"), array("i")
        for account in accounts:
            codes.append(number(account.id))
            members.append(account.member)
        order = np.argsort(np.frombuffer(codes, np.int64), kind="stable")
        self._codes = array("q", np.frombuffer(codes, np.int64)[order].tobytes())
        self._members = array("i", np.frombuffer(members, np.int32)[order].tobytes())
        self._later: dict[int, int] = {}

    def add(self, account: Account) -> None:
        """Know the account of one more member."""
        self._later[number(account.id)] = account.member

    def member(self, account_id: str, unknown: int) -> int:
        """The member, or `unknown`."""
        code = number(account_id)
        place = bisect_left(self._codes, code)
        if place < len(self._codes) and self._codes[place] == code:
            return self._members[place]
        return self._later.get(code, unknown)
