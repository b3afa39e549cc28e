"""Two runs side by side: the same members offline and live, in rates that can be compared."""

import numpy as np

from flashcrowd.core.clock import DAY, HOUR
from flashcrowd.report import quantity
from flashcrowd.report.analysis import Analysis
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.behaviour import RATED
from flashcrowd.report.metrics.quantiles import quantile
from flashcrowd.report.metrics.virality import size_ccdf
from flashcrowd.report.section import Block, Chart, Section, Table
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis
from flashcrowd.report.sections.run_names import run_names

TITLE = "Beside another run"


def section(seen: Evidence) -> Section | None:
    """The comparison; None when no second run was given."""
    if seen.beside is None:
        return None
    pair = (seen.found, seen.beside)
    names = run_names(*pair)
    title = f"{names[0].capitalize()} beside {names[1]}"
    if not all(found.behaviour.total for found in pair):
        return Section(
            "beside", "Side by side", title, "Nothing to compare: one of the two runs recorded no action."
        )
    blocks: list[Block] = [_mix(pair, names)]
    if all(found.forest.n_cascades for found in pair):
        blocks.append(_ccdf(pair, names))
    blocks.append(_table(pair, names))
    return Section("beside", "Side by side", title, _finding(pair, names), blocks)


def _finding(pair: tuple[Analysis, Analysis], names: tuple[str, str]) -> str:
    ratios = [quantity.number(found.behaviour.read_write) for found in pair]
    same = pair[0].run.manifest.get("scenario", {}).get("name") == pair[1].run.manifest.get(
        "scenario", {}
    ).get("name")
    which = "The same scenario twice" if same else "Two different scenarios"
    return (
        f"{which}: {ratios[0]} reads per write {names[0]}, {ratios[1]} {names[1]}; "
        f"{quantity.share(_overlap(pair))} of the mixes of actions is the same."
    )


def _shares(found: Analysis) -> dict[str, float]:
    return {name: n / found.behaviour.total for name, n in found.behaviour.counts.items()}


def _overlap(pair: tuple[Analysis, Analysis]) -> float:
    """1 - total variation distance of the two mixes."""
    one, other = (_shares(found) for found in pair)
    return sum(min(one.get(name, 0.0), other.get(name, 0.0)) for name in one | other)


def _mix(pair: tuple[Analysis, Analysis], names: tuple[str, str]) -> Chart:
    shares = [_shares(found) for found in pair]
    kinds = sorted(shares[0] | shares[1], key=lambda kind: -shares[0].get(kind, 0.0))
    rows = [
        {
            "name": kind,
            "of": name,
            "x": chart.plain(one.get(kind, 0.0)),
            "text": quantity.share(one.get(kind, 0.0)),
        }
        for kind in kinds
        for name, one in zip(names, shares, strict=True)
    ]
    most = 1.25 * max(max(one.values()) for one in shares)
    across = Axis("share", "share of actions", least=0, most=most)
    spec = chart.paired_bars(rows, across, ((names[0], "@orange"), (names[1], "@blue")), row_height=18)
    alt = f"{quantity.share(_overlap(pair))} of the two mixes is the same."
    return Chart("beside-mix", "Mix of actions", spec, alt)


def _ccdf(pair: tuple[Analysis, Analysis], names: tuple[str, str]) -> Chart:
    rows: list[chart.Row] = []
    for field, found in zip(("one", "other"), pair, strict=True):
        sizes, shares = size_ccdf(found.spread.size[found.spread.recorded])
        rows += [{"x": chart.plain(x), field: chart.plain(y)} for x, y in zip(sizes, shares, strict=True)]
    shown = (chart.Series("one", names[0], "@orange"), chart.Series("other", names[1], "@blue"))
    most = max(float(found.spread.size.max()) for found in pair)
    least = min(value for row in rows for key, value in row.items() if key != "x")
    across = Axis("number", "size: the original and its reposts", log=True, least=1, most=max(most * 1.1, 10))
    spec = chart.lines(
        rows,
        across,
        Axis("share", log=True, least=least * 0.8, most=1),
        shown,
        points=True,
        joined=True,
    )
    alt = f"Share of cascades of at least each size, {names[0]} and {names[1]}, both axes logarithmic."
    return Chart("beside-ccdf", "Share of cascades of at least this size", spec, alt)


def _table(pair: tuple[Analysis, Analysis], names: tuple[str, str]) -> Table:
    columns = [_column(found) for found in pair]
    rows = [[name, columns[0][name], columns[1][name]] for name in columns[0]]
    note = (
        "Rates are over the members who could act and the scenario time covered. A live run is short and "
        "its history "
        "thin, so its cascades are cut off; compare shares and rates, not totals."
    )
    return Table("Side by side", ("", *names), rows, note, wide=True)


def _column(found: Analysis) -> dict[str, str]:
    acted, own = found.behaviour, found.spread.size[found.spread.recorded]
    hours = acted.member_days * DAY / HOUR
    unshared = float((own == 1).mean()) if len(own) else float("nan")
    return {
        "members who could act": quantity.count(acted.members),
        "scenario time covered": quantity.duration(found.run.span_s),
        "actions per member-hour": quantity.number(acted.total / hours if hours else float("nan")),
        "sessions per member-day": quantity.number(
            acted.sessions / acted.member_days if acted.member_days else float("nan")
        ),
        "median session": quantity.duration(quantile(acted.session_s, 0.5)),
        "reads per write": quantity.number(acted.read_write),
        **{f"{name} per member-day": quantity.number(acted.per_member_day(name)) for name in RATED},
        "posts never reposted": quantity.share(unshared),
        "mean cascade size": quantity.number(float(np.mean(own)) if len(own) else float("nan")),
        "AI share of posts": quantity.share(found.images.post_share),
        "prompts refused": quantity.share(found.images.share(found.images.blocked)),
    }
