"""The same study at several population sizes: what drifts with the number of members."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flashcrowd.core.errors import UsageError
from flashcrowd.core.runlog import write_text
from flashcrowd.report import quantity
from flashcrowd.report.realism.document import number, study_document
from flashcrowd.report.realism.outcome import SEVERITY, Measured, Outcome
from flashcrowd.report.realism.study import Study
from flashcrowd.report.verdict import Verdict


@dataclass(frozen=True)
class Row:
    """One figure at every size, smallest first.

    Attributes:
        outcome: the fact that it belongs to, as the largest population gave it.
        measured: the figure at each size.
    """

    outcome: Outcome
    measured: tuple[Measured, ...]

    @property
    def change(self) -> float:
        """The figure of the largest population over that of the smallest, minus 1; NaN when either is unknown
        or 0."""
        first, last = self.measured[0].value, self.measured[-1].value
        return last / first - 1.0 if first and math.isfinite(first) else math.nan

    @property
    def drifts(self) -> bool:
        """Whether the 99 % intervals of the smallest and the largest population are apart; one seed has
        none."""
        first, last = self.measured[0], self.measured[-1]
        return first.high < last.low or last.high < first.low

    @property
    def verdict(self) -> str:
        """The worst verdict over the sizes."""
        return max((found.verdict for found in self.measured), key=SEVERITY.index)


@dataclass(frozen=True)
class Scale:
    """Studies of one society at several sizes, smallest first."""

    studies: tuple[Study, ...]

    @property
    def rows(self) -> list[Row]:
        """Every figure that was measured at any size."""
        rows = []
        for outcome in self.studies[-1].society.values():
            for place in range(len(outcome.measured)):
                found = [study.society[outcome.fact.id].measured[place] for study in self.studies]
                if any(one.n for one in found):
                    rows.append(Row(outcome, tuple(found)))
        return rows

    @property
    def verdict(self) -> Verdict:
        """The worst verdict over the sizes, with the reasons of each."""
        worst = max((study.verdict for study in self.studies), key=lambda verdict: verdict.exit_code)
        if not worst.exit_code:
            return worst
        told = [
            (quantity.count(study.plan.members), study.verdict)
            for study in self.studies
            if study.verdict.exit_code
        ]
        sentence = "; ".join(f"{members} members: {verdict.sentence}" for members, verdict in told)
        reasons = tuple(f"{members}: {reason}" for members, verdict in told for reason in verdict.reasons)
        return Verdict(worst.exit_code, worst.word, sentence, reasons)


def scale_document(scale: Scale) -> dict[str, Any]:
    """The content of `scale.json`: every study, and what drifts between the sizes."""
    return {
        "schema": 1,
        "verdict": scale.verdict.as_json(),
        "drift": [
            {
                "part": f"{row.outcome.fact.id}.{row.measured[0].part.key}",
                "values": [number(found.value) for found in row.measured],
                "change": number(row.change),
                "drifts": row.drifts,
            }
            for row in scale.rows
        ],
        "studies": [study_document(study) for study in scale.studies],
    }


def write_scale(scale: Scale, path: Path) -> None:
    """Write `scale.json`."""
    write_text(path, json.dumps(scale_document(scale), indent=1, allow_nan=False) + "\n")


def parsed_sizes(text: str) -> list[int]:
    """Population sizes, ascending, of `250000,500000,1000000`.

    >>> parsed_sizes("500000, 250_000")
    [250000, 500000]

    Raises:
        UsageError: when they are not at least two different whole numbers of 100 or more.
    """
    try:
        sizes = sorted({int(word) for word in text.split(",")})
    except ValueError:
        sizes = []
    if len(sizes) < 2 or sizes[0] < 100:
        raise UsageError(f"sizes are {text!r}; must be two or more different numbers of members from 100 on")
    return sizes
