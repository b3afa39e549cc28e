"""What platforms say about waiting, in all the forms they say it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.load.adapters.pace import retry_after_s, used_up_s
from flashcrowd.load.wire import Answer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def answer(status=429, **headers):
    """An answer with headers."""
    made = Answer(0)
    made.status = status
    made.headers = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return made


@pytest.mark.parametrize("name", ["x_ratelimit_reset", "ratelimit_reset"])
@pytest.mark.parametrize("value", ["2026-03-01T12:01:30.000000Z", "90", str(int(NOW.timestamp()) + 90)])
def test_reset_of_a_limit_is_a_date_a_time_or_seconds(name, value):
    """All three forms in use mean the same."""
    assert retry_after_s(answer(**{name: value}), NOW) == 90.0


def test_retry_after_goes_before_the_limits_reset():
    """What is said for this answer counts more than what is said in general."""
    assert retry_after_s(answer(retry_after="5", x_ratelimit_reset="90"), NOW) == 5.0


def test_limit_with_room_asks_for_nothing():
    """The reset of a limit matters when it is used up."""
    assert retry_after_s(answer(200, x_ratelimit_reset="90"), NOW) is None
    assert used_up_s(answer(200, x_ratelimit_remaining="3", x_ratelimit_reset="90"), NOW) is None
    assert used_up_s(answer(200, x_ratelimit_remaining="0", x_ratelimit_reset="90"), NOW) == 90.0


@pytest.mark.parametrize("said", ['"default";r=0;t=90', "limit=300, remaining=0, reset=90"])
def test_limit_in_one_header_is_read(said):
    """Both drafts that put all of a limit into one header are understood, with room and without."""
    assert used_up_s(answer(200, ratelimit=said), NOW) == 90.0
    assert retry_after_s(answer(ratelimit=said), NOW) == 90.0
    assert used_up_s(answer(200, ratelimit=said.replace("r=0", "r=9").replace("g=0", "g=9")), NOW) is None


@given(
    st.binary(max_size=40),
    st.sampled_from([b"ratelimit", b"retry-after", b"x-ratelimit-reset", b"ratelimit-reset"]),
)
def test_any_value_is_seconds_or_nothing(value, name):
    """No header makes anything but a time to wait, or None."""
    made = answer()
    made.headers = {name: value}
    waits_s = retry_after_s(made)
    assert waits_s is None or waits_s >= 0.0
