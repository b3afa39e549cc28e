"""What a command that makes many runs left in a folder: a capacity, a check, a plan, a study, a realism."""

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from flashcrowd.core.errors import RecordError, StorageError

KINDS: Final = {
    "capacity": ("probes", "search.json"),
    "check": ("blocks", "runs"),
    "plan": ("societies", "demand.csv"),
    "study": ("seeds", "jobs", "study.csv"),
    "realism": ("seeds", "jobs", "scale.json"),
}
"""Kind -> what it leaves beside `<kind>.json`, `<kind>.html`, `summary.md` and `junit.xml`."""


@dataclass(frozen=True)
class Answer:
    """One of them: `word` is its verdict, `name` what it was about, "" = it does not say."""

    path: Path
    kind: str
    word: str
    name: str
    begun: str

    @property
    def page(self) -> Path:
        """Its report."""
        return self.path / f"{self.kind}.html"

    def delete(self) -> None:
        """Delete what the command left, and the folder when nothing else is in it.

        Raises:
            StorageError: when something cannot be deleted.
        """
        made = (f"{self.kind}.json", f"{self.kind}.html", "summary.md", "junit.xml", *KINDS[self.kind])
        remove(self.path, made)


def answer_in(folder: Path) -> Answer | None:
    """The answer that a folder holds; None when it holds none.

    Raises:
        RecordError: when it cannot be read.
    """
    kind = next((kind for kind in KINDS if (folder / f"{kind}.json").is_file()), None)
    if kind is None:
        return None
    path = folder / f"{kind}.json"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        begun = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
    except (OSError, ValueError) as error:
        raise RecordError(f"{path}: cannot be read: {error}") from error
    if not isinstance(said, dict):
        raise RecordError(f"{path}: holds no {kind}")
    return Answer(folder, kind, _word(said), _name(said, kind), begun)


def remove(folder: Path, names: tuple[str, ...]) -> None:
    """Delete what has these names in a folder, and the folder when nothing else is in it.

    Raises:
        StorageError: when something cannot be deleted.
    """
    try:
        for name in names:
            path = folder / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()
    except OSError as error:
        raise StorageError(f"{folder}: cannot be deleted: {error.strerror or error}") from error


def _word(said: dict[str, Any]) -> str:
    verdict = said.get("verdict")
    word = verdict.get("word") if isinstance(verdict, dict) else verdict
    return str(word) if word else "done"


def _name(said: dict[str, Any], kind: str) -> str:
    for key in (kind, "scenario", "candidate"):
        about = said.get(key)
        about = about.get("name") if isinstance(about, dict) else about
        if isinstance(about, str) and about:
            return about
    return ""
