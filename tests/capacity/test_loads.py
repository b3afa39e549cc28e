"""What the load of a probe was worth."""

import math
from collections import Counter

import numpy as np
import pytest

from flashcrowd.core.events import ACTIONS
from flashcrowd.report.capacity import loads
from flashcrowd.report.capacity.attainment import FAIL, OPEN, PASS, Attained
from flashcrowd.report.capacity.backlog import UNKNOWN, Served
from flashcrowd.report.capacity.evidence import Probed
from flashcrowd.report.capacity.probe import Probe
from flashcrowd.report.metrics.traffic import Traffic
from flashcrowd.report.slo import parse

SECONDS = 10.0


def probe(rate, verdict, due, slo="generate.p95 < 2s", growth=math.nan, through=UNKNOWN):
    """A probe of ten seconds in which so much was due, with one objective."""
    kept = 1.0 if verdict == PASS else 0.5
    unknown = (math.nan, math.nan, math.nan)
    one = Attained(parse(slo), 100, kept, 0.95, kept, kept, unknown, verdict, growth, through)
    return Probe(Probed(rate, verdict), "01", 10.0, 10.0, 1.0, 0.1, 100.0, SECONDS, (one,), Counter(due))


def test_images_are_counted_where_they_gave_way():
    """Two probes of 10 sessions/s, one with 5 % more images than the mean, one with 5 % fewer."""
    probes = [
        probe(10, PASS, {"generate": 95, "home": 100}),
        probe(10, FAIL, {"generate": 105, "home": 300}),
    ]
    low, high = loads.weighed(probes)
    assert (low.load, high.load) == (pytest.approx(9.5), pytest.approx(10.5))
    assert loads.per_session(probes) == {"generate": pytest.approx(1.0), "home": pytest.approx(1.0)}


def test_reads_count_as_offered():
    """Where answers are slow fewer requests come in time: that is no smaller load."""
    probes = [
        probe(10, PASS, {"home": 200}, "home.p95 < 300ms"),
        probe(20, FAIL, {"home": 300}, "home.p95 < 300ms", 0.5, Served(28.0, 29.0)),
    ]
    weighed = loads.weighed(probes)
    assert [one.load for one in weighed] == [10, 20]
    assert loads.per_session(probes) == {"home": pytest.approx(2.0)}
    assert (weighed[1].knee, weighed[1].knee_most) == (pytest.approx(14.0), pytest.approx(14.5))


def test_what_a_queue_lets_through_is_counted_in_its_own_kind():
    """Half a status a session, and 20 statuses a second into the feeds: worth 40 sessions a second."""
    probes = [
        probe(30, PASS, {"post": 100, "reply": 50, "home": 3000}, "freshness.p90 < 2s"),
        probe(
            60, FAIL, {"post": 200, "reply": 100, "home": 6000}, "freshness.p90 < 2s", 0.5, Served(20.0, 21.0)
        ),
    ]
    assert loads.weighed(probes)[1].knee == pytest.approx(40.0)


def test_nothing_is_counted_before_something_gave_way():
    """As long as all pass, or stay open, a probe is worth its rate."""
    probes = [probe(10, PASS, {"generate": 80}), probe(20, OPEN, {"generate": 240})]
    assert [one.load for one in loads.weighed(probes)] == [10, 20]


def test_what_cannot_be_chance_is_not_corrected():
    """A probe that brought half of what was expected is another crowd, not chance; it counts as offered."""
    probes = [probe(10, PASS, {"generate": 20}), probe(100, FAIL, {"generate": 1000})]
    assert loads.weighed(probes)[0].load == 10


@pytest.mark.parametrize(
    ("slo", "counted"),
    [
        ("freshness.p90 < 2s", ("post", "reply", "quote")),
        ("post.p95 < 1s", ("post", "reply", "quote")),
        ("generate.p95 < 2s", ("generate",)),
        ("all.p95 < 500ms", ()),
        ("errors < 1%", ()),
    ],
)
def test_objectives_on_what_is_made_count_it(slo, counted):
    """Images by images, freshness by statuses; reads and errors by nothing."""
    assert loads.made(parse(slo)) == counted


def test_what_takes_a_place_is_counted_in_order():
    """Statuses for freshness, images for images, everything for reads."""
    names = ("home", "post", "generate", "reply", "like")
    codes = np.array([ACTIONS.index(name) for name in names], np.int8)
    due_s, no = np.array([3.0, 2.0, 1.0, 0.5, 4.0]), np.zeros(5, bool)
    measured = Traffic(codes, due_s, due_s, due_s, due_s, due_s, ~no, no, no, no)
    assert loads.came_s(parse("freshness.p90 < 2s"), measured).tolist() == [0.5, 2.0]
    assert loads.came_s(parse("generate.p95 < 2s"), measured).tolist() == [1.0]
    assert loads.came_s(parse("home.p95 < 300ms"), measured).tolist() == [0.5, 1.0, 2.0, 3.0, 4.0]
