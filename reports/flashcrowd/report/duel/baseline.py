"""Baselines: what several runs of one build measured, kept, and how much they differ though nothing changed.

That is the A/A calibration: it says what a single new run can show, and how often a plain threshold would
have been wrong on this machine.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import permutations
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.special import stdtrit

from flashcrowd.core.errors import RecordError, StorageError, UsageError
from flashcrowd.core.runlog import write_text
from flashcrowd.report.duel.figures import figure_named
from flashcrowd.report.duel.looks import ALPHA
from flashcrowd.report.duel.outcome import common
from flashcrowd.report.duel.recorded import Shot

SCHEMA: Final = 1
LEAST_RUNS: Final = 3
"""Runs without which their spread says too little."""

PLAIN: Final = 0.05
"""The plain threshold whose false alarms are counted."""

NAME: Final = re.compile(r"[\w.-]+")


@dataclass(frozen=True)
class Calibration:
    """How much one figure differs between runs of the same build.

    Attributes:
        name: of the figure.
        median: in its unit.
        spread: standard deviation of its logarithm (of shares: of itself).
        detectable: smallest effect at which one new run is called different, at 5 % over all figures.
        plain_alarms: share of ordered pairs of the runs in which a plain 5 % threshold would have fired.
    """

    name: str
    median: float
    spread: float
    detectable: float
    plain_alarms: float


@dataclass(frozen=True)
class Baseline:
    """A kept baseline: its name, and its runs."""

    name: str
    shots: tuple[Shot, ...]

    def calibration(self) -> list[Calibration]:
        """Every figure that all runs have."""
        names = common([shot.figures for shot in self.shots])
        return [_calibrated(name, [shot.figures[name] for shot in self.shots], len(names)) for name in names]

    def document(self) -> dict[str, Any]:
        """As it is kept, with its calibration for readers."""
        figures = [{key: _number(value) for key, value in asdict(one).items()} for one in self.calibration()]
        return {
            "schema": SCHEMA,
            "name": self.name,
            "runs": [asdict(shot) for shot in self.shots],
            "calibration": figures,
        }


def kept_baseline(name: str, shots: Sequence[Shot], folder: Path) -> Baseline:
    """Keep the runs of a build under a name, instead of those kept before.

    Raises:
        UsageError: when the name cannot be that of a file, or there are too few runs.
        StorageError: when it cannot be written.
    """
    if not NAME.fullmatch(name) or name.startswith("."):
        raise UsageError(f"{name!r}: a baseline's name has letters, digits, dots, dashes and underscores")
    if len(shots) < LEAST_RUNS:
        raise UsageError(f"{name}: a baseline needs at least {LEAST_RUNS} runs, to know how much they differ")
    scenarios = sorted({shot.scenario for shot in shots})
    if len(scenarios) > 1:
        raise UsageError(f"{name}: its runs are of different scenarios: {', '.join(scenarios)}")
    found = Baseline(name, tuple(shots))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / f"{name}.json", json.dumps(found.document(), indent=1, allow_nan=False) + "\n")
    except OSError as error:
        raise StorageError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return found


def read_baseline(path: Path) -> Baseline:
    """A kept baseline.

    Raises:
        RecordError: when the file holds none.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["schema"] != SCHEMA:
            raise RecordError(f"{path}: has schema {told['schema']}; this version reads {SCHEMA}")
        return Baseline(told["name"], tuple(Shot(**shot) for shot in told["runs"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordError(f"{path}: holds no baseline: {error}") from error


def baselines(folder: Path) -> Iterator[Baseline]:
    """Every baseline in a folder, by name."""
    for path in sorted(folder.glob("*.json")):
        yield read_baseline(path)


def _calibrated(name: str, values: list[float], figures: int) -> Calibration:
    """See `Calibration`; the smallest detectable effect is that of Student's t at alpha / `figures`."""
    figure, n = figure_named(name), len(values)
    ratio = figure.scale == "ratio"
    seen = np.log(values) if ratio else np.asarray(values)
    spread = float(seen.std(ddof=1))
    least = float(stdtrit(n - 1, 1 - ALPHA / figures / 2)) * spread * math.sqrt(1 + 1 / n)
    pairs = list(permutations(values, 2))
    alarms = np.mean([_worse(figure.better, before, after) for before, after in pairs]) if ratio else math.nan
    return Calibration(
        name, float(np.median(values)), spread, math.expm1(least) if ratio else least, float(alarms)
    )


def _worse(better: str, before: float, after: float) -> bool:
    return after > (1 + PLAIN) * before if better == "lower" else after < (1 - PLAIN) * before


def _number(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
