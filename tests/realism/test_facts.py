"""The table of facts: its ids, kinds and bands, and that every measure answers."""

import math

import pytest
from observed import follow_lists, observed, post, rows

from flashcrowd.report.realism.fact import Reading
from flashcrowd.report.realism.facts import FACTS

INF = math.inf

GATES = {
    "indegree_tail": {"hill": (2.0, 2.6), "likelihood": (2.0, 2.6), "difference": (-INF, 0.2)},
    "follower_concentration": {"share": (0.85, INF)},
    "reciprocity": {"share": (0.20, 0.45)},
    "mean_path": {"hops": (3.0, 4.7)},
    "clustering": {"mean": (0.10, 0.40)},
    "posting_concentration": {"share": (0.75, 0.92), "median": (-INF, 4)},
    "burstiness": {"median": (0.35, 0.60)},
    "circadian": {"world": (1.8, 4), "region": (5, 15)},
    "flash_peak": {"flash.hour": (30, INF), "flash.minute": (50, INF)},
    "browsing_share": {"share": (0.88, 0.97)},
    "read_write": {"ratio": (20, 100)},
    "session_items": {"gain": (0, INF)},
    "no_reshare": {"share": (0.90, 0.98)},
    "big_cascades": {"share": (8e-5, 8e-4)},
    "one_hop": {"mean": (0.65, 0.95)},
    "structural_virality": {
        "ks_100": (-INF, 0.15), "ks_200": (-INF, 0.15), "ks_500": (-INF, 0.15),
        "median_100": (2.08, 2.58), "median_200": (2.08, 2.58), "median_500": (2.12, 2.62),
    },
    "size_virality_rank": {"rank": (-0.05, 0.35)},
    "depth_breadth": {
        "depth_100": (2, 4), "depth_200": (2, 4), "depth_500": (3, 5),
        "breadth_100": (0.74, 0.94), "breadth_200": (0.76, 0.96), "breadth_500": (0.745, 0.945),
    },
    "reshare_delay": {"error": (-INF, 0.05)},
    "half_life": {"median": (20, 90), "ratio": (15, INF)},
    "secondary_r": {"mean": (0.10, 0.40), "max": (-INF, 1)},
    "author_attention": {"top": (0.75, INF), "gini": (0.90, 0.99)},
    "position_decay": {"position": (-INF, 0), "followees": (-INF, 0)},
    "engagement": {"rate": (0.005, 0.04), "order": (1, INF)},
    "retention": {
        "hype.d1": (0.075, 0.125), "hype.d7": (0.015, 0.025), "hype.d30": (0.0075, 0.0125),
        "typical.d1": (0.195, 0.325), "typical.d7": (0.09, 0.15), "typical.d30": (0.045, 0.075),
        "sticky.d1": (0.45, 0.75), "sticky.d7": (0.375, 0.625), "sticky.d30": (0.3375, 0.5625),
    },
    "ai_concentration": {"share": (0.7, INF)},
}  # fmt: skip
"""Gate -> part -> band, at 100,000 members."""

REPORTS = {
    "mean_follows": {"follows": (20, 80)},
    "lurkers": {"share": (0.5, 0.9)},
    "media_share": {"share": (0.15, 1.0)},
    "session_length": {"minutes": (5, 20), "per_day": (2, 8)},
    "impression_gini": {"gini": (0.85, 0.98)},
    "popularity_exponent": {"exponent": (1.7, 2.6)},
    "stickiness": {f"{preset}.ratio": (0.2, 0.65) for preset in ("hype", "typical", "sticky")},
    "generation_latency": {},
    "generation_blocks": {"share": (0.02, 0.15)},
    "moderation_load": {"share": (0.003, 0.015)},
}

TABLE = {fact.id: fact for fact in FACTS}


def test_table_has_every_fact_once() -> None:
    """36 rows: 26 gates and 10 that are shown."""
    assert len(FACTS) == len(TABLE)
    assert {name for name, fact in TABLE.items() if fact.kind == "gate"} == set(GATES)
    assert {name for name, fact in TABLE.items() if fact.kind == "report"} == set(REPORTS)


@pytest.mark.parametrize("name", TABLE)
def test_bands_are_those_of_the_literature(name: str) -> None:
    """No band is wider or narrower than it was set."""
    judged = {part.key: part.band(100_000) for part in TABLE[name].parts if part.bands}
    bands = {key: (band.low, band.high) for key, band in judged.items()}
    wanted = (GATES | REPORTS)[name]
    assert bands.keys() == wanted.keys()
    for key, (low, high) in wanted.items():
        assert bands[key] == pytest.approx((low, high))


def test_paths_of_a_million_have_their_own_band() -> None:
    """3.5 to 5.0 at a million members."""
    (part,) = TABLE["mean_path"].parts
    band = part.band(1_000_000)
    assert (band.low, band.high) == (3.5, 5.0)


def test_open_ends_are_open() -> None:
    """An offspring of exactly one, a slope of exactly zero and a tie of the two laws do not hold."""
    ends = {"secondary_r": ("max", 1.0), "position_decay": ("position", 0.0), "session_items": ("gain", 0.0)}
    for name, (key, value) in ends.items():
        part = next(part for part in TABLE[name].parts if part.key == key)
        assert not part.band(1).holds(value)


@pytest.mark.parametrize("name", TABLE)
def test_row_says_what_a_reader_asks(name: str) -> None:
    """Every row has its words, its source, how that is known; where it is a secondary text, a note."""
    fact = TABLE[name]
    assert all((fact.says, fact.band, fact.value, fact.source, fact.parts))
    assert fact.tag in "RSM-"
    assert fact.note or fact.tag != "S"
    if fact.runs_in != ("default",):
        assert {part.key.split(".")[0] for part in fact.parts} == set(fact.runs_in)


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("kind", ["empty", "one post"])
def test_measure_of_next_to_nothing_has_an_answer(name: str, kind: str) -> None:
    """An empty record, and one of a single post, give a reading that can be pooled and kept."""
    graph = follow_lists([(0, 1)] if kind == "one post" else [], 10)
    seen = observed(rows(post(5.0, 0, 0)) if kind == "one post" else rows(), graph=graph)
    fact = TABLE[name]
    reading = fact.measure(seen)
    again = Reading.from_json(reading.as_json())
    assert again.absent == reading.absent
    if fact.pool is not None and not reading.absent:
        figures = fact.pool([again, again])
        assert {part.key for part in fact.parts if part.bands} <= figures.keys()
