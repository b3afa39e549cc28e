"""The generator pool keeps its bounds, its order and its distribution."""

import asyncio
import math
from collections.abc import Coroutine
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.reference.generator import GeneratorPool, is_blocked
from flashcrowd.reference.settings import Generator


def _pool(**settings: Any) -> GeneratorPool:
    return GeneratorPool(Generator(**settings), seed=1)


def _run(*jobs: Coroutine[Any, Any, None]) -> None:
    async def gather() -> None:
        await asyncio.gather(*jobs)

    asyncio.run(gather())


@given(st.integers(1, 4), st.integers(1, 20))
def test_never_more_jobs_than_slots(slots: int, jobs: int) -> None:
    """While any job runs at most `slots` are busy, the rest waits, and at the end nothing is held."""
    pool = _pool(slots=slots)
    most = 0

    async def job() -> None:
        nonlocal most
        await pool.run(0.0)
        most = max(most, pool.busy)

    _run(*(job() for _ in range(jobs)))
    assert most <= slots
    assert pool.longest_queue == max(0, jobs - slots)
    assert (pool.busy, pool.queued, pool.done) == (0, 0, jobs)


def test_jobs_start_in_order_of_arrival() -> None:
    """One slot serves the queue first come, first served."""
    pool, order = _pool(slots=1), []

    async def job(number: int) -> None:
        await pool.run(0.0)
        order.append(number)

    _run(*(job(number) for number in range(10)))
    assert order == list(range(10))


def test_cancelled_job_gives_its_place_back() -> None:
    """A job cancelled while it waits or while it runs blocks nobody."""

    async def scenario() -> None:
        pool = _pool(slots=1)
        running = asyncio.create_task(pool.run(60.0))
        waiting = asyncio.create_task(pool.run(60.0))
        last = asyncio.create_task(pool.run(0.0))
        await asyncio.sleep(0)
        waiting.cancel()
        running.cancel()
        await last
        assert (pool.busy, pool.queued, pool.done) == (0, 0, 1)
        await asyncio.gather(running, waiting, return_exceptions=True)

    asyncio.run(scenario())


def test_times_are_log_normal_up_to_the_cap() -> None:
    """Median and spread are those set, within 4 standard errors of 20,000 draws; no time is above the cap."""
    pool, n = _pool(median_s=12.0, sigma=0.6, cap_s=120.0), 20_000
    logs = np.log([pool.next_duration_s() for _ in range(n)])
    assert logs.mean() == pytest.approx(math.log(12.0), abs=4 * 0.6 / math.sqrt(n))
    assert logs.std() == pytest.approx(0.6, abs=4 * 0.6 / math.sqrt(2 * n))
    short = _pool(median_s=12.0, sigma=0.6, cap_s=13.0)
    assert max(short.next_duration_s() for _ in range(100)) == 13.0


def test_slow_factor_multiplies_times() -> None:
    """The fault stretches the same draws."""
    normal, slow = _pool(), _pool()
    slow.factor = 3.0
    assert slow.next_duration_s() == pytest.approx(3.0 * normal.next_duration_s())


def test_policy_refuses_the_set_share_of_prompts() -> None:
    """Of 20,000 prompts 5 % are refused, within 4 standard errors, and always the same ones."""
    n, share = 20_000, 0.05
    refused = [is_blocked(f"prompt {number}", share) for number in range(n)]
    assert sum(refused) / n == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / n))
    assert refused == [is_blocked(f"prompt {number}", share) for number in range(n)]


def test_announced_wait_is_the_mean_time_when_a_slot_is_free() -> None:
    """Without a queue the wait is the mean of the log-normal: median exp(sigma^2 / 2)."""
    pool = _pool(slots=2, median_s=10.0, sigma=0.5)
    assert pool.estimated_wait_s() == pytest.approx(10.0 * math.exp(0.125))
