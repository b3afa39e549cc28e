"""Texts by a writer, asked ahead, kept on disk, with Faker behind it; images from a service elsewhere."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.errors import PlatformError, UsageError
from flashcrowd.core.scenario import Scenario, Service
from flashcrowd.load.adapters.elsewhere import ImagesElsewhere, Routed
from flashcrowd.load.adapters.item import Account
from flashcrowd.load.adapters.mastodon import Mastodon
from flashcrowd.load.progress import Display
from flashcrowd.load.texts import LONGEST, Texts, auth_line, lines_of, read_completion, written
from flashcrowd.load.wire import Answer
from flashcrowd.sim import profiles

ADA = Account(7, "42", "ada", b"Authorization: Bearer members-own\r\n")
CHANGES = {"content.topics": 2, "content.writer": {"url": "http://127.0.0.1:9/v1", "model": "m"}}
SCENARIO = Scenario().changed(**CHANGES)
PAIRS = 2 * len(SCENARIO.population.languages)


def answer(value, status=200):
    """An answer that holds a value as JSON."""
    made = Answer(0)
    made.status, made.body = status, value if isinstance(value, bytes) else json.dumps(value).encode()
    return made


class Writer:
    """Answers every question with the same lines, and counts them."""

    def __init__(self, text="One.\nTwo.", status=200):
        self.asked = []
        self._answer = answer({"choices": [{"message": {"content": text}}]}, status)

    def send(self, request):
        self.asked.append(request)
        return self._answer


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_writer_is_asked_once_for_each_language_and_topic():
    """The second run takes everything from the disk; the same address gives the same text."""
    writer = Writer()
    texts = written(SCENARIO, writer.send, Display(quiet=True))
    assert len(writer.asked) == PAIRS
    body = json.loads(writer.asked[0].body)
    assert (writer.asked[0].target, body["model"]) == (b"/chat/completions", "m")
    assert texts.of(1, 5, "fr_FR", 1).startswith("Two. #")
    again = written(SCENARIO, writer.send, Display(quiet=True))
    assert len(writer.asked) == PAIRS
    assert again.of(1, 5, "fr_FR", 1) == texts.of(1, 5, "fr_FR", 1)


def test_writer_that_fails_leaves_the_writing_to_faker():
    """An error or an empty answer: Faker's text stands, and the question is asked again next time."""
    for writer in (Writer(status=500), Writer(text="")):
        texts = written(SCENARIO, writer.send, Display(quiet=True))
        assert texts.of(1, 5, "fr_FR", 1).startswith(profiles.text(1, 5, "fr_FR"))
    assert len(writer.asked) == PAIRS


def test_key_comes_from_the_environment_and_must_be_there(monkeypatch):
    """A key stands in no file; a missing one is a mistake of the user's."""
    monkeypatch.setenv("MY_KEY", "k")
    assert auth_line(Service(key_from="MY_KEY")) == b"Authorization: Bearer k\r\n"
    monkeypatch.setenv("MY_KEY", "k\r\nX: y")
    for name in ("MY_KEY", "NO_SUCH_KEY"):
        with pytest.raises(UsageError, match=name):
            auth_line(Service(key_from=name))


@given(st.text())
def test_any_text_is_short_lines(text):
    """Whatever a writer says, posts are single lines that fit."""
    assert all(line and len(line) <= LONGEST and "\n" not in line for line in lines_of(text))


@given(st.binary(max_size=100))
def test_any_answer_is_a_completion_or_a_platform_error(body):
    """Nonsense of the writer is never a crash."""
    try:
        assert read_completion(answer(body)).choices is not None
    except PlatformError:
        return


def test_images_elsewhere_never_see_members_credentials():
    """The request carries the service's key alone, goes to the service, and is read as its answers are."""

    class Wire(Writer):
        def send(self, request, timeout_s=None):
            return super().send(request)

    api = ImagesElsewhere(Mastodon(), b"Authorization: Bearer service\r\n", "gpt-image-1")
    platform, images = Wire(), Wire()
    road = Routed(platform, images)
    road.send(api.generate(ADA, "a cat"))
    road.send(api.read("home", ADA, 20))
    (asked,) = images.asked
    assert b"members-own" not in asked.headers
    assert (asked.target, len(platform.asked)) == (b"/images/generations", 1)
    assert json.loads(asked.body) == {"model": "gpt-image-1", "prompt": "a cat", "n": 1, "size": "1024x1024"}
    assert api.outcome("generate", answer({"error": {"code": "moderation_blocked"}}, 400)) == "blocked"
    assert (api.outcome("home", answer({}, 404)), api.name) == ("unsupported", "mastodon")
    assert api.endpoint("generate") == "POST /images/generations"


def test_texts_without_a_writer_are_fakers():
    """The default: the same address gives the same sentence."""
    assert Texts().of(1, 5, "en_US", 0).startswith(profiles.text(1, 5, "en_US"))
