"""What to do next: the few steps that follow from a verdict, in order."""

from collections.abc import Iterator
from typing import Final

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.slo import Judgement

Step = tuple[str, str]

MOST: Final = 3

REMEDIES: Final = {
    "sent on time": (
        "Give the load generator more room, or send less: requests left later than members decided."
    ),
    "generator CPU": "Run the generator on a larger machine or send less: it was itself the bottleneck.",
    "no trend": "Lengthen the warm-up or the window: the platform had not settled.",
    "Little's law": (
        "Look at the heat map for a stall that began before the window: in-flight work does not add up."
    ),
    "counts agree": (
        "Find out who else visits the platform, or what it loses: its own counts differ from the record."
    ),
    "measured": "Lengthen the window or add members: nothing was sent in it.",
}
"""Check of a valid run -> what mends it."""


def advice(seen: Evidence) -> tuple[Step, ...]:
    """At most `MOST` steps: (what to do, why or how), commands between backticks."""
    word = seen.verdict.word
    steps = {
        "pass": _passed,
        "slo missed": _missed,
        "invalid": _invalid,
        "inconclusive": _inconclusive,
        "unfinished": _unfinished,
        "done": _done,
    }[word](seen)
    return tuple(steps)[:MOST]


def tightest(judgements: tuple[Judgement, ...]) -> Judgement | None:
    """The measured objective that is closest to its limit, or furthest beyond it."""
    measured = [line for line in judgements if line.measured and line.objective.limit]
    return max(measured, key=used, default=None)


def used(line: Judgement) -> float:
    """How much of its limit an objective uses: 1 = all of it."""
    return line.value / line.objective.limit


def _passed(seen: Evidence) -> Iterator[Step]:
    name, members = seen.run.scenario.name, seen.run.acting_members
    line = tightest(seen.verdict.judgements)
    if line is not None:
        yield (
            "Raise the load until something gives.",
            f"The tightest objective, {line.objective.text}, uses {quantity.share(used(line))} of its limit: "
            f"`flashcrowd load {name} --members {2 * members}`",
        )
    else:
        yield (
            "State objectives, so that the next run is judged.",
            f'`flashcrowd load {name} --slo "home.p95<300ms, errors<1%"`',
        )
    yield "Keep this run to compare later ones with.", f"`flashcrowd runs compare {seen.run.path} RUN`"
    yield from _second_run(seen)


def _missed(seen: Evidence) -> Iterator[Step]:
    line = tightest(seen.verdict.judgements)
    if line is not None:
        yield (
            f"Start with {line.objective.text}.",
            f"It was {quantity.of_unit(line.value, line.objective.unit)}. Zoom into the worst moment "
            "under Over time: "
            "a tower in the heat map is a stall, a rising band is saturation.",
        )
    rows = [row for row in seen.found.latency[1:] if row.errors]
    if rows:
        row = max(rows, key=lambda one: one.errors)
        yield (
            f"Ask the platform's logs why {row.action} failed.",
            f"{quantity.plural(row.errors, 'request')} of it did.",
        )
    half = max(2, seen.run.acting_members // 2)
    yield (
        "Find the load that it does hold.",
        f"`flashcrowd load {seen.run.scenario.name} --members {half}`",
    )


def _invalid(seen: Evidence) -> Iterator[Step]:
    for check in seen.verdict.checks:
        if not check.held:
            yield (
                REMEDIES.get(check.name, "Mend what the check says, and run again."),
                f"It was found that {check.sentence}.",
            )
    yield "Run again; do not use these latencies.", "An invalid run says nothing about the platform."


def _inconclusive(seen: Evidence) -> Iterator[Step]:
    yield (
        "Measure for longer, or with more members.",
        f"`flashcrowd load {seen.run.scenario.name} --duration {2 * seen.run.scenario.load.duration:.0f}s`",
    )


def _unfinished(seen: Evidence) -> Iterator[Step]:
    command = " ".join(str(word) for word in seen.run.manifest.get("command", []))
    yield (
        "Run it again, to its end.",
        f"`{command}`" if command else "The record does not say how it was made.",
    )
    yield "Use what is below for looking, not for judging.", "The record ends where the run did."


def _done(seen: Evidence) -> Iterator[Step]:
    name = seen.run.scenario.name
    if not seen.found.behaviour.total:
        yield (
            "Give the scenario more members or more time.",
            f"`flashcrowd simulate {name} --members 20000 --days 3`",
        )
        return
    other = "engagement" if seen.run.scenario.platform.ranker != "engagement" else "chronological"
    yield from _second_run(seen, f"`flashcrowd simulate {name} --ranker {other} --out runs/{other}`")
    yield (
        "Repeat with other seeds before you claim anything.",
        "One run is one draw; a claim needs twenty: `flashcrowd realism` measures over seeds.",
    )
    yield "Send the same members to a platform.", f"`flashcrowd load {name}`"


def _second_run(seen: Evidence, how: str = "") -> Iterator[Step]:
    if seen.beside is not None:
        return
    if how:
        yield "Lay another ranker beside it.", f"{how}, then `flashcrowd report {seen.run.path} --beside RUN`"
    else:
        yield (
            "See what slowness did to the cascades.",
            f"`flashcrowd load {seen.run.scenario.name} --no-feedback --out runs/open`, then "
            f"`flashcrowd report {seen.run.path} --beside runs/open`",
        )
