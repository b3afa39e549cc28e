"""`flashcrowd check` of two settings: does content spread alike in societies that differ in one thing?"""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flashcrowd.cli.judged import report_outcome
from flashcrowd.cli.output import Output

if TYPE_CHECKING:
    from flashcrowd.core.jobs import Tell
    from flashcrowd.core.scenario import Scenario
    from flashcrowd.report.duel.comparison import Limits
    from flashcrowd.report.duel.outcome import Outcome, Pair

SETTING: Final = re.compile(r"([a-z_]+(?:\.[a-z_]+)+)=(.+)")
DAYS: Final = 2.0
MEMBERS: Final = 20_000
BYTES_PER_MEMBER: Final = 4000


@dataclass(frozen=True)
class Societies:
    """What is compared: a scenario under two settings (`path=value`), in so many pairs at most."""

    scenario: "Scenario"
    sides: tuple[str, str]
    members: int | None
    days: float | None
    most: int
    limits: "Limits"

    def pair(self, number: int) -> list[dict[str, Any]]:
        """The resolved scenarios of pair `number` (0, 1, …): of equal seed and draws."""
        size = self.members or min(MEMBERS, self.scenario.population.members)
        common = {
            "seed": self.scenario.seed + number,
            "content.draws": "author",
            "population.members": size,
            "load.members": min(size, self.scenario.load.members),
            "duration": (self.days or min(DAYS, self.scenario.duration / 86400)) * 86400,
        }
        return [self.scenario.changed(**common, **setting(side)).resolved() for side in self.sides]


def is_setting(text: str) -> bool:
    """Whether a side is a setting.

    >>> is_setting("platform.ranker=engagement"), is_setting("./serve --port={port}")
    (True, False)
    """
    return SETTING.fullmatch(text) is not None


def setting(text: str) -> dict[str, Any]:
    """The change that a setting makes; its value is read as YAML.

    >>> setting("platform.page_size=10")
    {'platform.page_size': 10}
    """
    import yaml

    found = SETTING.fullmatch(text)
    assert found is not None
    return {found[1]: yaml.safe_load(found[2])}


def check_societies(wanted: Societies, folder: Path, output: Output) -> int:
    """Simulate pairs of societies until it is clear; the exit code."""
    began = time.monotonic()
    found = _compared(wanted, folder / "pairs", output)
    name = wanted.scenario.name
    return report_outcome(found, wanted.sides, name, time.monotonic() - began, folder, output)


def simulate_pair(task: list[dict[str, Any]], tell: "Tell") -> dict[str, Any]:
    """A pair of societies, simulated, as figures: `{"pair": [baseline, candidate]}`."""
    import tempfile

    from flashcrowd.core.scenario import resolved_scenario
    from flashcrowd.report.analysis import Analysis
    from flashcrowd.report.duel.spread import spread_pair
    from flashcrowd.report.run import load_run
    from flashcrowd.sim.simulate import simulate

    with tempfile.TemporaryDirectory(prefix="flashcrowd-societies-") as folder:
        runs = []
        for number, data in enumerate(task):
            scenario = resolved_scenario(data, "check")
            path = simulate(
                scenario,
                Path(folder) / str(number),
                progress=lambda share, _, done=number: tell((done + share) / 2),  # type: ignore[misc]
                threads=1,
            )
            runs.append(Analysis(load_run(path)))
        return {"pair": list(spread_pair(*runs))}


def _compared(wanted: Societies, folder: Path, output: Output) -> "Outcome":
    from flashcrowd.core.jobs import Job, run_all, workers_for
    from flashcrowd.report.duel.looks import looks
    from flashcrowd.report.duel.outcome import outcome
    from flashcrowd.report.duel.spread import spread_figure
    from flashcrowd.report.duel.terms import SOCIETIES

    jobs = [
        Job(f"{number + 1:03}", _key(wanted.pair(number)), wanted.pair(number))
        for number in range(wanted.most)
    ]
    size = jobs[0].task[0]["population"]["members"]
    workers = min(2, workers_for(BYTES_PER_MEMBER * size))
    output.note(f"at most {len(jobs)} pairs of societies of {size:,} members, {workers} at a time")
    with output.progress() as bar:
        task = bar.add_task("pairs", total=len(jobs))
        for look in looks(wanted.most):
            due = jobs[: look.pairs]
            done = run_all(
                due, simulate_pair, folder, workers,
                lambda share, n=look.pairs: bar.update(task, completed=share * n),  # type: ignore[misc]
            )  # fmt: skip
            pairs: list[Pair] = [(one.document["pair"][0], one.document["pair"][1]) for one in done]
            found = outcome(pairs, wanted.most, wanted.limits, SOCIETIES, spread_figure)
            output.note(f"pair {look.pairs} of at most {wanted.most}: {found.verdict}")
            if found.is_clear:
                break
    return found


def _key(pair: list[dict[str, Any]]) -> str:
    """A digest of all that the figures of a pair depend on."""
    import hashlib
    import json

    from flashcrowd.report.realism.runs import measures_digest
    from flashcrowd.sim.compiled import sources_digest

    text = json.dumps([*pair, measures_digest(), sources_digest()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
