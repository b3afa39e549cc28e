"""`flashcrowd capacity`: the largest crowd that a platform holds within its objectives."""

import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption

if TYPE_CHECKING:
    from flashcrowd.core.scenario import Scenario
    from flashcrowd.load.probing import Prober
    from flashcrowd.report.capacity.attainment import Attained
    from flashcrowd.report.capacity.findings import Capacity
    from flashcrowd.report.capacity.probe import Probe
    from flashcrowd.report.capacity.search import Next
    from flashcrowd.report.metrics.traffic import Traffic
    from flashcrowd.report.slo import Objective

EXAMPLES: Final = (
    'flashcrowd capacity smoke --slo "home.p95<300ms, errors<1%"',
    "flashcrowd capacity launch_day --target http://127.0.0.1:8000 --first 10 --precision 0.05",
    "flashcrowd capacity launch_day --out runs/capacity   # the same again goes on where it was interrupted",
)

MOST_PROBES: Final = 40
"""Probes after which a search that has not found its bracket ends."""

MOST_ATTEMPTS: Final = 3
"""Times that an invalid probe is made before the search gives up."""

MOST_WINDOWS: Final = 2.0
"""How much longer than usual a probe lasts at most, where a trend alone speaks against its load."""

HORIZON: Final = 2.0
"""How far trends are carried on, in usual windows."""

KEPT: Final = "probe.json"
"""What stands beside the record of a probe that counts."""

CEILING: Final = "ceiling.txt"
"""Beside the probes: the largest rate that is tried, since the harness could not offer a larger one."""

SETTINGS: Final = "search.json"
"""What a search was asked for, so that only the same one goes on in its directory."""

MEMBERS_LOOKED_AT: Final = 20_000
"""Members whose rates tell how many sessions a crowd brings."""

AT_LIMIT: Final = ("no trend", "Little's law")
"""Conditions of a valid run that a platform at its limit does not meet."""

APART_S: Final = 120.0
"""Scenario seconds from the visits of a probe to those of the next, which would else be the same."""


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
        float, typer.Option(min=0.01, max=1.0, help="Width of the bracket that is the answer.")
    ] = 0.1,
    window: Annotated[
        str,
        typer.Option(help="Measured window of a probe; up to twice as long where a trend leaves it open."),
    ] = "30s",
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

    Rates grow until one fails; what its queue lets through says where to look next; a second look confirms.
    A probe offers sessions at its rate, whatever the platform answers, and ends early when its objectives
    are clearly missed; where a trend alone speaks against a rate it goes on for longer; an invalid one is
    made again. Exit code: 0 a confirmed bracket, 1 nothing holds, 4 the search ended early, 5 when no valid
    probe holds.
    """
    from flashcrowd.core.errors import UsageError
    from flashcrowd.core.scenario import FEEDBACK_SWITCHES, load_scenario
    from flashcrowd.load.probing import Prober
    from flashcrowd.report.capacity.attainment import can_be_probed, is_on_freshness
    from flashcrowd.report.slo import parse_all

    output = Output(json, quiet)
    lines = None if slo is None else tuple(part.strip() for part in slo.split(",") if part.strip())
    off = {} if feedback else {f"feedback.{name}": False for name in FEEDBACK_SWITCHES}
    chosen = load_scenario(scenario).changed(**{"slo": lines, "load.warm_up": warm_up, "seed": seed, **off})
    window_s = chosen.changed(**{"load.duration": window}).load.duration
    objectives = parse_all(chosen.slo)
    if not objectives or not all(map(can_be_probed, objectives)):
        raise UsageError(
            "capacity needs objectives on quantiles or shares, such as --slo 'home.p95<300ms, errors<1%'"
        )
    asked = {"scenario": chosen.digest(), "target": target, "first": first, "most": most}
    asked |= {"adapter": adapter, "precision": precision, "window_s": window_s}
    there = out if _goes_on(out, asked) else None
    looks = any(map(is_on_freshness, objectives))
    with Prober(chosen, target, adapter, tuple(i_own or ()), vault, looks) as prober:
        folder = there or _new_folder(out, asked)
        search = _Search(prober, objectives, folder, window_s, output)
        try:
            found = search.run(first, precision, most, _members_per_rate(chosen))
        except KeyboardInterrupt:
            output.note(f"to go on: the same command with --out {folder}")
            raise
    return _report(found, chosen.name, folder, output)


def _goes_on(out: Path | None, asked: dict[str, Any]) -> bool:
    """Whether the directory holds the same search, which was interrupted.

    Raises:
        UsageError: when it holds another search.
    """
    import json

    from flashcrowd.core.errors import UsageError

    try:
        there = json.loads((out / SETTINGS).read_text(encoding="utf-8")) if out is not None else None
    except (OSError, ValueError):
        there = None
    if there is None:
        return False
    differs = [name for name, value in asked.items() if there.get(name) != value]
    if differs:
        raise UsageError(
            f"{out}: holds a search with another {' and '.join(differs)}; choose another directory"
        )
    return True


def _new_folder(out: Path | None, asked: dict[str, Any]) -> Path:
    """A new directory, which knows what its search was asked for."""
    import json

    from flashcrowd.core.runlog import new_run_dir, write_text

    folder = new_run_dir(out, "capacity")
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / SETTINGS, json.dumps(asked) + "\n")
    return folder


class _Search:
    """One search: makes the probes that are missing and keeps what each said beside its record."""

    def __init__(
        self,
        prober: "Prober",
        objectives: "tuple[Objective, ...]",
        folder: Path,
        window_s: float,
        output: Output,
    ) -> None:
        self._prober = prober
        self._objectives = objectives
        self._folder = folder / "probes"
        self._window_s = window_s
        self._output = output
        self._backlog_s = 0.0

    def run(self, first: float, precision: float, most: float, members_per_rate: float) -> "Capacity":
        """Probe until the bracket is narrow and confirmed, or the platform or the harness gives out.

        Raises:
            InvalidRunError, TargetError: when they do so before anything is known.
        """
        from flashcrowd.core.errors import InvalidRunError, TargetError
        from flashcrowd.report.capacity.evidence import Evidence
        from flashcrowd.report.capacity.findings import Capacity
        from flashcrowd.report.capacity.loads import weighed
        from flashcrowd.report.capacity.search import next_probe

        probes: list[Probe] = []
        ceiling = self._ceiling()
        while len(probes) < MOST_PROBES:
            due = next_probe(weighed(probes), first, precision, min(most, ceiling))
            if due is None:
                break
            try:
                probes.append(self._kept(due, len(probes)) or self._made(due, len(probes)))
            except (InvalidRunError, TargetError) as error:
                best = Evidence(weighed(probes), precision).best
                if not probes or (isinstance(error, InvalidRunError) and best is None):
                    raise
                if isinstance(error, TargetError) or best is None or due.rate <= best.rate:
                    self._output.note(f"the search ends here: {error}")
                    break
                ceiling = self._lowered(due.rate, best.rate, precision)
            else:
                self._output.note(_progress(probes, precision))
        return Capacity(tuple(probes), members_per_rate, precision, ceiling)

    def _ceiling(self) -> float:
        """Sessions/s beyond which an earlier call could not offer; infinity when there is none."""
        try:
            return float((self._folder / CEILING).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return math.inf

    def _lowered(self, invalid: float, holds: float, precision: float) -> float:
        """A smaller ceiling after a rate, above one that holds, that the harness could not offer."""
        from flashcrowd.core.runlog import write_text

        most = holds if invalid <= holds * (1 + precision) else math.sqrt(holds * invalid)
        self._output.note(f"no more than {most:.3g} sessions/s from here: so much could not be offered")
        write_text(self._folder / CEILING, f"{most!r}\n")
        return most

    def _made(self, due: "Next", number: int) -> "Probe":
        """Make a probe; an invalid one again.

        Raises:
            InvalidRunError: when it stays invalid.
            TargetError: when the platform does not recover from the probe before.
        """
        import shutil

        from flashcrowd.core.errors import InvalidRunError, TargetError

        path, reason = self._path(number), ""
        for _ in range(MOST_ATTEMPTS):
            shutil.rmtree(path, ignore_errors=True)  # of an attempt that was invalid, or interrupted
            if not self._prober.recover(self._backlog_s):
                continue
            judge = partial(self._is_clear, due.grows)
            windows = (self._window_s, MOST_WINDOWS * self._window_s)
            ended_s = self._prober.probe(due.rate, windows, path, judge, APART_S * number)
            probe, reason = self._read(due, path, ended_s)
            if not reason:
                self._mark(path, due, ended_s)
                return probe
            self._output.note(f"{due.rate:.3g} sessions/s is probed again, it was invalid: {reason}")
        if not reason:
            raise TargetError("the platform does not recover from the last probe")
        raise InvalidRunError(
            f"{due.rate:.3g} sessions/s stayed invalid over {MOST_ATTEMPTS} probes: {reason}"
        )

    def _is_clear(self, grows: bool, rows: Any) -> bool:
        """Whether a probe may end."""
        from flashcrowd.report.capacity.attainment import may_end
        from flashcrowd.report.metrics.traffic import traffic

        measured = traffic(rows["requests"])
        found = self._attained(measured, rows.get("sightings"))
        return may_end(found, measured.window_s, self._window_s, grows)

    def _attained(self, measured: "Traffic", sightings: Any) -> "list[Attained]":
        from flashcrowd.report.capacity.attainment import attained
        from flashcrowd.report.capacity.loads import came_s
        from flashcrowd.report.capacity.observed import observed

        horizon_s = HORIZON * self._window_s
        seen = [observed(one, measured, sightings) for one in self._objectives]
        until_s = float(measured.intended_s.max(initial=0.0))
        self._backlog_s = max(one.backlog_s(until_s) for one in seen)
        return [
            attained(one, about, horizon_s, came_s(one, measured))
            for one, about in zip(self._objectives, seen, strict=True)
        ]

    def _read(self, due: "Next", path: Path, ended_s: float) -> "tuple[Probe, str]":
        """What a probe's record says until its end, and why it may not be judged ("" = it may)."""
        from flashcrowd.report.analysis import Analysis
        from flashcrowd.report.capacity.attainment import LEAST_SHARE, settled
        from flashcrowd.report.capacity.evidence import Probed
        from flashcrowd.report.capacity.probe import probe_of
        from flashcrowd.report.metrics.traffic import traffic
        from flashcrowd.report.run import load_run
        from flashcrowd.report.validity import validity

        seen = Analysis(load_run(path))
        measured = seen.measured.where(seen.measured.intended_s <= ended_s)
        found = self._attained(measured, seen.run.sightings)
        brief = due.grows and measured.window_s < LEAST_SHARE * self._window_s
        probed = Probed(due.rate, settled(found, brief), due.confirms, brief)
        probe = probe_of(measured, traffic(seen.run.requests, None), found, probed, path.name)
        # A platform at its limit has a trend; that is what a probe looks for, not what makes it invalid.
        checks = [check for check in validity(seen).checks if not check.held and check.name not in AT_LIMIT]
        return probe, checks[0].sentence if checks else ""

    def _path(self, number: int) -> Path:
        return self._folder / f"{number + 1:02}"

    def _mark(self, path: Path, due: "Next", ended_s: float) -> None:
        """Say that a probe is whole: an interrupted search takes up only those."""
        import json

        from flashcrowd.core.runlog import write_text

        kept = {"rate": due.rate, "confirms": due.confirms, "ended_s": ended_s}
        write_text(path / KEPT, json.dumps(kept) + "\n")

    def _kept(self, due: "Next", number: int) -> "Probe | None":
        """The probe as an earlier call left it, if that was the same one."""
        import json

        path = self._path(number)
        try:
            kept = json.loads((path / KEPT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if (kept["rate"], kept["confirms"]) != (due.rate, due.confirms):
            return None
        return self._read(due, path, kept["ended_s"])[0]


def _progress(probes: "list[Probe]", precision: float) -> str:
    """The last probe, and what is known by now."""
    from flashcrowd.report.capacity.evidence import Evidence
    from flashcrowd.report.capacity.loads import weighed

    probe, bounds = probes[-1], Evidence(weighed(probes), precision).bracket
    said = "" if probe.worst is None else f" ({probe.worst.objective.text}: {probe.worst.kept:.1%})"
    word = f"{probe.probed.verdict}{' (confirmation)' if probe.probed.confirms else ''}"
    return (
        f"{probe.probed.rate:.3g} sessions/s, {probe.requests_per_s:.0f} requests/s, {probe.window_s:.0f} s: "
        f"{word}{said}; the capacity is between {bounds.holds:.3g} and {bounds.fails:.3g}"
    )


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
