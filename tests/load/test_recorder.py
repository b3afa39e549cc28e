"""Rows of a live run, and what follows from what."""

import numpy as np

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE, PHASE_CODE
from flashcrowd.core.runlog import RunReader, RunWriter
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.recorder import Deed, Recorder
from flashcrowd.load.wire import Answer

ORIGIN = 1_000_000


def an_answer(start: int, end: int) -> Answer:
    made = Answer(ORIGIN + start)
    made.first_byte_ns, made.end_ns, made.status, made.bytes_in = ORIGIN + end - 1, ORIGIN + end, 200, 50
    return made


def test_request_row_is_relative_to_the_beginning():
    """Stamps are relative to the run; response, service and lateness follow from them."""
    recorder = Recorder(ORIGIN, (100, 200))
    recorder.request(3, 7, "home", ORIGIN + 110, an_answer(120, 150), "ok", 1)
    row = recorder.take()["requests"]
    assert (row["intended_ns"][0], row["start_ns"][0], row["end_ns"][0]) == (110, 120, 150)
    assert row["action"][0] == ACTION_CODE["home"]


def test_request_without_an_answer_has_no_first_byte():
    """No answer: first byte -1, not the negative of the run's beginning."""
    recorder = Recorder(ORIGIN, (100, 200))
    silent = Answer(ORIGIN + 10)
    silent.end_ns = ORIGIN + 20
    recorder.request(0, 0, "home", ORIGIN, silent, "timeout", 1)
    assert recorder.take()["requests"]["first_byte_ns"].tolist() == [-1]


def test_phase_follows_the_intended_time():
    """When a request was due decides its phase, not when it was sent."""
    recorder = Recorder(ORIGIN, (100, 200))
    for intended in (99, 100, 199, 200):
        recorder.request(0, 0, "home", ORIGIN + intended, an_answer(500, 600), "ok", 1)
    phases = ["warm_up", "measured", "measured", "drain"]
    assert recorder.take()["requests"]["phase"].tolist() == [PHASE_CODE[phase] for phase in phases]


def test_dropped_request_is_a_row_that_never_started():
    """What was due and not sent has its row, and no times but the intended one."""
    recorder = Recorder(ORIGIN, (100, 200))
    recorder.dropped(1, 2, "trends", ORIGIN + 150, 1)
    row = recorder.take()["requests"]
    assert (row["intended_ns"][0], row["start_ns"][0], row["end_ns"][0]) == (150, -1, -1)
    assert row["outcome"][0] == OUTCOME_CODE["dropped"]


def test_cause_is_the_row_that_made_the_item():
    """A repost seen through a repost names that repost's row; an item from elsewhere names none."""
    recorder = Recorder(ORIGIN, (0, 1))
    recorder.root("900", 5, -60.0)
    seq = recorder.action(1.0, 6, "repost", Deed(post=900, root=900, cause=recorder.cause("900")))
    recorder.made("901", seq)
    assert (recorder.cause("900"), recorder.cause("901"), recorder.cause("1")) == (0, 1, -1)


def test_taken_rows_fit_the_record(tmp_path):
    """Columns go into the record as they are, and come out as they went in."""
    recorder = Recorder(ORIGIN, (100, 200))
    number = recorder.request(3, 7, "like", ORIGIN + 110, an_answer(120, 150), "ok", 2)
    recorder.action(64800.5, 7, "like", Deed(9, 9, 4, 5, 2, 11, True), number)
    recorder.exposure(64800.0, 7, 9, 9, 2, "trends")
    writer = RunWriter(tmp_path / "run", Scenario(), "live")
    for table, columns in recorder.take().items():
        writer.append(table, columns)
    writer.close()
    reader = RunReader(tmp_path / "run")
    action = reader.table("actions").to_pylist()[0]
    assert (action["action"], action["root"], action["cause"], action["ai"]) == ("like", 9, 4, True)
    assert reader.table("requests").to_pylist()[0]["attempt"] == 2
    assert reader.table("exposures").to_pylist()[0]["source"] == "trends"


def test_nothing_collected_is_no_table():
    """Taking twice gives nothing the second time."""
    recorder = Recorder(ORIGIN, (0, 1))
    recorder.action(0.0, 1, "session_start")
    assert set(recorder.take()) == {"actions"}
    assert recorder.take() == {}


def test_sequence_numbers_are_the_order_of_rows():
    """`seq` and `request` count up without gaps."""
    recorder = Recorder(ORIGIN, (0, 1))
    for _ in range(5):
        recorder.action(0.0, 1, "home")
    assert (np.diff(recorder.take()["actions"]["seq"]) == 1).all()


def test_beside_others_items_are_told_and_unknown_causes_named_by_their_item():
    """A process that does not record alone tells what it made, once, and names what others may have made."""
    recorder = Recorder(0, (0, 1), alone=False)
    recorder.made("500", 3)
    assert recorder.cause("500") == 3
    assert recorder.cause("600") == -602
    told = recorder.take()["made"]
    assert (told["item"].tolist(), told["seq"].tolist()) == ([500], [3])
    assert recorder.take() == {}
