"""The images API as OpenAI's own client uses it."""

import base64
import io

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
