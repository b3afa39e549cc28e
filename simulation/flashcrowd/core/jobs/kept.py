"""Results of jobs in files, one each."""

import hashlib
import json
from pathlib import Path
from typing import Final

from flashcrowd.core.errors import StorageError
from flashcrowd.core.jobs.job import Done, Job
from flashcrowd.core.runlog import write_text

SCHEMA: Final = 2


def keep(folder: Path, job: Job, done: Done) -> None:
    """Keep the result of a job.

    Raises:
        StorageError: when it cannot be written.
    """
    document = {
        "schema": SCHEMA,
        "key": job.key,
        "wall_s": done.wall_s,
        "cpu_s": done.cpu_s,
        "result": done.document,
    }
    path = _path(folder, job)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_text(path, json.dumps(document, separators=(",", ":"), allow_nan=False))
    except OSError as error:
        raise StorageError(f"{path}: a result cannot be written: {error.strerror or error}") from error


def kept(folder: Path, job: Job) -> Done | None:
    """The kept result of a job; None when there is none, or one of another schema or key, or half of one."""
    try:
        found = json.loads(_path(folder, job).read_text(encoding="utf-8"))
        if (found["schema"], found["key"]) != (SCHEMA, job.key):
            return None
        return Done(dict(found["result"]), found["wall_s"], found["cpu_s"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def sources_digest(*folders: Path) -> str:
    """A digest of the sources in some folders: results of other sources are not comparable."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _path(folder: Path, job: Job) -> Path:
    return folder / f"{job.name}.json"
