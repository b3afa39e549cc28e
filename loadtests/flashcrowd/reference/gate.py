"""Lets requests feel the faults: stall, refusals, latency, service slots, write lock, in this order."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from flashcrowd.reference.errors import refuse
from flashcrowd.reference.faults import NO_FAULTS, Faults


class Gate:
    """The faults of a running platform; `switch` changes them."""

    def __init__(self, faults: Faults) -> None:
        self.switch(faults)

    def switch(self, faults: Faults) -> None:
        """Put these faults in place of all others; a stall begins now."""
        self.faults = faults
        self.is_open = faults == NO_FAULTS
        self._since_s = time.monotonic()
        self._slots = asyncio.Semaphore(faults.service_slots) if faults.service_slots else None
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
        async with self._slots or nullcontext():
            await asyncio.sleep(faults.service_s(key))
            async with lock or nullcontext():
                if lock:
                    await asyncio.sleep(faults.lock_ms / 1000.0)
                yield

    def loses(self, route: str, key: int) -> bool:
        """Whether the write of this request is to be forgotten."""
        return not self.is_open and self.faults.hits(route) and self.faults.loses(key)

    def stale_s(self, route: str) -> float:
        """How old the youngest item of a feed may be."""
        return 0.0 if self.is_open or not self.faults.hits(route) else self.faults.stale_s
