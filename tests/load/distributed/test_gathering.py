"""One record out of the rows of two workers."""

import numpy as np

from flashcrowd.load.distributed.gathering import WORKER_BITS, Gathering

NONE = -1


def actions(*rows):
    """Columns of actions out of (seq, t, cause, request)."""
    seq, t, cause, request = zip(*rows, strict=True)
    return {
        "seq": np.array(seq, np.int64),
        "t": np.array(t, float),
        "cause": np.array(cause, np.int64),
        "request": np.array(request, np.int64),
    }


def made(*pairs):
    item, seq = zip(*pairs, strict=True)
    return {"item": np.array(item, np.int64), "seq": np.array(seq, np.int64)}


def gathered(settled_s=np.inf):
    return Gathering(lambda: settled_s)


def test_actions_are_numbered_in_order_of_time():
    """Rows of two workers are one table, whose `seq` is its order in time."""
    record = gathered()
    record.add(0, "actions", actions((0, 1.0, NONE, NONE), (1, 4.0, NONE, NONE)))
    record.add(1, "actions", actions((0, 2.0, NONE, NONE), (1, 3.0, NONE, NONE)))
    rows = record.take()["actions"]
    assert rows["t"].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert rows["seq"].tolist() == [0, 1, 2, 3]


def test_cause_at_the_other_worker_is_found():
    """A reaction to an item that another worker's member made names that row of the one record."""
    record = gathered()
    record.add(0, "actions", actions((0, 1.0, NONE, NONE), (1, 2.0, NONE, NONE)))
    record.add(0, "made", made((555, 1)))
    record.add(1, "actions", actions((0, 3.0, -2 - 555, NONE), (1, 4.0, 0, NONE), (2, 5.0, -2 - 777, NONE)))
    rows = record.take()["actions"]
    assert rows["cause"].tolist() == [-1, -1, 1, 2, -1]


def test_cause_in_an_earlier_batch_is_found():
    """What was given its place before keeps it."""
    record = gathered()
    record.add(3, "actions", actions((0, 1.0, NONE, NONE), (1, 2.0, NONE, NONE)))
    record.take()
    record.add(3, "actions", actions((2, 3.0, 1, NONE)))
    assert record.take()["actions"]["cause"].tolist() == [1]


def test_row_waits_until_those_before_it_can_have_arrived():
    """What is newer than the settled time stays until it is settled, or until the end."""
    record = gathered(settled_s=2.5)
    record.add(0, "actions", actions((0, 1.0, NONE, NONE), (1, 3.0, NONE, NONE)))
    assert record.take()["actions"]["t"].tolist() == [1.0]
    assert record.take() == {}
    record.add(1, "actions", actions((0, 2.0, NONE, NONE)))
    assert record.take(everything=True)["actions"]["t"].tolist() == [2.0, 3.0]


def test_requests_and_sessions_of_workers_never_clash():
    """Both get the worker's number in front, and an action's request follows."""
    record = gathered()
    for worker in (0, 1):
        record.add(worker, "requests", {"request": np.array([0, 1]), "session": np.array([0, -1])})
        record.add(worker, "actions", actions((0, 1.0 + worker, NONE, 1), (1, 3.0 + worker, NONE, NONE)))
    tables = record.take()
    requests = tables["requests"]["request"].tolist()
    assert requests == [0, 1, 1 << WORKER_BITS, (1 << WORKER_BITS) + 1]
    assert tables["requests"]["session"].tolist() == [0, -1, 1 << WORKER_BITS, -1]
    assert tables["actions"]["request"].tolist() == [1, (1 << WORKER_BITS) + 1, -1, -1]
