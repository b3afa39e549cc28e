"""Lets requests feel the faults: stall, refusals, latency, service slots, write lock, in this order."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from flashcrowd.reference.errors import refuse
from flashcrowd.reference.faults import NO_FAULTS, Faults
from flashcrowd.reference.paging import NEWEST
from flashcrowd.reference.slots import Slots
from flashcrowd.reference.store import time_id


class Gate:
    """The faults of a running platform; `switch` changes them."""

    def __init__(self, faults: Faults) -> None:
        self._inside = 0
        self.switch(faults)

    def switch(self, faults: Faults) -> None:
        """Put these faults in place of all others; a stall begins now."""
        self.faults = faults
        self.is_open = faults == NO_FAULTS
        self._since_s = time.monotonic()
        self._slots = Slots(faults.service_slots) if faults.service_slots else None
        self._fanout = Slots(1) if faults.fanout_ms else None
        self._latest = 0
        self._unseen: deque[tuple[float, int]] = deque()
        self._lock = asyncio.Lock() if faults.lock_ms else None

    @asynccontextmanager
    async def passing(self, route: str, key: int, is_write: bool) -> AsyncIterator[None]:
        """The passage of one request, held while it is handled.

        Raises (on entering):
            Refusal: 503 or 429, as the faults say.
        """
        faults, lock = self.faults, self._lock if is_write else None
        if not faults.hits(route):
            yield
            return
        await asyncio.sleep(faults.stall_left_s(time.monotonic() - self._since_s))
        if faults.rejects(key):
            raise refuse(429, "Too many requests", ((b"retry-after", b"%g" % faults.retry_after_s),))
        if faults.fails(key):
            raise refuse(503, "Service unavailable: the fault error_share is on")
        await asyncio.sleep(faults.latency_s(key))
        self._inside += 1
        try:
            await asyncio.sleep(self._service_left_s(faults.service_s(key) * faults.crowding(self._inside)))
            async with lock or nullcontext():
                if lock:
                    await asyncio.sleep(faults.lock_ms / 1000.0)
                yield
        finally:
            self._inside -= 1

    def loses(self, route: str, key: int) -> bool:
        """Whether the write of this request is to be forgotten."""
        return not self.is_open and self.faults.hits(route) and self.faults.loses(key)

    def made(self, status: int) -> None:
        """Let a new status wait for its turn to be brought into the feeds."""
        if self._fanout and status > self._latest:  # an older one is an answer given again
            self._latest = status
            at_s = self._fanout.taken(time.monotonic(), self.faults.fanout_ms / 1000.0)
            self._unseen.append((at_s, status))

    def horizon(self, route: str) -> int:
        """The id from which on nothing is in a home feed yet."""
        if self.is_open or not self.faults.hits(route):
            return NEWEST
        now_s = time.monotonic()
        while self._unseen and self._unseen[0][0] <= now_s:
            self._unseen.popleft()
        horizon = self._unseen[0][1] if self._unseen else NEWEST
        if self.faults.stale_s > 0.0:
            horizon = min(horizon, time_id(int((time.time() - self.faults.stale_s) * 1000)))
        return horizon

    def _service_left_s(self, service_s: float) -> float:
        """Seconds until a request that comes now has been served."""
        if self._slots is None:
            return service_s
        now_s = time.monotonic()
        return self._slots.taken(now_s, service_s) - now_s
