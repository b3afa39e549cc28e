"""What demand needs: worked out by hand, and generators against a simulated queue."""

import math

import numpy as np
import pytest
import simpy

from flashcrowd.core.clock import DAY
from flashcrowd.report.capacity.queueing import servers_for, servers_needed
from flashcrowd.report.plan.futures import Model
from flashcrowd.report.plan.needs import cost_per_month, needs, stored_tb

from .conftest import SURE

CERTAIN = {
    **SURE,
    "growth": {"curve": "users", "points": [["0d", 864_000], ["10d", 864_000]]},
    "horizon": "10d",
    "demand": {
        "retention_factor": 1,
        "daily_share": 0.5,
        "reads": 40,
        "posts": 2,
        "reactions": 4,
        "images": 1,
    },
    "capacity": {"requests_per_s": 100},
    "bytes": {
        "image_kb": 500,
        "post_kb": 2,
        "read_kb": 20,
        "views_per_read": 2,
        "view_kb": 100,
        "cache_share": 0.9,
    },
}
"""432,000 people a day who read 40 pages: 200 reads, 10 posts, 20 reactions and 5 images a second."""


def needed(made, **changes):
    """(plan, the future, what it needs)."""
    plan, basis = made(**{**CERTAIN, **changes})
    seen = Model(plan, basis).futures({}, 1)
    return plan, seen, needs(plan, seen, stored_tb(seen))


def test_instances_follow_the_policy(made):
    """235 requests/s, a crowd of 3 and 20 % headroom are 846; at 100 each 9 instances, and 2 spare."""
    _, seen, found = needed(made, flash_crowd={"factor": 3})
    assert seen.rates["requests"][0, 0] == pytest.approx(235)
    assert found["instances"][0, 0] == 9 + 2


def test_storage_and_egress_by_hand(made):
    """5 images of 500 kB and 10 posts of 2 kB a second add up; a page is 20 kB and 2 x 100, 90 % cached."""
    _, _, found = needed(made, policy={"headroom": 0, "spare": 0})
    assert found["storage_tb"][0, -1] == pytest.approx(10 * DAY * (5 * 500 + 10 * 2) / 1e9)
    assert found["egress_gbit_per_s"][0, 0] == pytest.approx(200 * (20 + 2 * 100 * 0.1) * 8e-6)


def test_cost_is_prices_times_hours(made):
    """A month of 730 hours of every instance and slot, and of what is sent."""
    prices = {"instance_hour": 1, "generator_hour": 2, "egress_gb": 0.1}
    plan, seen, found = needed(made, prices=prices)
    cost = cost_per_month(plan, seen, found)
    assert cost["instances"][0, 0] == pytest.approx(730 * found["instances"][0, 0])
    assert cost["generator_slots"][0, 0] == pytest.approx(2 * 730 * found["generator_slots"][0, 0])
    assert cost["egress"][0, 0] == pytest.approx(0.1 * 200 * 40 / 1e6 * DAY * 365 / 12)


@pytest.mark.parametrize(
    ("rate", "service_s", "wait_s", "level"),
    [(10, 1.0, 0.0, 0.5), (20, 0.6, 1.0, 0.95), (3.3, 14.4, 5.0, 0.95)],
)
def test_array_of_queues_is_the_single_queue(rate, service_s, wait_s, level):
    """For whole arrays the same number of servers as one by one; none where nothing comes."""
    found = servers_needed(np.array([rate, 0.0]), np.full(2, service_s), wait_s, level)
    assert found.tolist() == [servers_for(rate, service_s, wait_s, level), 0]


def test_large_pools_are_sized_by_the_square_root():
    """50,000 Erlang: the slots beyond the load are about the square root of it (Halfin & Whitt 1981)."""
    load = 50_000.0
    found = float(servers_needed(np.array([load]), np.ones(1), 0.0, 0.95)[0])
    assert 1.0 < (found - load) / math.sqrt(load) < 2.5


def simulated_waits(slots, images_per_s, mean_s, sigma, images, seed):
    """Waits before a generator pool, in order of arrival: simulated with simpy."""
    rng = np.random.default_rng(seed)
    world = simpy.Environment()
    pool = simpy.Resource(world, slots)
    waits = []
    median_s = mean_s / math.exp(sigma**2 / 2)

    def image(made_s):
        came = world.now
        with pool.request() as turn:
            yield turn
            waits.append(world.now - came)
            yield world.timeout(made_s)

    def arrivals():
        for gap_s, made_s in zip(
            rng.exponential(1 / images_per_s, images),
            median_s * np.exp(sigma * rng.normal(size=images)),
            strict=True,
        ):
            yield world.timeout(gap_s)
            world.process(image(made_s))

    world.process(arrivals())
    world.run()
    return np.array(waits)


@pytest.mark.parametrize(("images_per_s", "wait_s"), [(1.0, 5.0), (4.0, 2.0)])
def test_generator_slots_keep_the_target_in_a_simulated_queue(made, images_per_s, wait_s):
    """With the slots of the plan 95 % (+-2 %) of 20,000 images begin in time; with 4 % fewer they do not."""
    users = 864_000 * images_per_s / 5
    plan, _, found = needed(
        made,
        growth={"curve": "users", "points": [["0d", users], ["10d", users]]},
        generator={"mean": 14.4, "sigma": 0.6, "wait": wait_s, "level": 0.95, "slowness": 1},
        policy={"headroom": 0, "spare": 0},
    )
    slots = int(found["generator_slots"][0, 0])
    kept = (simulated_waits(slots, images_per_s, 14.4, 0.6, 20_000, 1) <= wait_s).mean()
    fewer = (simulated_waits(math.floor(0.96 * slots), images_per_s, 14.4, 0.6, 20_000, 1) <= wait_s).mean()
    assert plan.generator.level - 0.02 <= kept
    assert fewer < plan.generator.level - 0.02
