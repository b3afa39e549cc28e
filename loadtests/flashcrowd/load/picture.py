"""Pictures small enough for a platform, as its own apps make them before they upload."""

import io
from typing import Final

from PIL import Image

QUALITIES: Final = (90, 75, 60)
"""Of JPEG, the better first."""

SMALLEST: Final = 64
"""Below so many pixels a side a picture is not shrunk any more."""


def fitted(picture: bytes, most_bytes: int | None) -> bytes:
    """A picture of at most so many bytes: itself when it fits, else as JPEG, then at half the size.

    What is no picture stays as it is: that the platform does not take it is then the finding.

    Args:
        most_bytes: None = the platform names no limit.
    """
    if most_bytes is None or len(picture) <= most_bytes:
        return picture
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            shown = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return picture
    while True:
        for quality in QUALITIES:
            made = _jpeg(shown, quality)
            if len(made) <= most_bytes:
                return made
        if min(shown.size) < 2 * SMALLEST:
            return made
        shown = shown.resize((shown.width // 2, shown.height // 2))


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=quality)
    return target.getvalue()
