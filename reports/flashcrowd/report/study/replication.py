"""A study beside the same study with other seeds: do they agree?"""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flashcrowd.core.errors import RecordError, UsageError
from flashcrowd.report.study.contrast import Contrast, contrast
from flashcrowd.report.study.findings import Findings
from flashcrowd.report.study.outcome import Outcome

Values = Mapping[str, Mapping[str, Sequence[float]]]


@dataclass(frozen=True)
class Again:
    """One difference found twice.

    Attributes:
        arm, outcome: what differs.
        here, there: against the control, by the seeds of this study and of the other.
    """

    arm: str
    outcome: Outcome
    here: Contrast
    there: Contrast

    @property
    def agrees(self) -> bool | None:
        """Whether 0 lies in the 99 % interval of the difference between both differences (independent seeds,
        standard errors added in squares, normal); None when that is not known."""
        widths = self.here.difference.half_width, self.there.difference.half_width
        apart = abs(self.here.difference.value - self.there.difference.value)
        return None if not math.isfinite(apart + sum(widths)) else apart <= math.hypot(*widths)


@dataclass(frozen=True)
class Replication:
    """A study and an earlier one of the same arms with other seeds.

    Attributes:
        path: directory of the other.
        seeds: of the other.
        found: every difference that both know, the one that answers the question first.
    """

    path: Path
    seeds: tuple[int, ...]
    found: tuple[Again, ...]

    @property
    def sentence(self) -> str:
        """How many differences agree."""
        known = [one for one in self.found if one.agrees is not None]
        agree = sum(bool(one.agrees) for one in known)
        away = [f"{one.outcome.metric} with {one.arm}" for one in known if not one.agrees]
        told = f" They do not agree on {', '.join(away)}." if away else ""
        return (
            f"{agree} of {len(known)} differences agree with those found with "
            f"{len(self.seeds)} other seeds (by chance 1 in 100 does not).{told}"
        )

    def as_json(self) -> dict[str, Any]:
        """The comparison for machines."""
        return {
            "seeds": list(self.seeds),
            "differences": [
                {
                    "arm": one.arm,
                    "metric": one.outcome.metric,
                    "here": one.here.difference.value,
                    "there": one.there.difference.value,
                    "agrees": one.agrees,
                }
                for one in self.found
                if one.agrees is not None
            ],
        }


def replication(found: Findings, other: Path) -> Replication:
    """This study beside the one in another directory.

    Raises:
        RecordError: when the directory holds no study.
        UsageError: when it has other arms, or shares a seed.
    """
    seeds, values = _read(other)
    missing = [arm for arm in found.arms if arm not in values]
    if missing:
        raise UsageError(f"{other}: has no arm {missing[0]!r}; it must be the same study with other seeds")
    shared = sorted(set(seeds) & set(found.seeds))
    if shared:
        raise UsageError(f"{other}: has seed {shared[0]}, too; use --seeds-from to choose other seeds")
    pairs = []
    for one in found.outcomes:
        for arm in found.others:
            mine, control = values[arm].get(one.metric), values[found.control].get(one.metric)
            if mine is not None and control is not None:
                there = contrast(mine, control)
                pairs.append(Again(arm, one, found.contrasts[arm, one.metric], there))
    return Replication(other, seeds, tuple(pairs))


def _read(folder: Path) -> tuple[tuple[int, ...], dict[str, dict[str, list[float]]]]:
    """Seeds and values of the `study.csv` in a directory."""
    path = folder / "study.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [
                (r["arm"], int(r["seed"]), r["outcome"], float(r["value"] or "nan"))
                for r in csv.DictReader(file)
            ]
    except FileNotFoundError:
        raise RecordError(f"{folder}: holds no study ({path.name} is missing)") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordError(f"{path}: cannot be read: {error}") from error
    values: dict[str, dict[str, list[float]]] = {}
    for arm, _seed, metric, value in rows:
        values.setdefault(arm, {}).setdefault(metric, []).append(value)
    return tuple(dict.fromkeys(seed for _, seed, _, _ in rows)), values
