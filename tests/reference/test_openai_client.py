"""The images API as OpenAI's own client uses it."""

import base64
import io
from typing import Any

import openai
import pytest
from PIL import Image

from flashcrowd.reference.process import ReferencePlatform
from flashcrowd.reference.settings import Settings

from .conftest import Crowd


def client_of(url: str, token: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}/v1", api_key=token, max_retries=0)


def test_image_is_made_and_decoded() -> None:
    """The official client gets a picture of the size it asked for."""
    with ReferencePlatform() as platform:
        crowd = Crowd(platform.url)
        with client_of(platform.url, crowd.token) as client:
            made = client.images.generate(prompt="a cat", size="512x512", response_format="b64_json")
        crowd.close()
    assert made.data is not None
    with Image.open(io.BytesIO(base64.b64decode(made.data[0].b64_json or ""))) as image:
        assert image.size == (512, 512)


def test_refused_prompt_is_the_clients_own_error() -> None:
    """A prompt that the policy refuses raises what the client raises for it, with its code."""
    settings = Settings.model_validate({"generator": {"blocked": 1.0}})
    with ReferencePlatform(settings) as platform:
        crowd = Crowd(platform.url)
        with client_of(platform.url, crowd.token) as client, pytest.raises(openai.BadRequestError) as refused:
            client.images.generate(prompt="a cat")
        crowd.close()
    assert refused.value.code == "content_policy_violation"


def test_writer_gives_as_many_lines_as_asked_in_the_language() -> None:
    """The official client gets a completion: so many lines, the same for the same question."""
    asked = "Write 7 different posts in the language of the locale fr_FR."
    with ReferencePlatform() as platform:
        crowd = Crowd(platform.url)
        with client_of(platform.url, crowd.token) as client:
            first, second = (
                client.chat.completions.create(model="m", messages=[{"role": "user", "content": asked}])
                for _ in range(2)
            )
        crowd.close()
    text = first.choices[0].message.content or ""
    assert len(text.splitlines()) == 7
    assert (text, first.model) == (second.choices[0].message.content, "m")


def test_question_without_words_is_the_clients_own_error() -> None:
    """What holds no question is refused in OpenAI's shape, not by a failure of the platform."""
    wishes: list[Any] = [[], "hi", ["hi"], [{"role": "user"}], [{"role": "user", "content": " "}]]
    with ReferencePlatform() as platform:
        crowd = Crowd(platform.url)
        with client_of(platform.url, crowd.token) as client:
            for messages in wishes:
                with pytest.raises(openai.BadRequestError) as refused:
                    client.chat.completions.create(model="m", messages=messages)
                assert refused.value.code == "invalid_messages"
        crowd.close()
