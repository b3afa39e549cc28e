"""The image generator: a bounded pool of slots behind a queue in order of arrival.

How long an image takes is log-normal (median, sigma) up to a cap, drawn by the number of the job. Whether the
policy refuses a prompt follows from the prompt alone, so the same prompt always meets the same answer.
"""

import asyncio
import hashlib
import math
from collections import deque
from typing import Final

from flashcrowd.core import draws
from flashcrowd.reference.settings import Generator

POLICY_RANGE: Final = 1 << 64


def is_blocked(prompt: str, share: float) -> bool:
    """Whether the policy refuses this prompt; over all prompts it refuses `share` of them.

    >>> is_blocked("a cat", 0.0), is_blocked("a cat", 1.0)
    (False, True)
    """
    digest = hashlib.blake2b(prompt.encode(), digest_size=8).digest()
    return int.from_bytes(digest) < share * POLICY_RANGE


class GeneratorPool:
    """Slots, queue and counts.

    Args:
        settings: slots, times, limits.
        seed: of the times.
    """

    def __init__(self, settings: Generator, seed: int) -> None:
        self.settings = settings
        self.factor = 1.0
        self.busy = 0
        self.done = 0
        self.blocked = 0
        self.refused = 0
        self.longest_queue = 0
        self.busy_s = 0.0
        self._key = draws.root_key(seed, draws.Purpose.GENERATE)
        self.jobs = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def queued(self) -> int:
        """Jobs that wait for a slot."""
        return len(self._queue)

    @property
    def is_full(self) -> bool:
        """Whether the queue takes no more."""
        return self.busy >= self.settings.slots and self.queued >= self.settings.queue_limit

    def mean_s(self) -> float:
        """Mean time of one image, the cap left out of account: median exp(sigma^2 / 2)."""
        return self.factor * self.settings.median_s * math.exp(self.settings.sigma**2 / 2.0)

    def estimated_wait_s(self) -> float:
        """Expected seconds until an image asked for now is there: the jobs before it, then its own time."""
        ahead = self.queued + 1 if self.busy >= self.settings.slots else 0
        return ahead * self.mean_s() / self.settings.slots + self.mean_s()

    def next_duration_s(self) -> float:
        """How long the next job takes."""
        self.jobs += 1
        key = draws.fold(self._key, self.jobs)
        return self.factor * min(
            self.settings.cap_s, self.settings.median_s * math.exp(self.settings.sigma * draws.normal(key))
        )

    async def run(self, duration_s: float) -> None:
        """Wait for a slot, hold it for `duration_s`, give it to the next."""
        await self._enter()
        try:
            await asyncio.sleep(duration_s)
            self.busy_s += duration_s
            self.done += 1
        finally:
            self._leave()

    async def _enter(self) -> None:
        if self.busy < self.settings.slots:
            self.busy += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        self.longest_queue = max(self.longest_queue, self.queued)
        try:
            await turn  # the slot is handed over, so `busy` stays as it is
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            else:
                self._queue.remove(turn)
            raise

    def _leave(self) -> None:
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.busy -= 1
