"""What the members did: the mix of actions, and what follows what."""

import numpy as np

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.behaviour import Behaviour
from flashcrowd.report.metrics.quantiles import quantile
from flashcrowd.report.metrics.transitions import Transitions
from flashcrowd.report.section import Block, Chart, Section, Table
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis

TELLING = {"session_start": "(comes)", "session_end": "(leaves)"}


def section(seen: Evidence) -> Section:
    """The mix of actions; a sentence where nobody did anything."""
    acted, steps = seen.found.behaviour, seen.found.transitions.without_rare()
    title = "What members did"
    if not acted.total:
        return Section("actions", "Actions", title, "Nothing to show: no action was recorded.")
    blocks: list[Block] = [_mix(acted), _rates(acted)]
    if steps.total:
        blocks.append(_next(steps))
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


def _next(steps: Transitions) -> Chart:
    shares = steps.shares
    names = [TELLING.get(name, name) for name in steps.names]
    rows = [
        {"from": names[row], "to": names[column], "share": chart.plain(shares[row, column]),
         "n": int(steps.counts[row, column]), "text": quantity.share(float(shares[row, column]))}
        for row, column in zip(*np.nonzero(steps.counts), strict=True)
    ]  # fmt: skip
    begins = [name for name in names if name != TELLING["session_end"]]
    ends = [name for name in names if name != TELLING["session_start"]]
    spec = chart.matrix(rows, begins, ends)
    steady = int(np.nanargmax(np.diag(shares))) if np.isfinite(np.diag(shares)).any() else 0
    alt = (
        f"Where each action leads within a visit, over {quantity.plural(steps.total, 'step')}: each "
        "line adds up to "
        f"100 %. {names[steady].capitalize()} is most often followed by itself, "
        f"{quantity.share(float(shares[steady, steady]))} of the time."
    )
    return Chart("actions-next", "What members do next", spec, alt, wide=True)
