"""OpenAI's images API: formats, refusals, the announced queue."""

import base64
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from PIL import Image

from flashcrowd.reference.process import ReferencePlatform
from flashcrowd.reference.settings import Settings

from .conftest import Crowd

PATH = "/v1/images/generations"


def _ask(crowd: Crowd, **wish: object) -> httpx.Response:
    headers = {"Authorization": f"Bearer {crowd.token}"}
    return crowd.http.post(PATH, json={"prompt": "a cat", **wish}, headers=headers)


@pytest.fixture
def narrow() -> Iterator[Crowd]:
    """A platform with one slot, room for two in its queue, and a policy that refuses half of all prompts."""
    generator = {"slots": 1, "median_s": 0.3, "sigma": 0.0, "blocked": 0.5, "queue_limit": 2}
    with ReferencePlatform(Settings.model_validate({"generator": generator})) as running:
        made = Crowd(running.url)
        yield made
        made.close()


def test_picture_comes_in_base64(crowd: Crowd) -> None:
    """b64_json holds the file itself, of the size asked for."""
    answer = _ask(crowd, response_format="b64_json", size="512x512").raise_for_status().json()
    with Image.open(io.BytesIO(base64.b64decode(answer["data"][0]["b64_json"]))) as image:
        image.load()
        assert (image.format, image.size) == ("PNG", (512, 512))
    assert isinstance(answer["created"], int)


def test_picture_comes_as_url(crowd: Crowd) -> None:
    """Each URL serves a different PNG file, always the same bytes."""
    data = _ask(crowd, n=2, size="256x256").raise_for_status().json()["data"]
    files = [crowd.http.get(one["url"]) for one in data]
    assert {one.headers["content-type"] for one in files} == {"image/png"}
    assert files[0].content != files[1].content
    assert files[0].content == crowd.http.get(data[0]["url"]).content


def test_newest_models_answer_in_base64_only(crowd: Crowd) -> None:
    """As at OpenAI, models named gpt-image take no response_format."""
    assert "b64_json" in _ask(crowd, model="gpt-image-1", size="256x256").json()["data"][0]


def test_caller_without_key_is_refused(crowd: Crowd) -> None:
    """No key and a wrong key get OpenAI's 401."""
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        answer = crowd.http.post(PATH, json={"prompt": "a cat"}, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize(
    "wish", [{"prompt": ""}, {"prompt": 3}, {"size": "1x1"}, {"n": 0}, {"n": "2"}, {"response_format": "gif"}]
)
def test_impossible_wish_is_refused(crowd: Crowd, wish: dict[str, object]) -> None:
    """A wish that cannot be is a 400 in OpenAI's shape."""
    answer = _ask(crowd, **wish)
    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


def test_policy_and_full_queue_refuse(narrow: Crowd) -> None:
    """Of many prompts at once the policy refuses its own, three find room, the rest is told to come later.

    The refused prompts are the same the second time; the announced queue never passes its limit.
    """
    prompts = [f"prompt {number}" for number in range(24)]
    with ThreadPoolExecutor(len(prompts)) as pool:
        first = list(pool.map(lambda prompt: _ask(narrow, prompt=prompt), prompts))
    statuses = [one.status_code for one in first]
    blocked = [prompt for prompt, status in zip(prompts, statuses, strict=True) if status == 400]
    assert (statuses.count(200), statuses.count(429)) == (3, len(prompts) - len(blocked) - 3)
    assert {one.json()["error"]["code"] for one in first if one.status_code == 400} == {
        "content_policy_violation"
    }
    assert {one.headers["retry-after"] for one in first if one.status_code == 429} == {"1"}
    assert sorted(int(one.headers["x-queue-length"]) for one in first if one.status_code == 200) == [0, 0, 1]
    waits = sorted(float(one.headers["x-estimated-wait"]) for one in first if one.status_code == 200)
    assert waits == pytest.approx([0.3, 0.6, 0.9])
    assert [prompt for prompt in blocked if _ask(narrow, prompt=prompt).status_code != 400] == []
    counts = narrow.http.get("/metrics.json").json()["generator"]
    assert counts["longest_queue"] == 2
    assert (counts["done"], counts["refused"]) == (3, statuses.count(429))
    assert counts["blocked"] == 2 * len(blocked)


def test_wait_is_announced_before_the_picture_is_there(crowd: Crowd) -> None:
    """The headers of an accepted job are sent at once, so a client can read them and leave."""
    headers = {"Authorization": f"Bearer {crowd.token}"}
    crowd.http.post("/faults", json={"generator_factor": 1000.0})
    try:
        with crowd.http.stream("POST", PATH, json={"prompt": "slow"}, headers=headers) as answer:
            assert float(answer.headers["x-estimated-wait"]) > 10.0
            assert crowd.http.get("/v1/images/queue").json()["busy"] >= 1
    finally:
        crowd.http.post("/faults", json={})
