"""Everything over time, on one axis: load, waiting, trouble, members, cascades, images."""

from typing import Final

import numpy as np

from flashcrowd.core.events import ACTION_CODE
from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.activity import Activity, activity
from flashcrowd.report.metrics.presence import present
from flashcrowd.report.metrics.pulse import Pulse
from flashcrowd.report.metrics.timeline import Timeline, timeline
from flashcrowd.report.run import Column
from flashcrowd.report.section import Block, Chart, Section, Zoom
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis
from flashcrowd.report.sections.time_axis import TimeAxis, time_axis

TITLE: Final = "Over time"
WIDE_RANGE: Final = 30
"""From this ratio of the largest to the middle value, an axis is logarithmic."""

HOWTO: Final = (
    "All charts of this section, and every other chart over time below, share one axis: drag across "
    "any of them, "
    "or use these buttons, and all follow."
)
READS: Final = (chart.Series("read", "reads", "@blue"),)
WRITES: Final = (
    chart.Series("like", "likes", "@orange"),
    chart.Series("post", "posts", "@green"),
    chart.Series("repost", "reposts", "@red"),
    chart.Series("reply", "replies", "@purple"),
)


def section(seen: Evidence) -> Section:
    """The charts that there is anything for; a sentence where nothing was recorded."""
    found = seen.found
    if not len(found.timeline) and not found.behaviour.total:
        return Section("timeline", "Over time", TITLE, "Nothing to show: neither a request nor an action.")
    axis = time_axis(seen.run)
    drawn = [*_requests(seen, axis), *_members(seen, axis), *_spread(seen, axis), *_images(seen, axis)]
    blocks: list[Block] = [Zoom(HOWTO, axis.unit), *drawn]
    return Section("timeline", "Over time", TITLE, _finding(seen, axis), blocks)


def _finding(seen: Evidence, axis: TimeAxis) -> str:
    if len(seen.found.timeline):
        offered = seen.found.timeline
        series, which = _waited(seen)
        p99 = series.response_ms["p99"]
        worst = int(np.nanargmax(p99)) if np.isfinite(p99).any() else 0
        peak = quantity.rate(float(offered.offered.max() / offered.width_s))
        return (
            f"At most {peak} were due. Members waited longest "
            f"{axis.told(float(series.start_s[worst]))}, when the "
            f"99 % quantile of {which} was {quantity.milliseconds(float(p99[worst]))}."
        )
    beat = seen.found.pulse
    everything = np.sum(list(beat.counts.values()), axis=0)
    rate = quantity.number(float(everything.max() * 60 / beat.width_s))
    at = quantity.duration(float(beat.start_s[int(everything.argmax())]))
    return f"The busiest time was {at} into the scenario, with {rate} actions per scenario minute."


def _requests(seen: Evidence, axis: TimeAxis) -> list[Chart]:
    series = seen.found.timeline
    if not len(series):
        return []
    charts = [_offered(series, axis), _latency(seen, axis)]
    if (series.late + series.dropped + series.errors).any():
        charts.append(_troubles(seen, series, axis))
    return charts


def _offered(series: Timeline, axis: TimeAxis) -> Chart:
    shown = (chart.Series("offered", "offered", "@grey", dashed=True), chart.Series("sent", "sent", "@blue"))
    spec = chart.lines(
        _per_second(series, axis),
        axis.axis,
        Axis("count", least=0),
        shown,
        steps=True,
        marked=axis.marked,
        height=170,
    )
    peak = quantity.rate(float(series.offered.max() / series.width_s))
    unsent = int(series.dropped.sum())
    alt = f"Requests due and requests sent; at most {peak} were due, {quantity.count(unsent)} never sent."
    return Chart("load-offered", "Load offered and sent, requests per second", spec, alt, wide=True)


def _per_second(series: Timeline, axis: TimeAxis) -> list[chart.Row]:
    names = ("offered", "sent", "late", "dropped", "errors")
    per_s = {name: getattr(series, name) / series.width_s for name in names}
    return chart.rows_of(x=axis.of_run(series.start_s), **per_s)


def _waited(seen: Evidence) -> tuple[Timeline, str]:
    """Waits over time, and of what: without images, which take seconds by design and would hide the rest."""
    traffic = seen.found.all_traffic
    others = traffic.action != ACTION_CODE["generate"]
    which = "all actions but generate" if others.any() and not others.all() else "all actions"
    return timeline(traffic.where(others) if others.any() else traffic, seen.found.timeline.width_s), which


def _latency(seen: Evidence, axis: TimeAxis) -> Chart:
    """Quantiles over time."""
    series, which = _waited(seen)
    columns = {name: series.response_ms[name] for name in ("p50", "p95", "p99")}
    rows = chart.rows_of(x=axis.of_run(series.start_s), **columns, s99=series.service_ms["p99"])
    shown = (
        chart.Series("p99", "response p99", "@red"),
        chart.Series("s99", "service p99", "@grey", dashed=True),
        chart.Series("p95", "response p95", "@orange"),
        chart.Series("p50", "response p50", "@blue"),
    )
    worst = _largest(columns["p99"])
    y = Axis("ms", log=worst > WIDE_RANGE * _middle(columns["p50"]))
    spec = chart.lines(rows, axis.axis, y, shown, marked=axis.plainly_marked, height=230)
    alt = (
        "Response time counts from when a request was due, service time from when it was sent. "
        "Quantiles in bins "
        f"of {quantity.duration(series.width_s)}; the worst 99 % quantile was {quantity.milliseconds(worst)}."
    )
    return Chart("latency-over-time", f"Response and service time, {which}", spec, alt, wide=True)


def _troubles(seen: Evidence, series: Timeline, axis: TimeAxis) -> Chart:
    load = seen.found.accounting
    shown = (
        chart.Series("late", "late", "@orange"),
        chart.Series("dropped", "dropped", "@purple"),
        chart.Series("errors", "errors", "@red"),
    )
    spec = chart.lines(
        _per_second(series, axis),
        axis.axis,
        Axis("count", least=0),
        shown,
        steps=True,
        marked=axis.plainly_marked,
        height=130,
    )
    alt = (
        f"In the measured window {quantity.count(load.late)} were late, "
        f"{quantity.count(load.dropped)} dropped, "
        f"{quantity.count(load.errors)} failed."
    )
    return Chart("load-troubles", "Late, dropped and failed requests per second", spec, alt, wide=True)


def _members(seen: Evidence, axis: TimeAxis) -> list[Chart]:
    beat = seen.found.pulse
    if not len(beat.start_s):
        return []
    drawn = []
    if not len(seen.found.timeline):
        drawn.append(_rhythm(beat, axis, READS, "Reads", "reads"))
    drawn.append(_rhythm(beat, axis, WRITES, "Likes, posts, reposts and replies", "writes"))
    there = present(seen.run.lived, beat.start_s + beat.width_s / 2)
    if there.any():
        drawn.append(_present(beat, axis, there))
    return drawn


def _rhythm(beat: Pulse, axis: TimeAxis, series: tuple[chart.Series, ...], title: str, key: str) -> Chart:
    shown = [one for one in series if beat.counts[one.field].any()] or list(series[:1])
    per_min = {one.field: beat.counts[one.field] * 60 / beat.width_s for one in shown}
    rows = chart.rows_of(x=axis.of_scenario(beat.start_s), **per_min)
    spec = chart.lines(rows, axis.axis, Axis("count", least=0), shown, marked=axis.plainly_marked, height=160)
    everything = np.sum(list(per_min.values()), axis=0)
    at = axis.told(float(axis.clock(beat.start_s)[int(everything.argmax())]))
    alt = f"At most {quantity.number(float(everything.max()))} per scenario minute, {at}."
    return Chart(f"actions-{key}", f"{title} per scenario minute", spec, alt, wide=True)


def _present(beat: Pulse, axis: TimeAxis, there: Column) -> Chart:
    rows = chart.rows_of(x=axis.of_scenario(beat.start_s + beat.width_s / 2), present=there)
    shown = (chart.Series("present", "members present", "@green"),)
    spec = chart.lines(rows, axis.axis, Axis("count", least=0), shown, marked=axis.plainly_marked, height=110)
    alt = f"At most {quantity.plural(int(there.max()), 'member')} at once."
    return Chart("members-present", "Members present", spec, alt, wide=True)


def _spread(seen: Evidence, axis: TimeAxis) -> list[Chart]:
    trees = seen.found.forest
    if trees.n_nodes == trees.n_cascades:
        return []
    alive = cascades_alive(seen, axis)
    minutes = alive.width_s / 60
    rows = chart.rows_of(
        x=axis.of_scenario(alive.start_s), active=alive.active, reposts=alive.reposts / minutes
    )
    shown = (
        chart.Series("active", "active cascades", "@purple"),
        chart.Series("reposts", "reposts per minute", "@red", dashed=True),
    )
    spec = chart.lines(
        rows, axis.axis, Axis("count", least=0), shown, steps=True, marked=axis.plainly_marked, height=140
    )
    width = quantity.duration(alive.width_s)
    most = int(alive.active.max())
    alt = f"Cascades reposted within {width} of scenario time; at most {quantity.count(most)} at once."
    return [Chart("cascades-active", "Active cascades", spec, alt, wide=True)]


def cascades_alive(seen: Evidence, axis: TimeAxis) -> Activity:
    """Active cascades in the bins of the run's own rhythm."""
    beat = seen.found.pulse
    begin = float(beat.start_s[0]) if len(beat.start_s) else axis.begin_s
    return activity(seen.found.forest, begin, beat.width_s, max(1, len(beat.start_s)))


def _images(seen: Evidence, axis: TimeAxis) -> list[Chart]:
    found = seen.found.images
    if not len(found.queue):
        return []
    at = found.queue_t_s
    x = axis.of_run(at) if found.wall else axis.of_scenario(at)
    told = axis.told(float(at[int(found.queue.argmax())])) if found.wall == axis.live else "during the run"
    shown = (chart.Series("waiting", "waited for", "@purple"),)
    rows = chart.rows_of(x=x, waiting=found.queue)
    spec = chart.lines(
        rows, axis.axis, Axis("count", least=0), shown, steps=True, marked=axis.plainly_marked, height=120
    )
    alt = f"At most {quantity.count(found.longest_queue)} at once, {told}."
    return [Chart("images-queue", "Images asked for and not yet there", spec, alt, wide=True)]


def _largest(values: Column) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if len(known) else float("nan")


def _middle(values: Column) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
