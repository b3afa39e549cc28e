"""Pictures that a platform's limit is too small for."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from flashcrowd.load.picture import fitted


@pytest.fixture(scope="module")
def noise() -> bytes:
    """A PNG of noise, which cannot be packed: about 200 kB."""
    image = io.BytesIO()
    Image.effect_noise((512, 512), 100).convert("RGBA").save(image, "PNG")
    return image.getvalue()


def test_picture_within_the_limit_is_left_alone(noise):
    """The same bytes, also when the platform names no limit."""
    assert fitted(noise, len(noise)) is noise
    assert fitted(noise, None) is noise


@pytest.mark.parametrize(("share", "side"), [(0.5, 512), (0.1, 256)])
def test_picture_over_the_limit_becomes_a_smaller_one(noise, share, side):
    """It is a JPEG that fits, at most as small as it has to be."""
    most = int(share * len(noise))
    made = fitted(noise, most)
    assert len(made) <= most
    with Image.open(io.BytesIO(made)) as image:
        assert (image.format, image.size) == ("JPEG", (side, side))


@given(st.binary(min_size=1, max_size=80))
def test_what_is_no_picture_stays_what_it_is(content):
    """Nonsense of an image service is never a crash: the platform judges it."""
    assert fitted(content, 0) == content
