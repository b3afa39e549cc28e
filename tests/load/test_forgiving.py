"""Answers that are not as documented, read as they are meant."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.forgiving import LARGEST_BYTES, tidied
from flashcrowd.load.adapters.mastodon_answers import item_of, read_found, read_statuses
from flashcrowd.load.wire import Answer

GOOD = {"id": "1", "account": {"id": "5"}, "created_at": "2026-03-01T12:00:00Z"}


def answer(value) -> Answer:
    """An answer that holds a value as JSON."""
    made = Answer(0)
    made.status, made.body = 200, json.dumps(value).encode()
    return made


@pytest.mark.parametrize(
    ("changes", "field", "wanted"),
    [
        ({"favourites_count": None}, "likes", 0),
        ({"favourites_count": "12"}, "likes", 12),
        ({"tags": ["Art", None, {"name": "x"}]}, "tags", ("art", "x")),
        ({"media_attachments": None}, "has_image", False),
        ({"id": 7}, "id", "7"),
        ({"in_reply_to_id": 8}, "reply_to", "8"),
        ({"created_at": "2026-03-01 12:00:00"}, "created_s", 1772366400.0),
        ({"created_at": "Sun, 01 Mar 2026 13:00:00 +0100"}, "created_s", 1772366400.0),
        ({"created_at": 1772366400}, "created_s", 1772366400.0),
        ({"created_at": "1772366400000"}, "created_s", 1772366400.0),
        ({"created_at": None}, "created_s", 0.0),
        ({"created_at": "yesterday"}, "created_s", 0.0),
    ],
)
def test_field_is_read_as_it_is_meant(changes, field, wanted):
    """Each deviation alone, beside a count that is a text: so that the documented form never fits."""
    (status,) = read_statuses(answer([GOOD | {"reblogs_count": "3"} | changes]))
    item = item_of(status)
    assert (getattr(item, field), item.reposts) == (wanted, 3)


def test_broken_entry_does_not_cost_the_page():
    """What cannot be read is left out; when nothing can, the page is an error."""
    broken = [{"id": "2"}, None, "x", GOOD | {"reblog": 1}]
    assert [status.id for status in read_statuses(answer([*broken, GOOD]))] == ["1"]
    assert [status.id for status in read_found(answer({"statuses": [*broken, GOOD]})).statuses] == ["1"]
    with pytest.raises(PlatformError, match="account"):
        read_statuses(answer([{"id": "2"}]))


def test_large_answers_are_not_looked_at_twice():
    """A megabyte that does not fit is an error at once: nobody else could go on meanwhile."""
    with pytest.raises(PlatformError):
        read_statuses(answer([GOOD | {"tags": ["x"], "content": "x" * LARGEST_BYTES}]))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*GOOD, "tags", "reblog", "reblogs_count"]), inner, max_size=6)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_what_was_tidied_is_tidy(value):
    """Tidying once is enough, and leaves no null."""
    once = tidied([value])
    assert tidied(once) == once
    assert not holds_null(once)


def holds_null(value) -> bool:
    """Whether there is a null anywhere inside."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(map(holds_null, inner))
