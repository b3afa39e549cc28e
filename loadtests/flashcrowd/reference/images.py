"""PNG files that look like pictures to a network: right size, never the same bytes twice, almost free.

A few pictures a size are painted once (about 0.1 s each); every further file is one of them with another
comment (a tEXt chunk), which costs one copy. Sizes lie between about 0.3 and 1.5 MB at 1024 x 1024.
"""

import io
import struct
import zlib
from functools import lru_cache
from random import Random
from typing import Final

from PIL import Image, ImageChops

PAINTINGS: Final = 8
"""Different pictures of one size."""

SIZES: Final = {
    "auto": (1024, 1024),
    "256x256": (256, 256),
    "512x512": (512, 512),
    "1024x1024": (1024, 1024),
    "1024x1536": (1024, 1536),
    "1536x1024": (1536, 1024),
    "1024x1792": (1024, 1792),
    "1792x1024": (1792, 1024),
}
"""The sizes of OpenAI's images API."""

SIGNATURE_AND_HEADER: Final = 8 + 25
"""Bytes of a PNG before the first chunk that may be a comment (PNG specification, 5.2 and 11.2.2)."""

FINEST_GRAIN: Final = 0.32
"""Cells of grain per pixel in the last painting, from none in the first: more compresses worse."""

CELLS: Final = 3
"""Cells of the clouds along a side in the first painting, and how many more every further one has."""


def picture(width: int, height: int, serial: int) -> bytes:
    """A PNG file; the same serial gives the same bytes as long as the process lives."""
    return with_comment(_painting(width, height, serial % PAINTINGS), f"flashcrowd {serial}")


def with_comment(png: bytes, comment: str) -> bytes:
    """A PNG file with a tEXt chunk added behind its header."""
    data = b"Comment\x00" + comment.encode("latin-1", "replace")
    body = b"tEXt" + data
    chunk = struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    return png[:SIGNATURE_AND_HEADER] + chunk + png[SIGNATURE_AND_HEADER:]


@lru_cache(maxsize=PAINTINGS * 6)
def _painting(width: int, height: int, number: int) -> bytes:
    draw = Random(f"{width}x{height} {number}")
    painted = Image.merge("RGB", [_clouds(draw, width, height, CELLS * (1 + number)) for _ in "RGB"])
    if number:
        share = FINEST_GRAIN * number / (PAINTINGS - 1)
        grain = Image.effect_noise((max(2, int(width * share)), max(2, int(height * share))), 6)
        grain = grain.resize((width, height), Image.Resampling.NEAREST)
        painted = ImageChops.add(painted, Image.merge("RGB", [grain] * 3), scale=1, offset=-128)
    file = io.BytesIO()
    painted.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _clouds(draw: Random, width: int, height: int, cells: int) -> Image.Image:
    coarse = Image.effect_noise(
        (cells + draw.randint(0, 2), cells + draw.randint(0, 2)), draw.randint(60, 120)
    )
    return coarse.resize((width, height), Image.Resampling.BICUBIC)
