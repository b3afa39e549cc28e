"""The image generator against queues whose answer is known."""

import heapq
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.draws import Purpose, exponential, fold, root_key
from flashcrowd.sim.generation import begin_of_work, occupy

JOBS = st.lists(
    st.tuples(st.floats(min_value=0, max_value=20), st.floats(min_value=0.01, max_value=100)), max_size=60
)


def begins(jobs: list[tuple[float, float]], slots: int) -> list[float]:
    """When work on each job (gap to the one before, time to do it) begins."""
    free_at, now, found = [0.0] * slots, 0.0, []
    for gap, work in jobs:
        now += gap
        begin = begin_of_work(free_at, now)
        occupy(free_at, begin + work)
        found.append(begin)
    return found


def begins_slot_by_slot(jobs: list[tuple[float, float]], slots: int) -> list[float]:
    """The same by looking at every slot for the one that is free first."""
    free_at, now, found = dict.fromkeys(range(slots), 0.0), 0.0, []
    for gap, work in jobs:
        now += gap
        slot = min(free_at, key=lambda one: free_at[one])
        begin = max(now, free_at[slot])
        free_at[slot] = begin + work
        found.append(begin)
    return found


def erlang_c(slots: int, offered: float) -> float:
    """The share of jobs that wait in M/M/c (Erlang 1917); `offered` = arrival rate x mean work."""
    terms = [offered**k / math.factorial(k) for k in range(slots)]
    last = offered**slots / math.factorial(slots) * slots / (slots - offered)
    return last / (sum(terms) + last)


def test_queue_of_one_slot_worked_out_by_hand() -> None:
    """Jobs at 0, 1 and 20 s of 10 s each begin at 0, 10 and 20 s."""
    assert begins([(0, 10), (1, 10), (19, 10)], 1) == [0, 10, 20]


def test_queue_of_two_slots_worked_out_by_hand() -> None:
    """Jobs at 0, 0, 1 and 2 s of 10, 4, 1 and 1 s: the short slot takes the third and the fourth."""
    assert begins([(0, 10), (0, 4), (1, 1), (1, 1)], 2) == [0, 0, 4, 5]


@given(JOBS, st.integers(min_value=1, max_value=9))
def test_queue_equals_one_that_looks_at_every_slot(jobs: list[tuple[float, float]], slots: int) -> None:
    """Work begins at the same instants in the heap as slot by slot (G/G/c)."""
    assert begins(jobs, slots) == begins_slot_by_slot(jobs, slots)


@given(JOBS, st.integers(min_value=1, max_value=9))
def test_slots_stay_a_heap_that_equals_heapq(jobs: list[tuple[float, float]], slots: int) -> None:
    """`occupy` does what `heapq.heapreplace` does: the times are the same, the earliest first."""
    ours, theirs = [0.0] * slots, [0.0] * slots
    now = 0.0
    for gap, work in jobs:
        now += gap
        until = begin_of_work(ours, now) + work
        occupy(ours, until)
        heapq.heapreplace(theirs, until)
        assert sorted(ours) == sorted(theirs)
        assert all(ours[(child - 1) // 2] <= ours[child] for child in range(1, slots))


@pytest.mark.parametrize(("slots", "load"), [(1, 0.6), (4, 0.8)])
def test_mean_wait_is_that_of_erlang_c(slots: int, load: float) -> None:
    """M/M/c: 40 replications of 5,000 jobs; five standard errors of their mean (waits in one are correlated).

    The bound has power: the standard error is below 4 % of the expected wait. The first 500 jobs of each
    replication, which find an empty queue, are left out.
    """
    key = root_key(5, Purpose.SAMPLE)
    means = []
    for replication in range(40):
        address = fold(key, replication)
        jobs = [
            (
                exponential(fold(fold(address, job), 0)) / (slots * load),
                exponential(fold(fold(address, job), 1)),
            )
            for job in range(5000)
        ]
        asked = np.cumsum([gap for gap, _ in jobs])
        means.append(np.mean((np.array(begins(jobs, slots)) - asked)[500:]))
    expected = erlang_c(slots, slots * load) / (slots - slots * load)
    error = np.std(means, ddof=1) / math.sqrt(len(means))
    assert error < 0.04 * expected
    assert abs(np.mean(means) - expected) < 5 * error
