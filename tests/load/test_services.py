"""A whole live run whose images and texts come from a service beside the platform."""

import json
import urllib.request

import yaml
from runs import SCENARIO, sent_by_endpoint

from flashcrowd.core.runlog import RunReader
from flashcrowd.core.scenario import load_scenario
from flashcrowd.load.adapters.elsewhere import ImagesElsewhere
from flashcrowd.load.adapters.mastodon import Mastodon
from flashcrowd.load.adapters.mastodon_answers import plain_words
from flashcrowd.load.conversation import converse
from flashcrowd.load.engine import run_live
from flashcrowd.load.origin import parse_origin
from flashcrowd.load.wire import Wire
from flashcrowd.reference.process import ReferencePlatform
from flashcrowd.reference.settings import Settings

GENERATE = "POST /v1/images/generations"
COMPLETE = "POST /v1/chat/completions"


def key_of(url: str) -> str:
    """A key for the services of a reference platform: an application's own token."""
    with Wire(parse_origin(url), "127.0.0.1") as wire:
        return converse(Mastodon().join(), wire.send)["app_token"]


def heard(url: str, path: str):
    """What a platform answers to anybody."""
    with urllib.request.urlopen(url + path) as answer:
        return json.load(answer)


def test_images_and_texts_of_a_run_come_from_their_services(tmp_path, monkeypatch):
    """Every image is asked of the service, and the platform only once whether it has any; image posts with
    the writer's words stand there afterwards; the writer was asked once for each language and topic."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    settings = yaml.safe_load(SCENARIO.replace("DURATION", "3s"))
    settings["load"]["history_posts"] = 0
    settings["content"] = {"posts_per_day": 40, "ai_share": 0.8, "topics": 2}
    swift = Settings.model_validate({"generator": {"median_s": 0.02, "cap_s": 0.1, "blocked": 0.0}})
    with ReferencePlatform() as town, ReferencePlatform(swift) as services:
        monkeypatch.setenv("A_KEY", key_of(services.url))
        service = {"url": f"{services.url}/v1", "model": "m", "key_from": "A_KEY", "texts": 5}
        settings["generation"] = {"service": service}
        settings["content"]["writer"] = service
        (tmp_path / "served.yaml").write_text(yaml.safe_dump(settings))
        scenario = load_scenario(str(tmp_path / "served.yaml"))
        run = run_live(scenario, tmp_path / "run", town.url, vault=tmp_path / "vault", quiet=True)
        made = heard(services.url, "/metrics.json")["requests"]
        posts = heard(town.url, "/api/v1/timelines/public?limit=40")
        asked_here = heard(town.url, "/metrics.json")["requests"].get(GENERATE, 0)
    sent = sent_by_endpoint(run, ImagesElsewhere(Mastodon(), b""))
    assert made[COMPLETE] == 2 * len(scenario.population.languages)
    assert 0 < made[GENERATE] == sent["POST /images/generations"]
    assert asked_here == 1
    rows = RunReader(run).table("actions", ["action", "outcome", "ai"]).to_pandas()
    assert ((rows.action == "post") & (rows.outcome == "ok") & rows.ai).sum() > 0
    lines = {line for file in (tmp_path / "cache").rglob("*.json") for line in json.loads(file.read_text())}
    words = tuple(plain_words(line) for line in lines)
    assert any(post["media_attachments"] for post in posts)
    assert all(plain_words(post["content"]).startswith(words) for post in posts)
