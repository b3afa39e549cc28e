"""What the platform counts is what was sent, to the last request, by endpoint and status."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from random import Random

import httpx
import pytest

from flashcrowd.reference.process import ReferencePlatform
from flashcrowd.reference.settings import Settings

from .conftest import Crowd

REQUESTS = 200
ENDPOINTS = (
    ("GET", "/api/v1/timelines/home", "/api/v1/timelines/home?limit=5"),
    ("GET", "/api/v1/timelines/public", "/api/v1/timelines/public"),
    ("POST", "/api/v1/statuses", "/api/v1/statuses"),
    ("POST", "/api/v1/accounts/:id/follow", "/api/v1/accounts/1/follow"),
    ("GET", "/api/v1/statuses/:id/context", "/api/v1/statuses/12345/context"),
    ("GET", "/api/v1/instance", "/api/v1/instance/"),
    ("GET", "(unknown)", "/no/such/thing"),
    ("POST", "/v1/images/generations", "/v1/images/generations"),
)
UNCOUNTED = ("/metrics", "/metrics.json", "/health", "/faults", "/.well-known/flashcrowd.txt", "/")


@pytest.fixture
def fresh() -> Iterator[ReferencePlatform]:
    """A platform that nobody else talks to, some of whose answers are errors."""
    with ReferencePlatform(Settings.model_validate({"faults": {"error_share": 0.1}})) as running:
        yield running


def test_counts_agree_with_what_was_sent(fresh: ReferencePlatform) -> None:
    """Concurrent requests, good, bad and unknown: received and answered by endpoint and status are exact."""
    sent, answered = asyncio.run(_send(fresh.url))
    with httpx.Client(base_url=fresh.url, trust_env=False) as operator:
        for path in UNCOUNTED:
            assert operator.get(path).status_code == 200
        counts = operator.get("/metrics.json").json()
        text = operator.get("/metrics").text
    assert counts["requests"] == dict(sent)
    assert {
        (route, int(status)): count
        for route, statuses in counts["statuses"].items()
        for status, count in statuses.items()
    } == dict(answered)
    assert counts["in_flight"] == 0
    assert {status for _, status in answered} == {200, 401, 404, 503}
    lines = re.findall(
        r'^flashcrowd_requests_total{method="(\w+)",route="(.+)",status="(\d+)"} (\d+)$', text, re.M
    )
    assert {
        (f"{method} {route}", int(status)): int(count) for method, route, status, count in lines
    } == answered


async def _send(url: str) -> tuple[Counter[str], Counter[tuple[str, int]]]:
    draw, sent, answered = Random(1), Counter[str](), Counter[tuple[str, int]]()

    async def one(client: httpx.AsyncClient) -> None:
        method, template, target = draw.choice(ENDPOINTS)
        sent[f"{method} {template}"] += 1
        answer = await client.request(method, target)
        answered[f"{method} {template}", answer.status_code] += 1

    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        await asyncio.gather(*(one(client) for _ in range(REQUESTS)))
    return sent, answered


def test_request_whose_client_left_is_counted(platform: ReferencePlatform, crowd: Crowd) -> None:
    """A request given up by its client was received, and is answered in the books when it ends."""
    name = "POST /v1/images/generations"
    before = crowd.http.get("/metrics.json").json()
    headers = {"Authorization": f"Bearer {crowd.token}"}
    crowd.http.post("/faults", json={"generator_factor": 5.0})
    with pytest.raises(httpx.ReadTimeout):
        crowd.http.post("/v1/images/generations", json={"prompt": "late"}, headers=headers, timeout=0.02)
    crowd.http.post("/faults", json={})
    after = crowd.http.get("/metrics.json").json()
    assert after["requests"][name] == before["requests"].get(name, 0) + 1


def test_rows_are_counted(crowd: Crowd) -> None:
    """The rows that the platform reports grow by what was made."""
    before = crowd.http.get("/metrics.json").json()["rows"]
    ann, bob = crowd.member(), crowd.member()
    bob.post(f"/api/v1/accounts/{ann.id}/follow")
    bob.post(f"/api/v1/statuses/{ann.say('hello')['id']}/favourite")
    after = crowd.http.get("/metrics.json").json()["rows"]
    grown = {table: after[table] - before[table] for table in after if after[table] != before[table]}
    assert grown == {"accounts": 2, "follows": 1, "statuses": 1, "favourites": 1, "notifications": 2}
