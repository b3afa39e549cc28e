"""`realism.json`: the study for machines."""

import json
import math
from pathlib import Path
from typing import Any, Final

from flashcrowd.core.runlog import write_text
from flashcrowd.report.realism.outcome import Measured, Outcome
from flashcrowd.report.realism.study import Study

SCHEMA: Final = 1


def study_document(study: Study) -> dict[str, Any]:
    """The content of `realism.json`; what is not known is null."""
    return {
        "schema": SCHEMA,
        "plan": study.plan.as_json(),
        "wall_s": round(study.wall_s, 1),
        "run_wall_s": list(study.run_s),
        "verdict": study.verdict.as_json(),
        "gates": {"all": len(study.gates), "failed": [outcome.fact.id for outcome in study.failed]},
        "refuted": {model: [one.fact.id for one in study.refuted(model)] for model in study.nulls},
        "facts": [_fact(study, outcome) for outcome in study.society.values()],
    }


def write_document(study: Study, path: Path) -> None:
    """Write `realism.json`."""
    write_text(path, json.dumps(study_document(study), indent=1, allow_nan=False) + "\n")


def _fact(study: Study, outcome: Outcome) -> dict[str, Any]:
    fact = outcome.fact
    return {
        "id": fact.id,
        "says": fact.says,
        "kind": fact.kind,
        "band": fact.band,
        "value": fact.value,
        "source": fact.source,
        "tag": fact.tag,
        "note": fact.note,
        "verdict": outcome.verdict,
        "parts": [
            {
                "part": found.part.key,
                "label": found.part.label,
                "unit": found.part.unit,
                "low": number(found.band.low) if found.band else None,
                "high": number(found.band.high) if found.band else None,
                "published": number(found.part.published),
                "society": _measured(found),
                "nulls": {
                    model: _measured(study.outcomes[model][fact.id].part(found.part.key))
                    for model in study.nulls
                },
            }
            for found in outcome.measured
        ],
    }


def _measured(found: Measured) -> dict[str, Any]:
    return {
        "value": number(found.value),
        "low": number(found.low),
        "high": number(found.high),
        "n": found.n,
        "verdict": found.verdict,
        "why": found.why,
    }


def number(value: float) -> float | None:
    """A figure to six digits; None when it is not known."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
