"""`check.json`: a duel for machines, and the JSON Schema of it."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from flashcrowd.core.runlog import write_text
from flashcrowd.report.duel.comparison import FASTER, INCONCLUSIVE, SAME, SLOWER, Comparison
from flashcrowd.report.duel.outcome import Outcome, Pair

SCHEMA: Final = 1
_NUMBER: Final = {"type": ["number", "null"]}
_VERDICT: Final = {"enum": [SAME, FASTER, SLOWER, INCONCLUSIVE]}

JSON_SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "flashcrowd check",
    "type": "object",
    "required": ["schema", "verdict", "exit_code", "sentence", "baseline", "candidate", "pairs", "figures"],
    "properties": {
        "schema": {"const": SCHEMA},
        "verdict": _VERDICT,
        "exit_code": {"enum": [0, 3, 4]},
        "sentence": {"type": "string"},
        "baseline": {"type": "string"},
        "candidate": {"type": "string"},
        "pairs": {"type": "integer", "minimum": 0},
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
                    "better": {"enum": ["lower", "higher"]},
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
                    "blocks": {
                        "type": "array",
                        "description": "[baseline, candidate] of every pair",
                        "items": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                    },
                },
            },
        },
    },
}


def document(found: Outcome, pairs: Sequence[Pair], sides: tuple[str, str]) -> dict[str, Any]:
    """The content of `check.json`; what is not known is null."""
    return {
        "schema": SCHEMA,
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
        "figures": [_figure(one, pairs) for one in found.comparisons],
    }


def write_document(content: dict[str, Any], path: Path) -> None:
    """Write `check.json`."""
    write_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n")


def _figure(one: Comparison, pairs: Sequence[Pair]) -> dict[str, Any]:
    name = one.figure.name
    return {
        "name": name,
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
        "blocks": [[float(before[name]), float(after[name])] for before, after in pairs],
    }


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None
