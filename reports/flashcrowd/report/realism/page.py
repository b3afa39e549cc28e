"""`realism.html`: the study as one self-contained page, a chart and a line of figures for every fact."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from flashcrowd.report import quantity
from flashcrowd.report.html import write_html
from flashcrowd.report.realism import wording
from flashcrowd.report.realism.drawings import drawings
from flashcrowd.report.realism.fact import Fact
from flashcrowd.report.realism.outcome import (
    BORDERLINE,
    INSIDE,
    NOT_MEASURED,
    NOT_SIMULATED,
    OUTSIDE,
    SHOWN,
    TOO_FEW,
    Measured,
    Outcome,
)
from flashcrowd.report.realism.plots import NAMES
from flashcrowd.report.realism.study import Study
from flashcrowd.report.section import Block, Cell, Chart, Prose, Section, Table, Tile, Tiles, Tone

TONES: Final[dict[str, Tone]] = {
    INSIDE: "good",
    BORDERLINE: "warn",
    OUTSIDE: "bad",
    NOT_SIMULATED: "bad",
    TOO_FEW: "warn",
    NOT_MEASURED: "plain",
    SHOWN: "plain",
}

GROUPS: Final = {
    "graph": ("Follow graph", "Who follows whom at the start of the runs."),
    "behaviour": ("Behaviour", "How members come, read and write."),
    "cascades": ("Cascades", "How posts spread on the follow graph."),
    "attention": ("Attention", "Whom and what attention falls on, and what it leads to."),
    "images": ("AI images", "Who posts generated images, and how long they take."),
    "membership": ("Membership", "Who stays, and what is reported."),
}
"""Group of facts -> title and finding of its section."""

TAGS: Final = {"R": "read at the source", "M": "measured on real data"}


def write_page(study: Study, path: Path) -> None:
    """Write `realism.html`."""
    plan = study.plan
    days = f"{quantity.number(plan.end_s / 86400)} days"
    subtitle = (
        f"Published facts against a society of {plan.members:,} members, "
        f"{quantity.plural(len(plan.seeds), 'seed')} of {days} each" + ", beside two null models" * plan.nulls
    )
    write_html("Is the society believable?", subtitle, study.verdict, sections(study), path)


def sections(study: Study) -> list[Section]:
    """The sections of the page, in order."""
    groups = (_group(study, key) for key in GROUPS)
    beside = [_nulls(study)] if study.nulls else []
    return [_summary(study), *groups, *beside, _about(study)]


def _summary(study: Study) -> Section:
    return Section(
        "summary", "Verdict", "Verdict", study.verdict.sentence, [Tiles(_tiles(study)), _facts(study)]
    )


def _tiles(study: Study) -> list[Tile]:
    held = len(study.gates) - len(study.failed)
    reported = [one for one in study.society.values() if one.fact.kind == "report"]
    inside = sum(one.verdict in (INSIDE, BORDERLINE, SHOWN) for one in reported)
    plan = study.plan
    return [
        Tile("gates not failed", f"{held} of {len(study.gates)}", "facts that must hold", _tone(study)),
        Tile("other facts inside", f"{inside} of {len(reported)}", "shown, not required"),
        Tile("members", quantity.count(plan.members), f"{quantity.plural(len(plan.seeds), 'seed')}"),
        Tile("days", quantity.number((plan.end_s - plan.start_s) / 86400), "judged, after the warm-up"),
        *(
            Tile(f"{NAMES[model]} fails", quantity.plural(len(study.refuted(model)), "gate"), "on cascades")
            for model in study.nulls
        ),
    ]


def _tone(study: Study) -> Tone:
    return "bad" if study.failed else "good"


def _facts(study: Study) -> Table:
    rows: list[list[str | Cell]] = []
    for outcome in study.society.values():
        if not any(found.n for found in outcome.measured):
            rows.append([outcome.fact.id, "", _verdict(outcome.verdict), *[""] * 5])
            continue
        for found in outcome.measured:
            beside = [study.outcomes[model][outcome.fact.id].part(found.part.key) for model in study.nulls]
            rows.append([
                f"{outcome.fact.id}.{found.part.key}",
                wording.value(found),
                _verdict(found.verdict),
                wording.interval(found),
                wording.band(found.band, found.part.unit),
                wording.published(found),
                *(Cell(wording.value(other), TONES[other.verdict]) for other in beside),
            ])  # fmt: skip
    names = [NAMES[model] for model in study.nulls]
    columns = ("figure", "measured", "verdict", "99 % interval", "band", "published", *names)
    note = (
        "Intervals are over seeds: Student's for means, a bootstrap of whole seeds for pooled figures. "
        "Borderline: the figure is inside its band, its interval reaches out."
    )
    return Table("Every fact", columns, rows, note, wide=True)


def _verdict(word: str) -> Cell:
    return Cell(word, TONES[word])


def _group(study: Study, key: str) -> Section:
    title, finding = GROUPS[key]
    outcomes = [outcome for outcome in study.society.values() if outcome.fact.group == key]
    blocks = [block for outcome in outcomes for block in _charts(study, outcome)]
    missed = [outcome.fact.id for outcome in outcomes if outcome in study.failed]
    told = f"{finding} " + (f"Not met: {', '.join(missed)}." if missed else "Every gate here is met.")
    if not any(outcome.fact.kind == "gate" for outcome in outcomes):
        told = finding
    return Section(key, title, title, told, blocks)


def _charts(study: Study, outcome: Outcome) -> Iterable[Block]:
    drawn = drawings(study, outcome)
    for place, (title, spec) in enumerate(drawn):
        alt = _caption(outcome) if place == len(drawn) - 1 else _capital(f"{title}.")
        key = f"fact-{outcome.fact.id.replace('_', '-')}" + (f"-{place}" if place else "")
        yield Chart(key, _capital(f"{outcome.fact.says}: {title}"), spec, alt)


def _caption(outcome: Outcome) -> str:
    """What was measured, what must be, what is published, in a few sentences."""
    fact = outcome.fact
    kind = "Gate" if fact.kind == "gate" else "Reported"
    told = "; ".join(_told(found) for found in outcome.measured if found.n)
    reason = outcome.measured[0].why
    measured = told or f"Not measured: {reason or 'too little in these runs'}"
    source = ", ".join(word for word in (fact.source.replace("measured", TAGS["M"]), _known(fact)) if word)
    note = f" {fact.note}" if fact.note else ""
    return (
        f"{kind}, {outcome.verdict}. {measured}. Band: {fact.band}. Published: {fact.value} ({source}).{note}"
    )


def _known(fact: Fact) -> str:
    """How the source is known, where neither its name nor the note says so."""
    return TAGS[fact.tag] if fact.tag == "R" else ""


def _told(found: Measured) -> str:
    interval = wording.interval(found)
    span = f" ({interval})" if interval != quantity.MISSING else ""
    return f"{found.part.label} {wording.value(found)}{span}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _nulls(study: Study) -> Section:
    gates = [one for one in study.gates if one.fact.group == "cascades"]
    rows: list[list[str | Cell]] = []
    for outcome in gates:
        verdicts = [study.outcomes[model][outcome.fact.id].verdict for model in study.nulls]
        cells = [Cell(word, TONES[word]) for word in (outcome.verdict, *verdicts)]
        rows.append([outcome.fact.id, outcome.fact.says, *cells])
    columns = ("fact", "", "society", *study.nulls.values())
    counts = " and ".join(
        f"the {name} fails {len(study.refuted(model))}" for model, name in study.nulls.items()
    )
    finding = f"Of {len(gates)} gates on cascades, {counts}."
    texts = [
        "Both models spread posts on the society's own follow graph.",
        "One-beta SIR: the society's own posts, each passed on along every follow with the same "
        "chance; that chance is set so that the mean cascade has the society's size.",
        "Stationary sampler: every member posts and reposts at the mean rates that it has in the society, "
        "evenly in time; a repost takes any item of the last day from the accounts it follows.",
    ]
    table = Table("Gates on cascades", columns, rows, "", text_columns=(0, 1, 2, 3, 4), wide=True)
    return Section("nulls", "Null models", "Null models", finding, [table, *map(Prose, texts)])


def _about(study: Study) -> Section:
    plan = study.plan
    mean_s = sum(study.run_s) / len(study.run_s) if study.run_s else float("nan")
    rows = [
        ["members", f"{plan.members:,}"],
        ["seeds", ", ".join(map(str, plan.seeds))],
        ["days simulated", quantity.number(plan.end_s / 86400)],
        ["warm-up, not judged", f"{quantity.number(plan.start_s / 86400)} days"],
        ["cascades followed up for", f"{quantity.number(plan.follow_up_s / 86400)} days"],
        ["wall time of a seed", quantity.duration(mean_s)],
        ["wall time of this study", quantity.duration(study.wall_s)],
    ]
    finding = (
        f"{quantity.plural(len(plan.seeds), 'run')} of the default society, told apart by their seed alone."
    )
    table = Table("What was run", ("", "value"), rows, text_columns=(0, 1))
    return Section("about", "The study", "The study", finding, [table])
