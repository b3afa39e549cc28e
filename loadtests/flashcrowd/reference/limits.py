"""A rate limit like Mastodon's: so many requests of a token in a fixed window, announced in every answer."""

import time
from datetime import UTC, datetime

from flashcrowd.reference.call import Headers
from flashcrowd.reference.errors import refuse


class RateLimiter:
    """Counts requests by client.

    Args:
        limit: requests in a window.
        window_s: length of a window in seconds; windows begin at multiples of it.
    """

    def __init__(self, limit: int, window_s: float) -> None:
        self._limit = limit
        self._window_s = window_s
        self._window = -1
        self._taken: dict[str, int] = {}

    def take(self, client: str) -> Headers:
        """Count one request of this client; the headers that tell it what is left.

        Raises:
            Refusal: 429 when nothing was left.
        """
        now_s = time.time()
        window = int(now_s // self._window_s)
        if window != self._window:
            self._window, self._taken = window, {}
        taken = self._taken.get(client, 0) + 1
        self._taken[client] = taken
        reset_s = (window + 1) * self._window_s
        headers = self._announce(taken, reset_s)
        if taken > self._limit:
            retry = b"%d" % max(1, round(reset_s - now_s))
            raise refuse(429, "Too many requests", (*headers, (b"retry-after", retry)))
        return headers

    def _announce(self, taken: int, reset_s: float) -> Headers:
        reset = datetime.fromtimestamp(reset_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return (
            (b"x-ratelimit-limit", b"%d" % self._limit),
            (b"x-ratelimit-remaining", b"%d" % max(0, self._limit - taken)),
            (b"x-ratelimit-reset", reset.encode()),
        )
