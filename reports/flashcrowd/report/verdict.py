"""The verdict on a run: one word, one sentence, one exit code."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flashcrowd.core.errors import ExitCode
from flashcrowd.report import quantity
from flashcrowd.report.analysis import Analysis
from flashcrowd.report.run import Run, load_run
from flashcrowd.report.slo import Judgement, judge_objective, parse_all
from flashcrowd.report.validity import Check, tired, validity

TONES: Final = {
    "unfinished": "warn",
    "not finished": "warn",
    "too little": "bad",
    "holds nothing": "bad",
    "changed": "bad",
}
"""Words whose tone does not follow from the exit code."""

BY_EXIT: Final = {
    ExitCode.PASS: "good",
    ExitCode.SLO_MISSED: "bad",
    ExitCode.USAGE: "odd",
    ExitCode.REGRESSION: "bad",
    ExitCode.INCONCLUSIVE: "warn",
    ExitCode.INVALID: "odd",
    ExitCode.HARNESS: "odd",
}


@dataclass(frozen=True)
class Verdict:
    """What a run comes to. Unfinished and invalid come before objectives: neither is ever a pass.

    Attributes:
        exit_code: what the command that made the run says to the shell.
        word: pass, slo missed, inconclusive, invalid, unfinished, or done where nothing is judged.
        sentence: the verdict for people.
        reasons: what led to it, a sentence each.
        checks: the conditions of a valid run (live).
        judgements: the objectives of the scenario (live).
    """

    exit_code: ExitCode
    word: str
    sentence: str
    reasons: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    judgements: tuple[Judgement, ...] = ()

    @property
    def tone(self) -> str:
        """How every page colours it: good, bad, warn (not decided), odd (not to be judged)."""
        return TONES.get(self.word) or BY_EXIT[self.exit_code]

    def as_json(self) -> dict[str, Any]:
        """The verdict for machines."""
        return {
            "word": self.word,
            "exit_code": int(self.exit_code),
            "sentence": self.sentence,
            "reasons": list(self.reasons),
            "objectives": [
                {
                    "slo": line.objective.text,
                    "value": line.value,
                    "unit": line.objective.unit,
                    "verdict": line.word,
                }
                for line in self.judgements
            ],
        }


def judge(run: Run | str | Path) -> Verdict:
    """The verdict on a run, or on the run in a directory.

    Raises:
        RecordError: when the path holds no run.
        ScenarioError: when an objective of its scenario cannot be read.
    """
    return verdict(Analysis(run if isinstance(run, Run) else load_run(run)))


def verdict(found: Analysis) -> Verdict:
    """The verdict on what was found; unfinished > hopeless (invalid when the generator itself was slow) >
    invalid > slo missed > inconclusive > pass."""
    run = found.run
    objectives = parse_all(run.scenario.slo) if run.live else ()
    judged = [
        judge_objective(line, found.latency, found.accounting, found.measured, found.freshness)
        for line in objectives
    ]
    checks = validity(found)
    code, word, sentence, reasons = _decide(found, checks.reasons, judged)
    return Verdict(code, word, sentence, reasons, checks.checks, tuple(judged))


def _decide(
    found: Analysis, invalid: tuple[str, ...], judged: list[Judgement]
) -> tuple[ExitCode, str, str, tuple[str, ...]]:
    missed = tuple(line.sentence for line in judged if line.measured and not line.met)
    unmeasured = tuple(line.sentence for line in judged if not line.measured)
    if not found.run.finished:
        return ExitCode.INVALID, "unfinished", _unfinished(found), ()
    if not found.run.live:
        return ExitCode.PASS, "done", _offline(found), ()
    aborted = str(found.run.manifest.get("aborted") or "")
    doubt = tired(found.run.manifest) if aborted else ""
    if doubt:
        sentence = f"The run was ended early ({aborted}), but this is no verdict on the platform: {doubt}."
        return ExitCode.INVALID, "invalid", sentence, (doubt, aborted)
    if aborted:
        sentence = f"The run was ended early because it was hopeless: {aborted}."
        return ExitCode.SLO_MISSED, "slo missed", sentence, (aborted, *missed)
    if invalid:
        return ExitCode.INVALID, "invalid", f"This run cannot be judged: {invalid[0]}.", invalid
    if missed:
        of = quantity.plural(len(judged), "objective")
        return ExitCode.SLO_MISSED, "slo missed", f"{len(missed)} of {of} missed: {missed[0]}.", missed
    if unmeasured:
        return (
            ExitCode.INCONCLUSIVE,
            "inconclusive",
            f"Not everything was measured: {unmeasured[0]}.",
            unmeasured,
        )
    return ExitCode.PASS, "pass", _passed(found, judged), ()


def _passed(found: Analysis, judged: list[Judgement]) -> str:
    response = found.latency[0].response
    held = (
        f"All {quantity.plural(len(judged), 'objective')} met" if judged else "A valid run, no objectives set"
    )
    return (
        f"{held}: {quantity.count(found.run.acting_members)} members sent "
        f"{quantity.rate(found.accounting.sent_per_s)}, and 95 % of the requests were answered within "
        f"{quantity.milliseconds(response.p95)}."
    )


def _offline(found: Analysis) -> str:
    if not found.behaviour.total:
        return "The run is finished and its record is empty."
    largest = int(found.spread.size.max()) if found.forest.n_cascades else 0
    acted = quantity.plural(found.behaviour.total, "action")
    posted = quantity.plural(found.forest.n_recorded, "post")
    return (
        f"{quantity.count(found.run.acting_members)} members lived through "
        f"{quantity.duration(found.run.span_s)}: {acted}, {posted}, "
        f"the largest cascade reached {quantity.plural(max(largest - 1, 0), 'repost')}."
    )


def _unfinished(found: Analysis) -> str:
    state = found.run.manifest.get("state", "running")
    ended = "was killed before its end" if state == "running" else f"ended early ({state})"
    rows = len(found.run.actions["seq"]) + len(found.run.requests["request"])
    kept = quantity.plural(rows, "recorded row")
    return f"The run {ended}; this is what its {kept} say. It is not judged."
