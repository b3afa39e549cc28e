"""Rows on their way from a worker to the master."""

import numpy as np
import pytest

from flashcrowd.load.distributed import courier as module
from flashcrowd.load.distributed.courier import Counter, Courier, Parcel
from flashcrowd.load.distributed.packing import PIECE_ROWS, columns_of, joined, pieces, slices


def rows(*values):
    return {"t": np.array(values, float), "action": np.array([3] * len(values), np.int8)}


def test_rows_arrive_as_they_were():
    """Packed and unpacked: the same columns, of the same types, in pieces of bounded size."""
    columns = {"a": np.arange(2 * PIECE_ROWS + 1), "b": np.zeros(2 * PIECE_ROWS + 1, np.bool_)}
    packed = list(pieces(columns))
    assert len(packed) == 3
    back = joined([columns_of(piece) for piece in packed])
    assert {name: values.dtype for name, values in back.items()} == {"a": np.int64, "b": np.bool_}
    assert np.array_equal(back["a"], columns["a"])


def test_bytes_are_cut_and_an_empty_plan_is_one_piece():
    """Nothing is lost at the cuts."""
    assert b"".join(slices(bytes(range(250)) * 9, 100)) == bytes(range(250)) * 9
    assert slices(b"") == [b""]


def test_what_was_confirmed_is_forgotten_and_the_rest_sent_again(monkeypatch):
    """A message that is lost comes again; the master takes each parcel once, in order."""
    sent = []
    courier = Courier(sent.append)
    counter = Counter()
    for value in (1.0, 2.0, 3.0):
        courier.post("actions", rows(value))
    courier.deliver()
    assert [message["serial"] for message in sent] == [0, 1, 2]
    assert counter.take(Parcel(**sent[0]))["t"].tolist() == [1.0]
    assert counter.take(Parcel(**sent[2])) is None  # the second was lost on its way
    courier.confirm(counter.next_serial)
    courier.deliver()
    assert len(sent) == 3
    monkeypatch.setattr(module, "AGAIN_S", -1.0)
    courier.deliver()
    assert [message["serial"] for message in sent[3:]] == [1, 2]
    assert [counter.take(Parcel(**message))["t"].tolist() for message in sent[3:]] == [[2.0], [3.0]]
    assert counter.take(Parcel(**sent[0])) is None
    courier.confirm(counter.next_serial)
    assert courier.is_empty


def test_failed_sending_loses_nothing():
    """When a message cannot be sent now, it is sent with the next delivery."""
    sent = []

    def send(message):
        if not sent:
            sent.append(None)
            raise OSError("no route")
        sent.append(message["serial"])

    courier = Courier(send)
    courier.post("actions", rows(1.0))
    with pytest.raises(OSError, match="no route"):
        courier.deliver()
    courier.deliver()
    assert sent == [None, 0]
