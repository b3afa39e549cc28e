"""The rate limit counts by client and announces what is left."""

import pytest

from flashcrowd.reference import limits
from flashcrowd.reference.errors import Refusal
from flashcrowd.reference.limits import RateLimiter


def test_client_is_refused_beyond_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exactly `limit` requests pass in a window; another client and the next window are not touched."""
    now_s = 1000.0
    monkeypatch.setattr(limits.time, "time", lambda: now_s)
    limiter = RateLimiter(3, 100.0)
    left = [dict(limiter.take("ann"))[b"x-ratelimit-remaining"] for _ in range(3)]
    assert left == [b"2", b"1", b"0"]
    with pytest.raises(Refusal) as refused:
        limiter.take("ann")
    assert refused.value.status == 429
    assert dict(refused.value.headers)[b"retry-after"] == b"100"
    assert dict(limiter.take("bob"))[b"x-ratelimit-reset"] == b"1970-01-01T00:18:20.000Z"
    now_s = 1100.0
    assert dict(limiter.take("ann"))[b"x-ratelimit-remaining"] == b"2"
