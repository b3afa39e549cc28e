"""`study.html`: the answer in one sentence, then what it rests on, as one self-contained page."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from flashcrowd.report import quantity
from flashcrowd.report.html import write_html
from flashcrowd.report.section import Block, Cell, Chart, Prose, Section, Table, Tile, Tiles, Tone
from flashcrowd.report.study import charts
from flashcrowd.report.study.findings import Findings
from flashcrowd.report.study.outcome import Outcome
from flashcrowd.report.study.replication import Replication
from flashcrowd.report.study.wording import difference, effect, figure, interval, relative


def write_page(found: Findings, path: Path, again: Replication | None = None) -> None:
    """Write `study.html`."""
    study, scenario = found.plan.study, found.plan.arms[found.control]
    subtitle = (
        f"{quantity.plural(len(found.arms), 'arm')}, {quantity.plural(len(found.seeds), 'seed')} each, of "
        f"{scenario.population.members:,} members over {quantity.duration(scenario.duration)}"
    )
    write_html(study.question or study.name, subtitle, found.verdict, sections(found, again), path)


def sections(found: Findings, again: Replication | None = None) -> list[Section]:
    """The sections of the page, in order."""
    wanted = [_answer(found), _differences(found), _outcomes(found), _matched(found)]
    beside = [_replication(found, again)] if again else []
    return [*(one for one in wanted if one.blocks), *beside, _about(found)]


def _answer(found: Findings) -> Section:
    outcome, arm = found.outcomes[0], found.plan.study.answering
    contrast = found.contrasts[arm, outcome.metric]
    step = contrast.difference.half_width
    tiles = [
        *(
            Tile(name, figure(found.estimates[name, outcome.metric].value, outcome.unit, step), outcome.says)
            for name in (found.control, arm)
        ),
        Tile(
            "difference",
            difference(contrast.difference.value, outcome.unit, step),
            f"99 %: {interval(contrast.difference, outcome.unit)}",
        ),
        Tile("of the control", relative(contrast.relative), "the difference in per cent"),
        Tile("effect size", effect(contrast.effect), "Hedges' g, in spreads between seeds"),
        Tile(f"higher with {arm}", f"{contrast.higher} of {contrast.difference.n}", "seeds"),
    ]
    rest = [found.sentence(outcome, other) for other in found.others if other != arm]
    chart = _chart(found, outcome, "answer")
    return Section("answer", "Answer", "Answer", found.answer, [Tiles(tiles), chart, *map(Prose, rest)])


def _differences(found: Findings) -> Section:
    arms = (found.control, *found.others)
    rows = [list(_row(found, outcome, arm)) for outcome in found.outcomes for arm in arms]
    columns = ("", "arm", "mean", "difference", "99 % interval", "relative", "effect size", "seeds higher")
    decided = sum(contrast.word != "undecided" for contrast in found.contrasts.values())
    finding = (
        f"{decided} of {quantity.plural(len(found.contrasts), 'difference')} from {found.control} "
        "have an interval that does not hold 0."
    )
    note = (
        "Differences are taken seed by seed: a run is one observation. Intervals are Student's over seeds, "
        "each for itself. Effect size: Hedges' g, the difference over the mean spread between seeds, "
        "corrected for few seeds. Green: the interval does not hold 0. pp: percentage points."
    )
    table = Table("Every outcome of every arm", columns, rows, note, text_columns=(0, 1), wide=True)
    return Section("differences", "Differences", "Differences", finding, [table])


def _control(found: Findings, outcome: Outcome) -> Iterator[str | Cell]:
    step = found.contrasts[found.others[0], outcome.metric].difference.half_width
    yield outcome.metric
    yield found.control
    yield figure(found.estimates[found.control, outcome.metric].value, outcome.unit, step)
    yield "control"
    yield from [""] * 4


def _row(found: Findings, outcome: Outcome, arm: str) -> Iterator[str | Cell]:
    if arm == found.control:
        yield from _control(found, outcome)
        return
    contrast = found.contrasts[arm, outcome.metric]
    step = contrast.difference.half_width
    yield ""
    yield arm
    yield figure(found.estimates[arm, outcome.metric].value, outcome.unit, step)
    tone: Tone = "plain" if contrast.word == "undecided" else "good"
    yield Cell(difference(contrast.difference.value, outcome.unit, step), tone)
    yield interval(contrast.difference, outcome.unit)
    yield relative(contrast.relative)
    yield effect(contrast.effect)
    yield f"{contrast.higher} of {contrast.difference.n}"


def _outcomes(found: Findings) -> Section:
    single = [one for one in found.outcomes[1:] if not charts.is_matched(one)]
    finding = "Each faint dot is a run; the large one is the mean of the arm with its 99 % interval."
    blocks = [_chart(found, one, one.metric.replace(".", "-").replace("_", "-")) for one in single]
    return Section("outcomes", "Outcomes", "Outcomes by arm", finding, blocks)


def _chart(found: Findings, outcome: Outcome, key: str) -> Chart:
    told = "; ".join(
        f"{arm} {figure(one.value, outcome.unit, one.half_width)}"
        for arm in found.arms
        for one in [found.estimates[arm, outcome.metric]]
    )
    title = _capital(outcome.says)
    return Chart(f"study-{key}", title, charts.by_arm(found, outcome), f"Means: {told}.", key == "answer")


def _matched(found: Findings) -> Section:
    sized = [one for one in found.outcomes if charts.is_matched(one)]
    known = [one for one in sized if any(found.estimates[arm, one.metric].n for arm in found.arms)]
    blocks: list[Block] = []
    if known:
        told = "; ".join(
            f"size {charts.size_range(one)}: "
            + ", ".join(
                f"{arm} {quantity.number(found.estimates[arm, one.metric].value)}" for arm in found.arms
            )
            for one in known
        )
        blocks = [
            Chart(
                "study-matched",
                "Structural virality at matched size",
                charts.matched(found, known),
                f"{_capital(told)}.",
                True,
            )
        ]
    finding = (
        "Larger cascades are deeper whatever made them, so arms are compared among cascades of one size "
        "(Juul & Ugander, PNAS 2021)."
    )
    return Section("matched", "At one size", "Virality at matched size", finding, blocks)


def _replication(found: Findings, again: Replication) -> Section:
    rows: list[list[str | Cell]] = []
    for one in again.found:
        unit, step = one.outcome.unit, one.here.difference.half_width
        word = "not known" if one.agrees is None else "yes" if one.agrees else "no"
        rows.append([
            one.outcome.metric,
            one.arm,
            Cell(word, "good" if one.agrees else "warn"),
            difference(one.here.difference.value, unit, step),
            interval(one.here.difference, unit),
            difference(one.there.difference.value, unit, step),
            interval(one.there.difference, unit),
        ])  # fmt: skip
    columns = ("outcome", "arm", "agree", "these seeds", "99 % interval", "others", "99 % interval")
    note = f"The other study lies in {again.path}; its seeds: {_seeds(again.seeds)}."
    table = Table("Found twice", columns, rows, note, text_columns=(0, 1, 2), wide=True)
    return Section("again", "Again", "The same study with other seeds", again.sentence, [table])


def _about(found: Findings) -> Section:
    study, scenario = found.plan.study, found.plan.arms[found.control]
    gains = [one.narrower for one in found.contrasts.values() if np.isfinite(one.narrower)]
    shared = f"{quantity.number(float(np.median(gains)))} times" if gains else quantity.MISSING
    rows = [
        ["members", f"{scenario.population.members:,}"],
        ["simulated", quantity.duration(scenario.duration)],
        ["seeds", _seeds(found.seeds)],
        ["runs", f"{len(found.arms) * len(found.seeds)}"],
        ["intervals without shared seeds would be wider", f"{shared} (median)"],
        ["computing time", f"{quantity.duration(found.cost.cpu_s)} of one core"],
        ["wall time of the last call", quantity.duration(found.cost.wall_s)],
        ["done by", found.cost.workers],
    ]
    arms = [[arm, _changes(study.changes[arm]), one.digest()] for arm, one in found.plan.arms.items()]
    blocks: list[Block] = [
        Table("What was run", ("", "value"), rows, text_columns=(0, 1)),
        Table("Arms", ("arm", "changes", "scenario digest"), arms, text_columns=(0, 1, 2)),
        *([Prose(study.purpose)] if study.purpose else []),
        Prose(f"In every arm: {_changes(study.change)}." if study.change else "Nothing else is changed."),
        Prose(
            "Every random draw has an address (seed, purpose, member, time), so the arms of a seed share "
            "their members, their follow graph and their luck, and differ by what was changed. The data of "
            "every chart is in study.csv."
        ),
    ]
    finding = f"The scenario is {study.scenario or 'the default one'}; {found.control} is the control."
    return Section("about", "The study", "The study", finding, blocks)


def _changes(changes: dict[str, object]) -> str:
    return ", ".join(f"{field} = {value}" for field, value in changes.items()) or "none"


def _seeds(seeds: tuple[int, ...]) -> str:
    return f"{seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else f"{seeds[0]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
