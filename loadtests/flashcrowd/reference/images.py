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

GRAIN: Final = (0.05, 0.42)
"""Coarsest and finest grain in cells per pixel; more grain compresses worse. Measured, see the test."""


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
    channels = [_clouds(draw, width, height) for _ in "RGB"]
    share = GRAIN[0] + (GRAIN[1] - GRAIN[0]) * number / (PAINTINGS - 1)
    grain = Image.effect_noise((max(2, int(width * share)), max(2, int(height * share))), 6)
    grain = grain.resize((width, height), Image.Resampling.NEAREST)
    painted = ImageChops.add(
        Image.merge("RGB", channels), Image.merge("RGB", [grain] * 3), scale=1, offset=-128
    )
    file = io.BytesIO()
    painted.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _clouds(draw: Random, width: int, height: int) -> Image.Image:
    coarse = Image.effect_noise((draw.randint(4, 24), draw.randint(4, 24)), draw.randint(60, 120))
    return coarse.resize((width, height), Image.Resampling.BICUBIC)
