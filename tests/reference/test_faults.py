"""A fault does what it says: decisions against their closed form, requests against a running platform."""

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from flashcrowd.reference.errors import Refusal
from flashcrowd.reference.faults import Faults, request_key
from flashcrowd.reference.gate import Gate
from flashcrowd.reference.slots import Slots

from .conftest import Member

KEYS = [request_key(1, number) for number in range(20_000)]
"""Keys of as many requests."""


@pytest.mark.parametrize(
    ("setting", "decision"),
    [("error_share", Faults.fails), ("reject_share", Faults.rejects), ("lost_write_share", Faults.loses)],
)
def test_share_of_requests_is_hit(setting: str, decision: Callable[[Faults, int], bool]) -> None:
    """A share of 0.1 hits 10 % of 20,000 requests within 4 standard errors; 0 hits none and 1 all."""
    share, n = 0.1, len(KEYS)
    hit = sum(decision(Faults(**{setting: share}), key) for key in KEYS) / n
    assert hit == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / n))
    assert not any(decision(Faults(), key) for key in KEYS)
    assert all(decision(Faults(**{setting: 1.0}), key) for key in KEYS)


def test_faults_of_one_request_are_independent() -> None:
    """Errors and rejections of the same share hit different requests: both hit 1 % of them."""
    both = Faults(error_share=0.1, reject_share=0.1)
    hit = sum(both.fails(key) and both.rejects(key) for key in KEYS) / len(KEYS)
    assert hit == pytest.approx(0.01, abs=4 * math.sqrt(0.01 * 0.99 / len(KEYS)))


def test_exponential_latency_has_its_mean() -> None:
    """The mean of 20,000 draws is the one set within 4 standard errors (the deviation equals the mean)."""
    faults = Faults(latency_ms=200.0, latency_kind="exponential")
    mean_s = sum(faults.latency_s(key) for key in KEYS) / len(KEYS)
    assert mean_s == pytest.approx(0.2, abs=4 * 0.2 / math.sqrt(len(KEYS)))


def test_fixed_latency_is_the_same_for_all() -> None:
    """Without a kind the added time is constant."""
    assert {Faults(latency_ms=50.0).latency_s(key) for key in KEYS[:10]} == {0.05}


def test_slow_share_is_slow_and_the_rest_is_not() -> None:
    """1 % of 20,000 requests takes 300 ms more, within 4 standard errors; the others only what all take."""
    faults = Faults(latency_ms=20.0, slow_share=0.01, slow_ms=300.0)
    times = [round(faults.latency_s(key), 6) for key in KEYS]
    assert set(times) == {0.02, 0.32}
    assert times.count(0.32) / len(KEYS) == pytest.approx(0.01, abs=4 * math.sqrt(0.01 * 0.99 / len(KEYS)))


def test_periodic_stall_takes_its_share_of_time() -> None:
    """A stall of 1 s every 4 s holds a request that comes at a random moment 1/8 s on average."""
    faults = Faults(stall_s=1.0, stall_every_s=4.0)
    waits = [faults.stall_left_s(step * 0.001) for step in range(8000)]
    assert sum(waits) / len(waits) == pytest.approx(0.125, abs=0.001)


def test_fault_hits_only_the_named_route() -> None:
    """`only` restricts every fault to the routes that hold the word."""
    faults = Faults(only="timelines/home", error_share=1.0)
    assert faults.hits("GET /api/v1/timelines/home")
    assert not faults.hits("GET /api/v1/timelines/public")


def test_service_slots_bound_the_throughput() -> None:
    """20 requests through 4 slots of 10 ms need 50 ms at least."""
    assert asyncio.run(_most_at_once(Faults(service_slots=4, service_ms=10.0), is_write=False))[1]


def test_slots_serve_in_order_of_arrival() -> None:
    """Two slots of 1 s: four that come at once end at 1, 1, 2, 2 s; one that finds them free, after 1 s."""
    slots = Slots(2)
    assert [slots.taken(0.0, 1.0) for _ in range(4)] == [1.0, 1.0, 2.0, 2.0]
    assert slots.taken(5.0, 1.0) == 6.0


def test_fanned_out_status_waits_for_its_turn(
    member: Callable[[], Member], switch: Callable[..., Any]
) -> None:
    """With a minute a status, neither of two new ones is in the feed; both are there when it is off."""
    ann = member()
    switch(fanout_ms=60_000)
    made = [ann.say("one"), ann.say("two")]
    assert ann.get("/api/v1/timelines/home") == []
    assert ann.get(f"/api/v1/statuses/{made[0]['id']}")["id"] == made[0]["id"]
    switch()
    assert [one["id"] for one in ann.get("/api/v1/timelines/home")] == [made[1]["id"], made[0]["id"]]


def test_fan_out_brings_one_after_the_other() -> None:
    """Statuses made at once come into view a turn apart: the horizon is the first that still waits."""
    gate = Gate(Faults(fanout_ms=60_000))
    for status in (10, 11, 12):
        gate.made(status)
    assert gate.horizon("GET /api/v1/timelines/home") == 10


def test_write_lock_lets_one_writer_through() -> None:
    """20 writes that hold the lock 2.5 ms each need 50 ms at least, one at a time; reads do not meet it."""
    assert asyncio.run(_most_at_once(Faults(lock_ms=2.5), is_write=True)) == (1, True)
    assert asyncio.run(_most_at_once(Faults(lock_ms=2.5), is_write=False))[0] > 1


async def _most_at_once(faults: Faults, is_write: bool, requests: int = 20) -> tuple[int, bool]:
    """Most requests inside the gate at once, and whether all of them took 50 ms together at least."""
    gate, inside, most = Gate(faults), 0, 0

    async def request(number: int) -> None:
        nonlocal inside, most
        async with gate.passing("GET /", request_key(1, number), is_write):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    started_s = time.monotonic()
    await asyncio.gather(*(request(number) for number in range(requests)))
    return most, time.monotonic() - started_s >= 0.05


def test_refused_request_gives_its_slot_back() -> None:
    """Errors inside the gate do not eat service slots."""

    async def scenario() -> None:
        gate = Gate(Faults(service_slots=1))
        for _ in range(3):
            with pytest.raises(Refusal):
                async with gate.passing("GET /", 1, is_write=False):
                    raise Refusal(404, {})

    asyncio.run(scenario())


@pytest.fixture
def switch(member: Callable[[], Member]) -> Iterator[Callable[..., Any]]:
    """Switches faults of the shared platform; off again at the end."""
    http = member().http

    def post(**faults: Any) -> Any:
        return http.post("/faults", json=faults).raise_for_status().json()

    yield post
    post()


def test_error_share_answers_503(member: Callable[[], Member], switch: Callable[..., Any]) -> None:
    """With a share of 1 every counted request fails; the operator's own endpoints do not."""
    ann = member()
    switch(error_share=1.0)
    assert ann.http.get("/api/v1/timelines/home").status_code == 503
    assert ann.http.get("/health").status_code == 200
    switch()
    assert ann.http.get("/api/v1/timelines/home").status_code == 200


def test_reject_share_answers_429_with_retry_after(
    member: Callable[[], Member], switch: Callable[..., Any]
) -> None:
    """A rejected request is told when to come again."""
    ann = member()
    switch(reject_share=1.0, retry_after_s=7)
    answer = ann.http.get("/api/v1/timelines/home")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


@pytest.mark.parametrize(("faults", "least_s"), [({"latency_ms": 60}, 0.06), ({"stall_s": 0.1}, 0.1)])
def test_answer_comes_no_earlier_than_the_fault_lets_it(
    member: Callable[[], Member], switch: Callable[..., Any], faults: dict[str, float], least_s: float
) -> None:
    """Added latency and a stall are lower bounds of the time from the switch to the answer."""
    ann = member()
    started_s = time.monotonic()
    switch(**faults)
    ann.get("/api/v1/timelines/home")
    assert time.monotonic() - started_s >= least_s


def test_lost_write_is_acknowledged_and_gone(
    member: Callable[[], Member], switch: Callable[..., Any]
) -> None:
    """The answer shows the status with an id; nobody can find it, and no count knows it."""
    ann, bob = member(), member()
    bob.post(f"/api/v1/accounts/{ann.id}/follow")
    switch(lost_write_share=1.0)
    made = ann.say("into the void")
    liked = bob.post(f"/api/v1/accounts/{ann.id}/unfollow")
    switch()
    assert made["account"]["id"] == ann.id
    assert liked["following"] is False
    assert ann.http.get(f"/api/v1/statuses/{made['id']}").status_code == 404
    assert ann.get(f"/api/v1/accounts/{ann.id}")["statuses_count"] == 0
    assert bob.get("/api/v1/timelines/home") == []
    assert ann.get(f"/api/v1/accounts/{ann.id}")["followers_count"] == 1


def test_stale_feed_hides_what_is_new(member: Callable[[], Member], switch: Callable[..., Any]) -> None:
    """Nothing younger than the fault says is in the home feed; the status itself is there."""
    ann = member()
    made = ann.say("fresh")
    switch(stale_s=3600)
    assert ann.get("/api/v1/timelines/home") == []
    assert ann.get(f"/api/v1/statuses/{made['id']}")["id"] == made["id"]
    switch()
    assert [one["id"] for one in ann.get("/api/v1/timelines/home")] == [made["id"]]


def test_wrong_fault_is_named(crowd: Any) -> None:
    """An unknown or impossible fault is refused, and the faults stay as they were."""
    answer = crowd.http.post("/faults", json={"error_share": 2, "typo": 1})
    assert answer.status_code == 422
    assert "error_share is 2" in answer.json()["error"]
    assert "typo" in answer.json()["error"]
    assert crowd.http.get("/faults").json() == httpx.Response(200, json=Faults().model_dump()).json()
