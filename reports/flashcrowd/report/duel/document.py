"""A comparison for machines, and the JSON Schema of it, that of `check`, `compare` and `spread`."""

import json
import math
from pathlib import Path
from typing import Any, Final

from flashcrowd.core.runlog import write_text
from flashcrowd.report.duel.comparison import CHANGED, FASTER, INCONCLUSIVE, SAME, SLOWER, Comparison
from flashcrowd.report.duel.outcome import Outcome

SCHEMA: Final = 1
_NUMBERS: Final = {"type": "array", "items": {"type": ["number", "null"]}}
_NUMBER: Final = {"type": ["number", "null"]}
_VERDICT: Final = {"enum": [SAME, FASTER, SLOWER, CHANGED, INCONCLUSIVE]}

JSON_SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "flashcrowd check, compare and spread",
    "type": "object",
    "required": [
        "schema",
        "command",
        "verdict",
        "exit_code",
        "sentence",
        "baseline",
        "candidate",
        "pairs",
        "figures",
    ],
    "properties": {
        "schema": {"const": SCHEMA},
        "command": {"enum": ["check", "compare", "spread"]},
        "verdict": _VERDICT,
        "exit_code": {"enum": [0, 3, 4]},
        "sentence": {"type": "string"},
        "baseline": {"type": "string"},
        "candidate": {"type": "string"},
        "pairs": {
            "type": "integer",
            "minimum": 0,
            "description": "samples: pairs of blocks, runs, societies",
        },
        "most_pairs": {"type": "integer", "minimum": 1},
        "alpha": {"type": "number", "description": "error that the last look might spend"},
        "smallest_effect": {"type": "number", "description": "share, e.g. 0.05"},
        "smallest_share": {"type": "number", "description": "for errors, 0..1"},
        "figures": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "unit", "better", "scale", "effect", "verdict"],
                "properties": {
                    "name": {"type": "string"},
                    "unit": {"type": "string"},
                    "better": {"enum": ["lower", "higher", "neither"]},
                    "scale": {"enum": ["ratio", "difference"]},
                    "baseline": _NUMBER,
                    "candidate": _NUMBER,
                    "effect": _NUMBER,
                    "low": _NUMBER,
                    "high": _NUMBER,
                    "p": _NUMBER,
                    "adjusted_p": _NUMBER,
                    "pairs_needed": {"type": "integer"},
                    "verdict": _VERDICT,
                    "before": {**_NUMBERS, "description": "the baseline's samples"},
                    "after": {**_NUMBERS, "description": "the candidate's; of check in the same pairs"},
                },
            },
        },
    },
}


def document(found: Outcome, sides: tuple[str, str]) -> dict[str, Any]:
    """The content of the document; what is not known is null."""
    return {
        "schema": SCHEMA,
        "command": found.terms.command,
        "verdict": found.verdict,
        "exit_code": int(found.exit_code),
        "sentence": found.sentence,
        "baseline": sides[0],
        "candidate": sides[1],
        "pairs": found.pairs,
        "most_pairs": found.most_pairs,
        "alpha": found.alpha,
        "smallest_effect": found.limits.effect,
        "smallest_share": found.limits.share,
        "figures": [_figure(one) for one in found.comparisons],
    }


def write_document(content: dict[str, Any], path: Path) -> None:
    """Write the document."""
    write_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n")


def _figure(one: Comparison) -> dict[str, Any]:
    return {
        "name": one.figure.name,
        "unit": one.figure.unit,
        "better": one.figure.better,
        "scale": one.figure.scale,
        "baseline": _number(one.baseline),
        "candidate": _number(one.candidate),
        "effect": _number(one.effect),
        "low": _number(one.low),
        "high": _number(one.high),
        "p": _number(one.p),
        "adjusted_p": _number(one.adjusted_p),
        "pairs_needed": one.pairs_needed,
        "verdict": one.verdict,
        "before": [_number(value) for value in one.before],
        "after": [_number(value) for value in one.after],
    }


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None
