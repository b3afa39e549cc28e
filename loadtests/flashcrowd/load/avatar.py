"""Avatars: a small pattern for every member, mirrored as faces are, as PNG."""

import io
from typing import Final

from flashcrowd.core.draws import Purpose, fold, root_key, uniform

SIDE: Final = 5
SCALE: Final = 24
"""Pixels of a cell: 120 x 120 in all."""


def avatar(seed: int, member: int) -> bytes:
    """The member's avatar; the same for the same address."""
    from PIL import Image

    key = fold(fold(root_key(seed, Purpose.TEXT), 2), member)
    half = SIDE // 2 + 1
    cells = [
        [float(uniform(fold(key, row * half + column))) < 0.5 for column in range(half)]
        for row in range(SIDE)
    ]
    image = Image.new("P", (SIDE, SIDE))
    tint = [int(64 + 128 * float(uniform(fold(key, 100 + channel)))) for channel in range(3)]
    image.putpalette([238, 238, 238, *tint])
    image.putdata([int(cell) for row in cells for cell in [*row, *row[-2::-1]]])
    buffer = io.BytesIO()
    image.resize((SIDE * SCALE, SIDE * SCALE), Image.Resampling.NEAREST).save(buffer, "PNG")
    return buffer.getvalue()
