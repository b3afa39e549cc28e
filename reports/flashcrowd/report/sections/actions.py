"""What the members did: the mix of actions, and their rhythm along the scenario clock."""

import numpy as np

from flashcrowd.core.clock import HOUR
from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.behaviour import Behaviour
from flashcrowd.report.metrics.pulse import Pulse
from flashcrowd.report.metrics.quantiles import quantile
from flashcrowd.report.section import Block, Chart, Section, Table
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis, hours_axis

READS = (chart.Series("read", "reads", "@blue"),)
WRITES = (
    chart.Series("like", "likes", "@orange"),
    chart.Series("post", "posts", "@green"),
    chart.Series("repost", "reposts", "@red"),
    chart.Series("reply", "replies", "@purple"),
)


def section(seen: Evidence) -> Section:
    """The mix of actions; a sentence where nobody did anything."""
    acted, beat = seen.found.behaviour, seen.found.pulse
    title = "What members did"
    if not acted.total:
        return Section("actions", "Actions", title, "Nothing to show: no action was recorded.")
    blocks: list[Block] = [
        _rhythm(beat, READS, "reads"),
        _rhythm(beat, WRITES, "writes"),
        _mix(acted),
        _rates(acted),
    ]
    return Section("actions", "Actions", title, _finding(acted), blocks)


def _finding(acted: Behaviour) -> str:
    text = (
        f"{quantity.count(acted.active)} of {quantity.count(acted.members)} members came; "
        f"{quantity.share(acted.reads / acted.total)} of what they did was reading"
    )
    if acted.writes:
        text += f", {quantity.number(acted.read_write)} reads for each post, reply or repost"
    if len(acted.session_s):
        text += (
            f". Half of the sessions were shorter than {quantity.duration(quantile(acted.session_s, 0.5))}"
        )
    return text + "."


def _rhythm(beat: Pulse, series: tuple[chart.Series, ...], what: str) -> Chart:
    shown = [one for one in series if beat.counts[one.field].any()] or list(series[:1])
    per_min = {one.field: beat.counts[one.field] * 60 / beat.width_s for one in shown}
    hours = beat.start_s / HOUR
    across = hours_axis(float(hours[0]), float(hours[-1] + beat.width_s / HOUR))
    rows = chart.rows_of(x=hours, **per_min)
    spec = chart.lines(rows, across, Axis("count", least=0), shown, height=200)
    everything = np.sum(list(per_min.values()), axis=0)
    peak = f"{quantity.number(float(everything.max()))} per scenario minute"
    alt = (
        f"At most {peak}, {quantity.duration(float(beat.start_s[int(everything.argmax())]))} into the "
        "scenario."
    )
    return Chart(f"actions-{what}", f"{what.capitalize()} per scenario minute", spec, alt)


def _mix(acted: Behaviour) -> Chart:
    ordered = sorted(acted.counts.items(), key=lambda pair: -pair[1])
    rows = [
        {"name": name, "x": n, "text": f"{quantity.count(n)} ({quantity.share(n / acted.total)})"}
        for name, n in ordered
    ]
    first, most = ordered[0]
    spec = chart.bars(rows, Axis("count", "actions", least=0, most=1.5 * most))
    alt = f"Most frequent is {first}, {quantity.share(most / acted.total)} of all actions."
    return Chart("actions-mix", "Actions by kind", spec, alt)


def _rates(acted: Behaviour) -> Table:
    rows = [
        [
            name,
            quantity.count(n),
            quantity.count(acted.failed[name]),
            quantity.number(acted.per_member_day(name)),
        ]
        for name, n in sorted(acted.counts.items(), key=lambda pair: -pair[1])
    ]
    note = (
        f"Per member-day: over {quantity.number(acted.member_days)} member-days, that is all "
        f"{quantity.count(acted.members)} members who could act times the scenario time covered."
    )
    return Table("Actions and their rates", ("action", "count", "not ok", "per member-day"), rows, note)
