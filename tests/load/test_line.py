"""Every request that has left is a row, whatever becomes of who waits for its answer."""

from types import SimpleNamespace

import gevent
import pytest

from flashcrowd.core.events import OUTCOME_CODE
from flashcrowd.load.adapters.mastodon import Mastodon
from flashcrowd.load.line import Cut, Line
from flashcrowd.load.recorder import Recorder
from flashcrowd.load.request import Request


@pytest.mark.parametrize("end", [Cut, gevent.GreenletExit])
def test_request_whose_waiter_is_ended_is_in_the_record(end):
    """The platform has it, and counts it: a row without an answer, abandoned."""
    recorder = Recorder(0, (0, 1 << 62))
    free = SimpleNamespace(allows=lambda now_ns: True)
    silent = SimpleNamespace(send=lambda request, timeout_s: gevent.sleep(10))
    line = Line(Mastodon(), silent, recorder, free, free)
    asking = gevent.spawn(line.ask, 0, 1, Request("home", b"GET", b"/", b""), 0)
    gevent.sleep(0)
    asking.kill(end)
    rows = recorder.take()["requests"]
    assert rows["outcome"].tolist() == [OUTCOME_CODE["abandoned"]]
    assert rows["end_ns"] > rows["start_ns"]
