"""The schema of the record."""

import pyarrow as pa
import pytest

from flashcrowd.core import events

TABLE_NAMES = list(events.TABLES)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (events.ACTIONS, events.ACTION_CODE),
        (events.OUTCOMES, events.OUTCOME_CODE),
        (events.PHASES, events.PHASE_CODE),
    ],
)
def test_code_of_word_is_its_place(words: tuple[str, ...], codes: dict[str, int]) -> None:
    """Codes and words are two views of one tuple, without repetition."""
    assert [words[codes[word]] for word in words] == list(words)
    assert len(set(words)) == len(words)


def test_groups_of_actions_hold_actions() -> None:
    """Reads, writes and originals are actions, and no read is a write."""
    for group in (events.READS, events.WRITES, events.ORIGINALS):
        assert set(group) <= set(events.ACTIONS)
    assert not set(events.READS) & set(events.WRITES)


@pytest.mark.parametrize("table", TABLE_NAMES)
def test_dictionary_column_has_a_vocabulary(table: str) -> None:
    """Every dictionary column is spelled out by `VOCABULARY`, except those whose words a scenario chooses."""
    chosen_by_scenario = {"persona", "region"}
    for field in events.TABLES[table]:
        if pa.types.is_dictionary(field.type) and field.name not in chosen_by_scenario:
            assert len(events.VOCABULARY[field.name]) <= 127, "codes are int8"


def test_schema_version_one_is_what_was_released() -> None:
    """A changed column needs a new schema version: this is the schema of version 1, spelled out."""
    assert events.SCHEMA_VERSION == 1
    assert events.ACTIONS_SCHEMA.names == [
        *("seq", "t", "member", "action", "post", "root", "cause", "author"),
        *("position", "topic", "ai", "request", "outcome"),
    ]
    assert events.REQUESTS_SCHEMA.names == [
        *("request", "session", "member", "action", "intended_ns", "start_ns", "first_byte_ns", "end_ns"),
        *("status", "bytes_in", "bytes_out", "outcome", "attempt", "phase", "worker"),
    ]
    assert events.MEMBERS_SCHEMA.names == [
        *("member", "persona", "community", "region", "followers", "followees", "joined", "left", "live"),
    ]
    assert events.EXPOSURES_SCHEMA.names == ["t", "member", "post", "root", "position", "source"]
