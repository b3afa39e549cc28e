"""Made pictures are real PNG files of the promised sizes, none like another."""

import io

import pytest
from PIL import Image

from flashcrowd.reference.images import PAINTINGS, SIZES, picture


@pytest.mark.parametrize("size", sorted(set(SIZES.values())))
def test_picture_is_a_png_of_its_size(size: tuple[int, int]) -> None:
    """A strict decoder reads the whole file."""
    with Image.open(io.BytesIO(picture(*size, 12))) as image:
        image.load()
        assert image.format == "PNG"
        assert image.size == size
        assert image.info["Comment"] == "flashcrowd 12"


def test_pictures_of_common_size_are_as_heavy_as_real_ones() -> None:
    """At 1024 x 1024 files take 0.3 to 1.6 MB, and their weights differ by a factor of two at least."""
    weights = [len(picture(1024, 1024, serial)) for serial in range(PAINTINGS)]
    assert min(weights) > 300_000
    assert max(weights) < 1_600_000
    assert max(weights) > 2 * min(weights)


def test_pictures_of_different_serials_differ() -> None:
    """Even when they share a painting."""
    assert len({picture(256, 256, serial) for serial in range(3 * PAINTINGS)}) == 3 * PAINTINGS


def test_picture_of_same_serial_is_the_same() -> None:
    """A URL that names a serial always gives the same bytes."""
    assert picture(256, 256, 5) == picture(256, 256, 5)
