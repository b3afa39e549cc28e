"""What the answers of all platforms have in common: typed JSON."""

from collections.abc import Callable
from typing import Any

import msgspec

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.wire import Answer


def decoder(kind: Any) -> Callable[[Answer], Any]:
    """Reads answers of one type.

    The function it gives raises `PlatformError` for whatever is not of that type.
    """
    decode = msgspec.json.Decoder(kind).decode

    def read(answer: Answer) -> Any:
        try:
            return decode(answer.body)
        except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
            raise PlatformError(f"unexpected answer: {error}") from None

    return read
