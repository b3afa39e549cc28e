"""The runs that lie in a folder, and the answers of commands that make many: what each is, how it ended; and
what differs between two runs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flashcrowd.core.errors import RecordError
from flashcrowd.core.runlog import MANIFEST, PARTED
from flashcrowd.report.answer import KINDS, answer_in, remove
from flashcrowd.report.metric import Metric
from flashcrowd.report.run import Run, load_run

DEEPEST: Final = 3
"""Levels of folders below the one that is looked through."""

MADE: Final = (
    *(
        MANIFEST,
        "members.parquet",
        "schedule.parquet",
        "metrics.json",
        "report.html",
        "summary.md",
        "junit.xml",
    ),
    *PARTED,
    "figures",
)
"""What a run leaves in its directory; nothing else is ever deleted."""


@dataclass(frozen=True)
class Shelved:
    """One run, or answer, in a folder. `problem` says why it cannot be read; "" = it can."""

    path: Path
    name: str = ""
    kind: str = ""
    state: str = ""
    started: str = ""
    seed: int | None = None
    members: int | None = None
    rows: int | None = None
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """The run for machines."""
        return {key: str(value) if key == "path" else value for key, value in vars(self).items()}


def shelf(folder: Path) -> list[Shelved]:
    """Every run in a folder and the folders below it, oldest first; what cannot be read comes last.

    The runs of a capacity, check, plan, study or realism are not shown apart from it.
    """
    paths = sorted(path.parent for path in _manifests(folder, DEEPEST))
    found = [_shelved(path) for path in paths]
    return sorted(found, key=lambda one: (bool(one.problem), one.started, str(one.path)))


def _manifests(folder: Path, levels: int) -> list[Path]:
    named = [folder / name for name in (MANIFEST, *(f"{kind}.json" for kind in KINDS))]
    if here := next((path for path in named if path.is_file()), None):
        return [here]
    if not levels or not folder.is_dir():
        return []
    below = (one for one in folder.iterdir() if one.is_dir() and not one.is_symlink())
    return [path for one in below for path in _manifests(one, levels - 1)]


def _shelved(path: Path) -> Shelved:
    try:
        answer = answer_in(path)
        if answer is not None:
            return Shelved(path, answer.name, answer.kind, answer.word, answer.begun)
        run = load_run(path)
    except RecordError as error:
        return Shelved(path, problem=str(error))
    manifest = run.manifest
    rows = manifest.get("rows")
    return Shelved(
        path=path,
        name=str((manifest.get("scenario") or {}).get("name", "")),
        kind=run.kind,
        state=str(manifest.get("state", "")),
        started=run.started,
        seed=manifest.get("seed"),
        members=manifest.get("live_members") or manifest.get("members"),
        rows=sum(rows.values()) if rows else None,
    )


def delete(run: Run) -> None:
    """Delete what a run left in its directory, and the directory when nothing else is in it.

    Raises:
        StorageError: when something cannot be deleted.
    """
    remove(run.path, MADE)


@dataclass(frozen=True)
class Difference:
    """One metric of two runs; NaN where one of them does not know it."""

    metric: Metric
    other: float

    @property
    def change(self) -> float:
        """The other value over the first, less 1; NaN where that means nothing."""
        if not self.metric.value or not math.isfinite(self.metric.value) or not math.isfinite(self.other):
            return math.nan
        return self.other / self.metric.value - 1

    @property
    def word(self) -> str:
        """`better`, `worse`, or "" where neither can be said."""
        if not math.isfinite(self.change) or not self.change or self.metric.better == "none":
            return ""
        return "better" if (self.change > 0) == (self.metric.better == "higher") else "worse"


def differences(one: Sequence[Metric], other: Sequence[Metric]) -> list[Difference]:
    """Every metric that either of two runs has, in the order of the first, what only the other has behind."""
    theirs = {metric.name: metric for metric in other}
    both = [Difference(metric, _value(theirs.pop(metric.name, None))) for metric in one]
    return both + [
        Difference(Metric(metric.name, math.nan, metric.unit, metric.better), metric.value)
        for metric in theirs.values()
    ]


def _value(metric: Metric | None) -> float:
    return metric.value if metric else math.nan
