"""What a capacity search found: the probes, the bracket, what gave way, the law behind it, in one verdict."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from flashcrowd.core.errors import ExitCode
from flashcrowd.report import quantity
from flashcrowd.report.capacity import loads
from flashcrowd.report.capacity.attainment import FAIL, OPEN
from flashcrowd.report.capacity.evidence import PRECISION, Bracket, Evidence, Probed
from flashcrowd.report.capacity.probe import Probe
from flashcrowd.report.capacity.queueing import erlang_c, mean_wait_s
from flashcrowd.report.capacity.usl import Fit, fit


@dataclass(frozen=True)
class Capacity:
    """The answer of a search.

    Attributes:
        probes: those that count, in the order in which they were made.
        members_per_rate: members of the scenario who bring one session a second at its busiest hour.
        precision: width of the bracket that was asked for, as a share.
        offered: sessions/s beyond which the harness could not offer; infinity when it came to no limit.
    """

    probes: tuple[Probe, ...]
    members_per_rate: float
    precision: float = PRECISION
    offered: float = math.inf

    @cached_property
    def weighed(self) -> list[Probed]:
        """The probes as the search goes by them, in the same order."""
        return loads.weighed(self.probes)

    @cached_property
    def probed(self) -> Bracket:
        """The largest load that counts as held, the smallest that does as failed."""
        return Evidence(self.weighed, self.precision).bracket

    @property
    def bracket(self) -> Bracket:
        """Between which rates the capacity lies: as probed, with a margin for chance."""
        return self.probed.widened(self.precision)

    @cached_property
    def per_session(self) -> dict[str, float]:
        """Requests that a session brings, by action."""
        return loads.per_session(self.probes)

    @cached_property
    def law(self) -> Fit | None:
        """The scalability law of the probes; None for too few, or of too few requests at a time."""
        points = [probe for probe in self.probes if probe.concurrency > 0 and probe.answered_per_s > 0]
        return fit([one.concurrency for one in points], [one.answered_per_s for one in points])

    @property
    def best(self) -> Probe | None:
        """The last probe at the rate that holds."""
        found = Evidence(self.weighed, self.precision).best
        return None if found is None else self.probes[self.weighed.index(found)]

    @property
    def first_to_fail(self) -> Probe | None:
        """The probe of the smallest load that failed; where none did, of the one that stayed open."""
        pairs = list(zip(self.probes, self.weighed, strict=True))
        for verdict in (FAIL, OPEN):
            loads_ = [(one.load, probe) for probe, one in pairs if one.verdict == verdict]
            if loads_ and math.isfinite(self.probed.fails):
                return min(loads_, key=lambda pair: pair[0])[1]
        return None

    @property
    def members(self) -> float:
        """The largest crowd that holds, in members of the scenario."""
        return self.bracket.holds * self.members_per_rate

    @property
    def exit_code(self) -> ExitCode:
        """0 for a confirmed bracket, 1 when nothing holds, 4 for a bracket that is not confirmed."""
        if self.best is None:
            return ExitCode.SLO_MISSED
        return ExitCode.PASS if self.bracket.confirmed else ExitCode.INCONCLUSIVE

    @property
    def word(self) -> str:
        """`holds`, `holds nothing` or `not finished`."""
        return {ExitCode.PASS: "holds", ExitCode.SLO_MISSED: "holds nothing"}.get(
            self.exit_code, "not finished"
        )

    @property
    def sentence(self) -> str:
        """The answer for people."""
        best, found = self.best, self.bracket
        if best is None:
            return f"The platform keeps its objectives at no rate that was tried. {self.gave_way}"
        upper = "" if math.isinf(found.fails) else f" (not {quantity.number(found.fails)})"
        crowd = quantity.count(float(f"{self.members:.2g}"))
        held = quantity.number(found.holds)
        requests = quantity.number(found.holds * sum(self.per_session.values()))
        return (
            f"It holds {held} sessions/s{upper}, {requests} requests/s: a crowd of about {crowd} members at "
            f"its busiest hour. {self.gave_way}"
        )

    @property
    def gave_way(self) -> str:
        """Which objective gave way first, and how."""
        failed = self.first_to_fail
        if failed is None and math.isfinite(self.offered):
            most = quantity.number(self.offered)
            return f"Nothing gave way: more than {most} sessions/s could not be offered from here."
        if failed is None:
            return "Nothing gave way up to the largest rate that was allowed."
        worst = failed.worst
        if worst is None:
            return "No objective was clearly missed above it."
        if worst.kept >= worst.wanted:
            return f"What gave way first: {worst.objective.text}, for waits grow without end."
        kept = quantity.share(worst.kept)
        return f"What gave way first: {worst.objective.text}, kept by {kept} of what it is about."

    @property
    def little(self) -> str:
        """Little's law at the load that holds: what was counted in flight beside rate x response time."""
        best = self.best
        if best is None or math.isnan(best.mean_response_s):
            return ""
        expected = best.requests_per_s * best.mean_response_s
        return (
            f"Little's law: at the load that holds {quantity.rate(best.requests_per_s)} requests times "
            f"{quantity.duration(best.mean_response_s)} each make {quantity.number(expected)} in flight; "
            f"counted were {quantity.number(best.concurrency)}."
        )

    def erlang(self) -> "ErlangCheck | None":
        """What M/M/c says of the load that holds, with as many servers as the largest throughput needs at the
        least service time."""
        largest = max((probe.answered_per_s for probe in self.probes), default=0.0)
        if self.best is None or len(self.probes) < 2 or largest == 0.0:
            return None
        servers = max(1, round(largest * min(probe.service_s for probe in self.probes)))
        service_s, rate = servers / largest, min(self.best.answered_per_s, 0.999 * largest)
        return ErlangCheck(
            servers, service_s, rate, erlang_c(servers, rate * service_s),
            service_s + mean_wait_s(servers, rate, service_s), self.best.service_s,
        )  # fmt: skip


@dataclass(frozen=True)
class ErlangCheck:
    """M/M/c beside what was measured at the load that holds; times in s.

    `servers` of `service_s` each give the largest throughput seen; at `rate` requests/s a share `waits` would
    wait, and a request would take `expected_s`; it took `measured_s`.
    """

    servers: int
    service_s: float
    rate: float
    waits: float
    expected_s: float
    measured_s: float

    @property
    def sentence(self) -> str:
        """The comparison in words."""
        return (
            f"The largest throughput, {quantity.rate(self.servers / self.service_s)}, is that of "
            f"{quantity.plural(self.servers, 'server')} of {quantity.duration(self.service_s)} a request. "
            f"At {quantity.rate(self.rate)} M/M/c lets {quantity.share(self.waits)} of the requests wait, "
            f"and the mean one take {quantity.duration(self.expected_s)}; measured were "
            f"{quantity.duration(self.measured_s)}."
        )


def document(found: Capacity) -> dict[str, Any]:
    """The content of `capacity.json`; what is not known is null."""
    law = found.law
    return {
        "schema": 1,
        "verdict": {"word": found.word, "exit_code": int(found.exit_code), "sentence": found.sentence},
        "sessions_per_s": {"holds": _number(found.bracket.holds), "fails": _number(found.bracket.fails)},
        "confirmed": found.bracket.confirmed,
        "requests_per_session": {name: _number(value) for name, value in found.per_session.items()},
        "requests_per_s": {
            "holds": _number(found.bracket.holds * sum(found.per_session.values())),
            "fails": _number(found.bracket.fails * sum(found.per_session.values())),
        },
        "members": _number(found.members),
        "gave_way": found.gave_way,
        "offered_at_most": _number(found.offered),
        "law": law
        and {
            "sigma": [_number(v) for v in (law.law.sigma, *law.sigma)],
            "kappa": [_number(v) for v in (law.law.kappa, *law.kappa)],
            "lambda": [_number(v) for v in (law.law.lamda, *law.lamda)],
            "peak_per_s": [_number(v) for v in (law.law.peak, *law.peak)],
            "peak_in_flight": _number(law.law.peak_at),
            "extrapolated": law.extrapolates,
        },
        "probes": [_probe(*pair) for pair in zip(found.probes, found.weighed, strict=True)],
    }


def _probe(probe: Probe, weighed: Probed) -> dict[str, Any]:
    return {
        "run": probe.run,
        "rate": probe.probed.rate,
        "load": _number(weighed.load),
        "keeps_up_at": _number(weighed.knee),
        "verdict": probe.probed.verdict,
        "confirms": probe.probed.confirms,
        "requests_per_s": _number(probe.requests_per_s),
        "answered_per_s": _number(probe.answered_per_s),
        "concurrency": _number(probe.concurrency),
        "response_p95_ms": _number(probe.response_ms),
        "window_s": _number(probe.window_s),
        "objectives": [
            {"slo": one.objective.text, "requests": one.requests, "kept": _number(one.kept),
             "wanted": one.wanted, "low": _number(one.low), "high": _number(one.high),
             "reached_ms": _number(one.reached_ms), "growth": _number(one.growth),
             "forecast_ms": [_number(value) for value in one.forecast_ms], "verdict": one.verdict}
            for one in probe.objectives
        ],
    }  # fmt: skip


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if np.isfinite(value) else None
