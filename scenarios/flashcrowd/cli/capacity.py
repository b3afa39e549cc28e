"""`flashcrowd capacity`: the largest crowd that a platform holds within its objectives."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption

if TYPE_CHECKING:
    from flashcrowd.core.scenario import Scenario
    from flashcrowd.load.probing import Prober
    from flashcrowd.report.capacity.findings import Capacity, Probe
    from flashcrowd.report.capacity.search import Next
    from flashcrowd.report.slo import Objective

EXAMPLES: Final = (
    'flashcrowd capacity smoke --slo "home.p95<300ms, errors<1%"',
    "flashcrowd capacity launch_day --target http://127.0.0.1:8000 --first 10 --precision 0.05",
)

MOST_ATTEMPTS: Final = 3
"""Times that an invalid probe is made before the search gives up."""

LEAST_WINDOW_S: Final = 6.0
MEMBERS_LOOKED_AT: Final = 20_000
"""Members whose rates tell how many sessions a crowd brings."""

CONFIRMATION: Final = 2.0
"""How much longer the window of a confirmation may be."""


def command(
    scenario: Annotated[str, typer.Argument(help="A file, or the name of a bundled scenario.")],
    target: Annotated[
        str | None, typer.Option(help="Base URL of the platform; none: one is started for the search.")
    ] = None,
    slo: Annotated[
        str | None,
        typer.Option(help="Objectives, instead of the scenario's, e.g. 'home.p95<300ms, errors<1%'."),
    ] = None,
    first: Annotated[float, typer.Option(min=0.1, help="Sessions a second of the first probe.")] = 4.0,
    most: Annotated[float, typer.Option(min=0.1, help="Sessions a second that are not passed.")] = 1000.0,
    precision: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="Width of the bracket that is narrow enough.")
    ] = 0.05,
    window: Annotated[str, typer.Option(help="Longest measured window of a probe.")] = "20s",
    warm_up: Annotated[str, typer.Option(help="Before it, not measured.")] = "2s",
    feedback: Annotated[
        bool,
        typer.Option(
            "--feedback", help="Let members slow down and leave, which hides what a slow platform lacks."
        ),
    ] = False,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the scenario's.")] = None,
    adapter: Annotated[str, typer.Option(help="What the platform speaks.")] = "mastodon",
    i_own: Annotated[
        list[str] | None,
        typer.Option("--i-own", help="A public host that is yours to load; may be repeated."),
    ] = None,
    vault: Annotated[Path | None, typer.Option(help="File of the target's credentials.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Directory of the search; one that was interrupted goes on there.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Find the largest crowd that the platform holds; a bracket is the answer.

    Rates grow until one fails, are bisected, and the winner is confirmed. A probe offers sessions at its
    rate, whatever the platform answers, until its objectives are clearly kept or missed. Exit code: 0 a
    confirmed bracket, 1 nothing holds, 4 the search ended early, 5 when probes stay invalid.
    """
    from flashcrowd.core.errors import UsageError
    from flashcrowd.core.runlog import new_run_dir
    from flashcrowd.core.scenario import FEEDBACK_SWITCHES, load_scenario
    from flashcrowd.load.probing import Prober
    from flashcrowd.report.capacity.attainment import can_be_probed
    from flashcrowd.report.slo import parse_all

    output = Output(json, quiet)
    lines = None if slo is None else tuple(part.strip() for part in slo.split(",") if part.strip())
    off = {} if feedback else {f"feedback.{name}": False for name in FEEDBACK_SWITCHES}
    chosen = load_scenario(scenario).changed(**{"slo": lines, "load.warm_up": warm_up, "seed": seed, **off})
    longest_s = chosen.changed(**{"load.duration": window}).load.duration
    objectives = parse_all(chosen.slo)
    if not objectives or not all(map(can_be_probed, objectives)):
        raise UsageError(
            "capacity needs objectives on quantiles or shares, such as --slo 'home.p95<300ms, errors<1%'"
        )
    folder = out if out is not None and (out / "probes").is_dir() else new_run_dir(out, "capacity")
    with Prober(chosen, target, adapter, tuple(i_own or ()), vault) as prober:
        search = _Search(prober, objectives, folder, longest_s, output)
        found = search.run(first, precision, most, _members_per_rate(chosen))
    return _report(found, chosen.name, folder, output)


class _Search:
    """One search: makes the probes that are missing and keeps what each said beside its record."""

    def __init__(
        self,
        prober: "Prober",
        objectives: "tuple[Objective, ...]",
        folder: Path,
        longest_s: float,
        output: Output,
    ) -> None:
        self._prober = prober
        self._objectives = objectives
        self._folder = folder / "probes"
        self._longest_s = longest_s
        self._output = output

    def run(self, first: float, precision: float, most: float, members_per_rate: float) -> "Capacity":
        """Probe until the bracket is narrow and confirmed."""
        from flashcrowd.report.capacity.findings import Capacity
        from flashcrowd.report.capacity.search import bracket, next_probe

        probes: list[Probe] = []
        while (due := next_probe([one.probed for one in probes], first, precision, most)) is not None:
            probe = self._kept(due, len(probes)) or self._made(due, len(probes))
            probes.append(probe)
            bounds = bracket([one.probed for one in probes])
            said = "" if probe.worst is None else f" ({probe.worst.objective.text}: {probe.worst.kept:.1%})"
            self._output.note(
                f"{due.rate:.3g} sessions/s, {probe.requests_per_s:.0f} requests/s: {probe.probed.verdict}"
                f"{said}; the capacity is between {bounds.holds:.3g} and {bounds.fails:.3g}"
            )
        return Capacity(tuple(probes), members_per_rate)

    def _made(self, due: "Next", number: int) -> "Probe":
        """Make a probe; an invalid one again.

        Raises:
            InvalidRunError: when it stays invalid.
        """
        import shutil

        from flashcrowd.core.errors import InvalidRunError

        path = self._path(number)
        reason = "the platform does not recover"
        for _ in range(MOST_ATTEMPTS):
            shutil.rmtree(path, ignore_errors=True)  # of an attempt that was invalid, or interrupted
            if not self._prober.recover():
                continue
            longest_s = self._longest_s * (CONFIRMATION if due.confirms else 1.0)
            self._prober.probe(due.rate, longest_s, path, self._is_clear)
            probe, reason = self._read(due, path)
            if not reason:
                self._mark(path, probe)
                return probe
            self._output.note(f"{due.rate:.3g} sessions/s is probed again, it was invalid: {reason}")
        raise InvalidRunError(
            f"{due.rate:.3g} sessions/s stayed invalid over {MOST_ATTEMPTS} probes: {reason}"
        )

    def _is_clear(self, rows: Any) -> bool:
        from flashcrowd.report.capacity.attainment import OPEN, attained, judged
        from flashcrowd.report.metrics.traffic import traffic

        measured = traffic(rows)
        if measured.window_s < LEAST_WINDOW_S:
            return False
        return judged([attained(one, measured) for one in self._objectives]) != OPEN

    def _read(self, due: "Next", path: Path) -> "tuple[Probe, str]":
        """What a probe's record says, and why it may not be judged ("" = it may)."""
        from flashcrowd.report.analysis import Analysis
        from flashcrowd.report.capacity.attainment import FAIL, OPEN, attained, judged, likelier
        from flashcrowd.report.capacity.findings import probe_of
        from flashcrowd.report.capacity.search import Probed
        from flashcrowd.report.run import load_run
        from flashcrowd.report.validity import validity

        seen = Analysis(load_run(path))
        found = [attained(one, seen.measured) for one in self._objectives]
        verdict = judged(found)
        verdict = likelier(found) if verdict == OPEN else verdict
        probe = probe_of(seen.measured, self._objectives, Probed(due.rate, verdict, due.confirms), path.name)
        checks = [check for check in validity(seen).checks if not check.held]
        if verdict == FAIL:  # a platform that is over-saturated has a trend; that is the finding
            checks = [check for check in checks if check.name not in ("no trend", "Little's law")]
        return probe, checks[0].sentence if checks else ""

    def _path(self, number: int) -> Path:
        return self._folder / f"{number + 1:02}"

    def _mark(self, path: Path, probe: "Probe") -> None:
        """Say that a probe is whole: an interrupted search takes up only those."""
        from flashcrowd.core.runlog import write_text

        write_text(path / "probe.txt", f"{probe.probed.rate!r} {probe.probed.confirms}\n")

    def _kept(self, due: "Next", number: int) -> "Probe | None":
        """The probe as an earlier call left it, if that was the same one."""
        try:
            kept = (self._path(number) / "probe.txt").read_text(encoding="utf-8")
        except OSError:
            return None
        return self._read(due, self._path(number))[0] if kept == f"{due.rate!r} {due.confirms}\n" else None


def _members_per_rate(scenario: "Scenario") -> float:
    """Members of the scenario who bring one session a second in the busiest half hour of their day."""
    from flashcrowd.sim.demand import busiest_sessions_per_s
    from flashcrowd.sim.world import build_world

    members = min(MEMBERS_LOOKED_AT, scenario.population.members)
    return members / busiest_sessions_per_s(build_world(scenario.changed(**{"population.members": members})))


def _report(found: "Capacity", name: str, folder: Path, output: Output) -> int:
    from flashcrowd.report.capacity.sections import sections, verdict_of
    from flashcrowd.report.capacity.writers import PAGE, write_capacity
    from flashcrowd.report.terminal import print_summary

    content = write_capacity(found, name, folder)
    output.result({**content, "page": str(folder / PAGE)})
    print_summary(output.console(), verdict_of(found), sections(found))
    output.console().print(f"page: {folder / PAGE}", markup=False, soft_wrap=True)
    return int(found.exit_code)
