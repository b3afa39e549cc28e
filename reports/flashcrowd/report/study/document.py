"""`study.json` and `study.csv`: the study for machines."""

import csv
import io
import json
import math
from pathlib import Path
from typing import Any, Final

from flashcrowd.core.runlog import write_text
from flashcrowd.report.study.contrast import Contrast, Estimate
from flashcrowd.report.study.findings import Findings
from flashcrowd.report.study.outcome import Outcome
from flashcrowd.report.study.replication import Replication

SCHEMA: Final = 1
COLUMNS: Final = ("arm", "seed", "outcome", "value", "unit")


def study_document(found: Findings, again: Replication | None = None) -> dict[str, Any]:
    """The content of `study.json`; what is not known is null.

    Only `cost` differs between two studies of the same arms and seeds.
    """
    study, scenario = found.plan.study, found.plan.arms[found.control]
    return {
        "schema": SCHEMA,
        "study": study.name,
        "question": study.question,
        "answer": found.answer,
        "control": found.control,
        "arms": {
            arm: {"changes": study.changes[arm], "digest": one.digest()}
            for arm, one in found.plan.arms.items()
        },
        "members": scenario.population.members,
        "duration_s": scenario.duration,
        "seeds": list(found.seeds),
        "outcomes": [_outcome(found, one) for one in found.outcomes],
        "replication": again.as_json() if again else None,
        "cost": {
            "cpu_s": round(found.cost.cpu_s, 1),
            "wall_s": round(found.cost.wall_s, 1),
            "runs_kept_from_before": found.cost.kept,
            "workers": found.cost.workers,
        },
    }


def tidy_csv(found: Findings) -> str:
    """Every outcome of every run, one a line: arm, seed, outcome, value (empty = not known), unit."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for arm in found.arms:
        for place, seed in enumerate(found.seeds):
            for one in found.outcomes:
                value = found.values[arm][one.metric][place]
                rows.writerow([arm, seed, one.metric, "" if math.isnan(value) else repr(value), one.unit])
    return text.getvalue()


def write_documents(found: Findings, out: Path, again: Replication | None = None) -> None:
    """Write `study.json` and `study.csv`."""
    text = json.dumps(study_document(found, again), indent=1, allow_nan=False)
    write_text(out / "study.json", text + "\n")
    write_text(out / "study.csv", tidy_csv(found))


def _outcome(found: Findings, one: Outcome) -> dict[str, Any]:
    return {
        "metric": one.metric,
        "says": one.says,
        "unit": one.unit,
        "arms": {arm: _estimate(found.estimates[arm, one.metric]) for arm in found.arms},
        "against_control": {arm: _contrast(found.contrasts[arm, one.metric]) for arm in found.others},
    }


def _estimate(found: Estimate) -> dict[str, Any]:
    return {
        "mean": number(found.value),
        "low": number(found.low),
        "high": number(found.high),
        "sd": number(found.spread),
        "n": found.n,
    }


def _contrast(found: Contrast) -> dict[str, Any]:
    return {
        "difference": _estimate(found.difference),
        "relative": number(found.relative),
        "effect": number(found.effect),
        "seeds_higher": found.higher,
        "verdict": found.word,
        "unpaired_over_paired_width": number(found.narrower),
    }


def number(value: float) -> float | None:
    """A figure to nine digits; None when it is not known."""
    return float(f"{value:.9g}") if math.isfinite(value) else None
