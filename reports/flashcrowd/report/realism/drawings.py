"""What is drawn for each fact: `DRAWINGS` has those with charts of their own; others stand on bands."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from scipy.special import ndtr

from flashcrowd.report.realism import published
from flashcrowd.report.realism.measures.cascades import samples
from flashcrowd.report.realism.measures.delays import EDGES_S, pooled_counts
from flashcrowd.report.realism.measures.visits import ITEMS, geometric_shares, inverse_gaussian_shares
from flashcrowd.report.realism.outcome import Outcome
from flashcrowd.report.realism.plots import (
    OTHER,
    PUBLISHED,
    Line,
    cdf_line,
    curves,
    model_curves,
    strip,
)
from flashcrowd.report.realism.study import SOCIETY, Study
from flashcrowd.report.run import Column
from flashcrowd.report.sections.axis import Axis, Spec

SHARE: Final = Axis("share", least=0, most=1)
LOG_SHARE: Final = Axis("share", log=True, least=1e-6, most=1)

Drawing = tuple[str, Spec]
"""What the chart shows, and the chart."""


def drawings(study: Study, outcome: Outcome) -> list[Drawing]:
    """The charts of a fact."""
    draw = DRAWINGS.get(outcome.fact.id)
    if draw is not None and _has_anything(outcome):
        return draw(study, outcome)
    kind = "share" if outcome.measured[0].part.unit == "share" else "number"
    return [("on its band", strip(study, outcome, kind))]


def _has_anything(outcome: Outcome) -> bool:
    readings = outcome.readings.get("default", ())
    return any(reading.figures or any(map(len, reading.samples.values())) for reading in readings)


def _follower_tail(study: Study, outcome: Outcome) -> list[Drawing]:
    lines = model_curves(study, outcome.fact.id)[:1]
    lines.append(_slope(lines[0], 0.01, 2.276, "published exponent 2.276"))
    axis = Axis("count", "followers", log=True, least=1, most=_last(lines[0]))
    return [("share of accounts with at least so many followers", curves(lines, axis, LOG_SHARE))]


def _follows(study: Study, outcome: Outcome) -> list[Drawing]:
    lines = model_curves(study, outcome.fact.id)[:1]
    axis = Axis("count", "follows", log=True, least=1, most=_last(lines[0]))
    spec = curves(lines, axis, LOG_SHARE, [(60, "published mean")])
    return [("share of accounts with at least so many follows", spec)]


def _paths(study: Study, outcome: Outcome) -> list[Drawing]:
    lines = model_curves(study, outcome.fact.id)[:1]
    axis = Axis("number", "follows apart", least=1, most=12)
    spec = curves(lines, axis, Axis("share", least=0), [(4.1, "published mean 4.1")])
    return [("share of pairs at each distance", spec)]


def _clustering(study: Study, outcome: Outcome) -> list[Drawing]:
    axis = Axis("number", "local clustering", least=0, most=1)
    lines = model_curves(study, outcome.fact.id)[:1]
    return [("share of accounts below", curves(lines, axis, SHARE, [(0.1, "band"), (0.4, "band")]))]


def _held(what: str, by: str, top: float, most: float = 1.0) -> Callable[[Study, Outcome], list[Drawing]]:
    """A chart of what the top share of people or posts holds, with the published point."""

    def draw(study: Study, outcome: Outcome) -> list[Drawing]:
        axis = Axis("share", f"{by}, from the top", least=0, most=most)
        lines = [line for line in model_curves(study, outcome.fact.id) if len(line.x)]
        told = next((part.part.published for part in outcome.measured if part.part.unit == "share"), np.nan)
        if np.isfinite(told):
            lines.append(Line(PUBLISHED, [0.0, top, top], [told, told, 0.0]))
        return [(f"share of {what} that the top holds", curves(lines, axis, SHARE))]

    return draw


def _burstiness(study: Study, outcome: Outcome) -> list[Drawing]:
    axis = Axis("number", "burstiness B", least=-1, most=1)
    marked = [(0.40, "real logs"), (0.52, "")]
    return [("share of members below", curves(model_curves(study, outcome.fact.id), axis, SHARE, marked))]


def _day(study: Study, outcome: Outcome) -> list[Drawing]:
    axis = Axis("number", "local hour, largest region", least=0, most=23)
    spec = curves(model_curves(study, outcome.fact.id), axis, Axis("number", least=0))
    return [("actions, relative to the mean hour", spec)]


def _items(study: Study, outcome: Outcome) -> list[Drawing]:
    lines = [Line(SOCIETY, line.x, line.y) for line in model_curves(study, outcome.fact.id)[:1]]
    mean, shape = outcome.part("mean").value, outcome.part("shape").value
    if np.isfinite(shape):
        lines.append(Line(PUBLISHED, ITEMS, inverse_gaussian_shares(ITEMS, mean, shape), "inverse Gaussian"))
        lines.append(Line(OTHER, ITEMS, geometric_shares(ITEMS, mean), "geometric"))
    axis = Axis("number", "items browsed", least=1, most=120)
    return [("share of sessions", curves(lines, axis, Axis("share", least=0)))]


def _minutes(study: Study, outcome: Outcome) -> list[Drawing]:
    axis = Axis("number", "minutes", log=True, least=0.1, most=200)
    lines = model_curves(study, outcome.fact.id)[:1]
    return [("share of sessions below", curves(lines, axis, SHARE, [(5, "band"), (20, "band")]))]


def _sizes(study: Study, outcome: Outcome) -> list[Drawing]:
    lines = model_curves(study, outcome.fact.id)
    most = max(_last(line) for line in lines if len(line.x))
    if outcome.fact.id == "big_cascades":
        lines.append(Line(PUBLISHED, [100, 100], [8e-5, 8e-4], "band at 100"))
    else:
        lines.append(_slope(lines[0], 1e-3, 2.0, "published exponent 2.0"))
    axis = Axis("number", "size: the original and its reposts", log=True, least=1, most=most)
    return [("share of originals that grow at least so large", curves(lines, axis, LOG_SHARE))]


def _against_quantiles(
    sample: str, axis: Axis, quantiles: Sequence[float]
) -> Callable[[Study, Outcome], list[Drawing]]:
    """A chart of the CDF over large cascades against published quantiles."""

    def draw(study: Study, outcome: Outcome) -> list[Drawing]:
        lines = [cdf_line(model, _pool(study, outcome, model)[sample]) for model in study.outcomes]
        lines.append(Line(PUBLISHED, quantiles, published.levels(quantiles)))
        return [("share of cascades below it", curves(lines, axis, SHARE))]

    return draw


def _by_bucket(
    sample: str, axis: Axis, tables: Mapping[int, Sequence[float]]
) -> Callable[[Study, Outcome], list[Drawing]]:
    """A chart for each bucket of sizes of the CDF against published quantiles."""

    def draw(study: Study, outcome: Outcome) -> list[Drawing]:
        found = []
        for least, below in published.BUCKETS.items():
            lines = []
            for model in study.outcomes:
                pool = _pool(study, outcome, model)
                chosen = (pool["size"] >= least) & (pool["size"] < below)
                lines.append(cdf_line(model, pool[sample][chosen]))
            lines.append(Line(PUBLISHED, tables[least], published.levels(tables[least])))
            title = f"share of cascades below it, size {least} to {below - 1}"
            found.append((title, curves(lines, axis, SHARE)))
        return found

    return draw


def _depth_breadth(study: Study, outcome: Outcome) -> list[Drawing]:
    depth = Axis("number", "depth", least=1, most=16)
    breadth = Axis("number", "largest generation / size", least=0, most=1)
    return [
        *_by_bucket("depth", depth, published.DEPTH)(study, outcome)[:1],
        *_by_bucket("breadth", breadth, published.BREADTH)(study, outcome)[:1],
    ]


def _delays(study: Study, outcome: Outcome) -> list[Drawing]:
    lines = []
    for model in study.outcomes:
        counts = pooled_counts(study.outcomes[model][outcome.fact.id].readings.get("default", ()))
        if counts.sum():
            lines.append(Line(model, EDGES_S, np.cumsum(counts) / counts.sum()))
    lines.append(Line(PUBLISHED, list(published.DELAY_CDF), list(published.DELAY_CDF.values())))
    axis = Axis("s", "delay", log=True, least=1, most=1e6, ticks=(1, 10, 60, 600, 3600, 21600, 86400, 604800))
    return [("share of reposts within a delay of the (re)post before", curves(lines, axis, SHARE))]


def _positions(study: Study, outcome: Outcome) -> list[Drawing]:
    axis = Axis("number", "place on the page, 0 = top", least=0, most=24)
    lines = model_curves(study, outcome.fact.id)[:1]
    return [("actions per exposure", curves(lines, axis, Axis("share", least=0)))]


def _engagement(study: Study, outcome: Outcome) -> list[Drawing]:
    return [("per item view", strip(study, outcome, "share", ("rate", "like", "repost", "reply")))]


def _waits(study: Study, outcome: Outcome) -> list[Drawing]:
    lines = model_curves(study, outcome.fact.id)[:1]
    x = np.geomspace(1, 120, 60)
    lines.append(Line(PUBLISHED, x, ndtr(np.log(x / 12) / 0.6), "the generator alone"))
    axis = Axis("s", "from asking to the post", log=True, least=1, most=600)
    return [("share of images there within", curves(lines, axis, SHARE))]


DRAWINGS: Final[dict[str, Callable[[Study, Outcome], list[Drawing]]]] = {
    "indegree_tail": _follower_tail,
    "follower_concentration": _held("followers", "accounts", 0.2),
    "mean_path": _paths,
    "clustering": _clustering,
    "mean_follows": _follows,
    "posting_concentration": _held("posts and reposts", "members", 0.1),
    "burstiness": _burstiness,
    "circadian": _day,
    "session_items": _items,
    "session_length": _minutes,
    "big_cascades": _sizes,
    "popularity_exponent": _sizes,
    "one_hop": _against_quantiles(
        "one_hop", Axis("share", "one hop from the root", least=0, most=1), published.ONE_HOP
    ),
    "structural_virality": _by_bucket(
        "virality", Axis("number", "structural virality", least=1.9, most=5), published.STRUCTURAL_VIRALITY
    ),
    "depth_breadth": _depth_breadth,
    "reshare_delay": _delays,
    "half_life": _against_quantiles(
        "half_life_min",
        Axis("number", "minutes to half of the reposts", log=True, least=1, most=1e4),
        (*published.HALF_LIFE_MIN[:-1], 1e4),
    ),
    "secondary_r": _against_quantiles(
        "offspring", Axis("number", "reposts caused by a repost", least=0, most=1), published.SECONDARY_R
    ),
    "author_attention": _held("reposts", "authors", 0.1),
    "impression_gini": _held("views", "posts", 0.1),
    "position_decay": _positions,
    "engagement": _engagement,
    "ai_concentration": _held("AI images", "their authors", 0.1),
    "generation_latency": _waits,
}  # fmt: skip
"""Fact -> its charts."""


def _pool(study: Study, outcome: Outcome, model: str) -> dict[str, Column]:
    """Samples of a model, over all seeds; empty columns where it has none."""
    pool = samples(study.outcomes[model][outcome.fact.id].readings.get("default", ()))
    nothing = np.empty(0)
    names = ("size", "virality", "depth", "breadth", "one_hop", "half_life_min", "offspring")
    return {name: pool.get(name, nothing) for name in names}


def _slope(line: Line, at_share: float, exponent: float, label: str) -> Line:
    """A straight line of a power law through the point where a CCDF falls below a share."""
    x, y = np.asarray(line.x), np.asarray(line.y)
    tail = np.flatnonzero((y <= at_share) & (y > 0))
    if not len(tail):
        return Line(PUBLISHED, [], [])
    at = tail[0]
    ends = np.array([x[at], x[tail[-1]]])
    return Line(PUBLISHED, ends, y[at] * (ends / x[at]) ** (1 - exponent), label)


def _last(line: Line) -> float:
    """The largest x with anything at it; at least 10."""
    found = [x for x, y in zip(line.x, line.y, strict=True) if y > 0]
    return 1.2 * float(max([10.0, *found]))
