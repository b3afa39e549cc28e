"""The runs of a study: seeds side by side in processes, the readings of each kept in a file.

What a run does is given as a function, because the society lies in another layer.
"""

import hashlib
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from flashcrowd.core.errors import StorageError
from flashcrowd.core.runlog import write_text
from flashcrowd.report import metrics
from flashcrowd.report.realism import measures
from flashcrowd.report.realism.fact import Fact, Reading
from flashcrowd.report.realism.measures.observation import Observation
from flashcrowd.report.realism.plan import Plan

SCHEMA: Final = 1
POLL_S: Final = 0.5

ModelReadings = dict[str, dict[str, Reading]]
"""Model -> fact -> reading."""

Tell = Callable[[float], None]
"""Takes the share of a run that is done, 0..1."""


@dataclass(frozen=True)
class Job:
    """One run.

    Attributes:
        scenario: which of the study's scenarios: "default", or another.
        seed: of the run.
        settings: that scenario, resolved, with this seed.
        plan: the study.
    """

    scenario: str
    seed: int
    settings: Mapping[str, Any]
    plan: Plan


@dataclass(frozen=True)
class SeedResult:
    """What one run said: readings by model, and how long it took (wall seconds)."""

    scenario: str
    seed: int
    models: ModelReadings
    wall_s: float


Work = Callable[[Job, Tell], ModelReadings]


def measure_all(facts: Sequence[Fact], seen: Observation, scenario: str = "default") -> dict[str, Reading]:
    """The readings of every fact that is measured in a scenario."""
    return {fact.id: fact.measure(seen) for fact in facts if scenario in fact.runs_in}


def run_all(
    jobs: Sequence[Job], work: Work, out: Path, key: str, workers: int, tell: Tell = lambda share: None
) -> list[SeedResult]:
    """The results of all jobs; those that an earlier call left in `out` under the same key are not run again.

    Args:
        work: does a job; must be importable by name.
        key: a digest of all that results depend on, but for scenario and seed.
        workers: processes at once; with 1 everything runs in this one.
        tell: takes the share of all jobs that is done.

    Raises:
        StorageError: when a result cannot be written.
    """
    kept = {place: _kept(_path(out, job), key) for place, job in enumerate(jobs)}
    shares = [0.0 if result is None else 1.0 for result in kept.values()]
    missing = [place for place, result in kept.items() if result is None]

    def told(place: int, share: float) -> None:
        shares[place] = max(shares[place], share)
        tell(sum(shares) / len(shares))

    run = _in_turn if workers == 1 or len(missing) < 2 else _in_processes
    for place, result in run([(place, jobs[place]) for place in missing], work, workers, told):
        _keep(_path(out, jobs[place]), key, result)
        kept[place] = result
        told(place, 1.0)
    return [result for result in kept.values() if result is not None]


def workers_for(bytes_each: float) -> int:
    """Processes that this machine has cores and memory for, at least one, when each takes so many bytes."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):  # not every system tells
        return 1
    return max(1, min(os.cpu_count() or 1, int(0.6 * memory / bytes_each)))


def measures_digest() -> str:
    """A digest of the sources of every measure: readings of other sources are not comparable."""
    digest = hashlib.sha256()
    for folder in (Path(str(measures.__file__)).parent, Path(str(metrics.__file__)).parent):
        for path in sorted(folder.glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _in_turn(
    jobs: Sequence[tuple[int, Job]], work: Work, workers: int, told: Callable[[int, float], None]
) -> Iterator[tuple[int, SeedResult]]:
    for place, job in jobs:
        yield place, _timed(work, job, partial(told, place))


def _in_processes(
    jobs: Sequence[tuple[int, Job]], work: Work, workers: int, told: Callable[[int, float], None]
) -> Iterator[tuple[int, SeedResult]]:
    context = multiprocessing.get_context("spawn")  # compiled code and threads do not survive a fork
    done = context.Array("d", len(jobs))
    with ProcessPoolExecutor(workers, context, _share_progress, (done,)) as pool:
        futures = {pool.submit(_in_child, work, job, slot): place for slot, (place, job) in enumerate(jobs)}
        try:
            while futures:
                finished, _ = wait(futures, POLL_S, FIRST_COMPLETED)
                for slot, (place, _job) in enumerate(jobs):
                    told(place, done[slot])
                for future in finished:
                    yield futures.pop(future), future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_progress: Any = None
"""In a child: the shares done of all jobs, shared with the parent."""


def _share_progress(done: Any) -> None:
    global _progress
    _progress = done


def _in_child(work: Work, job: Job, slot: int) -> SeedResult:
    def tell(share: float) -> None:
        _progress[slot] = share

    return _timed(work, job, tell)


def _timed(work: Work, job: Job, tell: Tell) -> SeedResult:
    began = time.perf_counter()
    models = work(job, tell)
    return SeedResult(job.scenario, job.seed, models, round(time.perf_counter() - began, 2))


def _path(out: Path, job: Job) -> Path:
    return out / "seeds" / f"{job.scenario}-{job.seed}.json"


def _keep(path: Path, key: str, result: SeedResult) -> None:
    models = {
        model: {name: reading.as_json() for name, reading in readings.items()}
        for model, readings in result.models.items()
    }
    document = {
        "schema": SCHEMA,
        "key": key,
        "scenario": result.scenario,
        "seed": result.seed,
        "wall_s": result.wall_s,
        "models": models,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, json.dumps(document, separators=(",", ":"), allow_nan=False))
    except OSError as error:
        raise StorageError(f"{path}: a result cannot be written: {error.strerror or error}") from error


def _kept(path: Path, key: str) -> SeedResult | None:
    """The result in a file; None when there is none, or one of another schema or key, or half of one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if (found["schema"], found["key"]) != (SCHEMA, key):
            return None
        models = {
            model: {name: Reading.from_json(reading) for name, reading in readings.items()}
            for model, readings in found["models"].items()
        }
        return SeedResult(found["scenario"], found["seed"], models, found["wall_s"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
