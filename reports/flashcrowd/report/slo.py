"""Service level objectives: lines such as `home.p95 < 300ms`, read once and judged on what a run measured."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from flashcrowd.core import clock
from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.events import ACTIONS, BRACKETS
from flashcrowd.core.registry import nearest
from flashcrowd.report import quantity
from flashcrowd.report.metrics import freshness
from flashcrowd.report.metrics.accounting import Accounting
from flashcrowd.report.metrics.freshness import Freshness
from flashcrowd.report.metrics.latency import ActionLatency
from flashcrowd.report.metrics.quantiles import quantile
from flashcrowd.report.metrics.traffic import Traffic

SHARES: Final = ("errors", "late", "dropped", "lost_writes", "wrong_counts")
"""Shares that an objective can limit.

errors: of what was sent · late, dropped: of what was offered · lost_writes, wrong_counts: of the acknowledged
posts and replies that were read again.
"""

STATISTICS: Final = ("p50", "p90", "p95", "p99", "p99.9", "mean", "max")
"""Statistics of a latency that an objective can limit."""

FRESHNESS: Final = "freshness"
NEVER: Final = "never"
VISIBILITY: Final = (*freshness.LEVELS, NEVER)
"""Statistics of the time to visibility that an objective can limit; never: the share that was not seen."""

SUBJECTS: Final = ("all", *(name for name in ACTIONS if name not in BRACKETS))

_LINE: Final = re.compile(
    r"^\s*(?P<name>[\w.]+)\s*(?P<sign><=|<)\s*(?P<limit>[\d.]+)\s*(?P<unit>%|[a-z]*)\s*$"
)
_SHAPES: Final = (
    "`home.p95 < 300ms`, `home.service.p99 < 1s`, `errors < 1%`, `generate.errors < 2%`, "
    "`freshness.p95 < 10s`, `lost_writes < 0.1%`"
)


@dataclass(frozen=True)
class Objective:
    """One line, read.

    Attributes:
        text: the line as written.
        subject: an action, "all", or "freshness" (time to visibility).
        time: response (what members wait: from due to answered) or service (from sent to answered).
        statistic: one of a latency or of the time to visibility, or one of `SHARES`.
        inclusive: whether the limit itself is allowed.
        limit: ms for a latency, 0..1 for a share.
    """

    text: str
    subject: str
    time: Literal["response", "service"]
    statistic: str
    inclusive: bool
    limit: float

    @property
    def unit(self) -> str:
        """The unit of the limit and of what is measured."""
        return "share" if _is_share(self.statistic) else "ms"


@dataclass(frozen=True)
class Judgement:
    """An objective and what was measured; `value` is NaN when nothing was."""

    objective: Objective
    value: float

    @property
    def measured(self) -> bool:
        """Whether the run has an answer."""
        return math.isfinite(self.value)

    @property
    def met(self) -> bool:
        """Whether the objective was measured and kept."""
        limit = self.objective.limit
        return self.measured and (self.value < limit or (self.objective.inclusive and self.value == limit))

    @property
    def word(self) -> str:
        """`met`, `missed` or `not measured`."""
        return ("met" if self.met else "missed") if self.measured else "not measured"

    @property
    def sentence(self) -> str:
        """What was asked and what was found."""
        if not self.measured:
            what = (
                "no such request was sent" if is_on_requests(self.objective) else "too little was looked at"
            )
            return f"{self.objective.text}: not measured, {what}"
        found = quantity.of_unit(self.value, self.objective.unit)
        return f"{self.objective.text}: {self.word}, it was {found}"


def parse(text: str) -> Objective:
    """The objective in one line.

    >>> parse("home.p95 < 300ms").limit, parse("home.service.p99<1s").time, parse("errors < 1%").limit
    (300.0, 'service', 0.01)

    Raises:
        ScenarioError: names what was found and what is allowed.
    """
    match = _LINE.match(text)
    if not match:
        raise ScenarioError(f"slo {text!r} is not an objective; allowed are lines such as {_SHAPES}")
    subject, time, statistic = _named(text, match["name"])
    limit = _limit(text, statistic, match["limit"], match["unit"])
    return Objective(text.strip(), subject, time, statistic, match["sign"] == "<=", limit)


def parse_all(lines: Sequence[str]) -> tuple[Objective, ...]:
    """The objectives of a scenario.

    Raises:
        ScenarioError: for the first line that is none.
    """
    return tuple(parse(line) for line in lines)


def judge_objective(
    objective: Objective,
    latency: Sequence[ActionLatency],
    found: Accounting,
    measured: Traffic,
    seen: Freshness,
) -> Judgement:
    """What the measured window, and what was looked at beside it, says about one objective."""
    if objective.subject == FRESHNESS:
        return Judgement(objective, _visibility(objective, seen))
    if objective.statistic in ("lost_writes", "wrong_counts"):
        lost = objective.statistic == "lost_writes"
        return Judgement(objective, seen.lost_share if lost else seen.wrong_share)
    row = next((row for row in latency if row.action == objective.subject), None)
    if objective.statistic == "errors":
        return Judgement(objective, row.error_share if row else math.nan)
    if objective.statistic in SHARES:
        value = found.late_share if objective.statistic == "late" else found.dropped_share
        return Judgement(objective, value)
    return Judgement(objective, _statistic(objective, measured) if row else math.nan)


def _visibility(objective: Objective, seen: Freshness) -> float:
    """The time to visibility; where it is only known to be longer than a time, that time, if it decides."""
    if objective.statistic == NEVER:
        return seen.never_share
    value = seen.quantile_ms(freshness.LEVELS[objective.statistic])
    if math.isinf(value):
        return seen.longest_ms if seen.longest_ms >= objective.limit else math.nan
    return value


def _is_share(statistic: str) -> bool:
    return statistic in SHARES or statistic == NEVER


def is_on_requests(objective: Objective) -> bool:
    """Whether an objective is on the members' requests, not on what was looked at beside them."""
    return objective.subject != FRESHNESS and objective.statistic not in ("lost_writes", "wrong_counts")


def _statistic(objective: Objective, measured: Traffic) -> float:
    chosen = measured.sent
    if objective.subject != "all":
        chosen = chosen & (measured.action == ACTIONS.index(objective.subject))
    values = (measured.response_ms if objective.time == "response" else measured.service_ms)[chosen]
    if objective.statistic == "mean":
        return float(values.mean())
    return quantile(values, 1.0 if objective.statistic == "max" else float(objective.statistic[1:]) / 100)


def _named(text: str, name: str) -> tuple[str, Literal["response", "service"], str]:
    """Subject, time and statistic of a dotted name."""
    if name in SHARES:
        return "all", "response", name
    subject, _, rest = name.partition(".")
    if subject == FRESHNESS:
        if rest not in VISIBILITY:
            known = f"{', '.join(VISIBILITY)}{nearest(rest, VISIBILITY)}"
            raise ScenarioError(f"slo {text!r}: freshness.{rest} is unknown; must be one of {known}")
        return subject, "response", rest
    if not rest or subject not in SUBJECTS:
        allowed = [*SHARES, FRESHNESS, *SUBJECTS]
        raise ScenarioError(f"slo {text!r}: {subject} is unknown{nearest(subject, allowed)} ({_SHAPES})")
    time, statistic = ("", rest) if rest in STATISTICS or "." not in rest else rest.split(".", 1)
    if time not in ("", "response", "service"):
        close = nearest(time, ("response", "service"))
        raise ScenarioError(f"slo {text!r}: {time} is unknown; must be response or service{close}")
    if statistic not in STATISTICS and (statistic != "errors" or time):
        allowed = [*STATISTICS, "errors"]
        listed = ", ".join(allowed)
        raise ScenarioError(
            f"slo {text!r}: {statistic} is unknown; must be one of {listed}{nearest(statistic, allowed)}"
        )
    return subject, "service" if time == "service" else "response", statistic


def _limit(text: str, statistic: str, number: str, unit: str) -> float:
    """The limit as ms or share."""
    try:
        value = float(number)
        if not _is_share(statistic):
            if unit in ("", "%"):
                raise ValueError("a latency needs a unit such as ms or s")
            return clock.seconds(number + unit) * 1000
    except ValueError as error:
        raise ScenarioError(f"slo {text!r}: {error}") from None
    if unit not in ("", "%"):
        raise ScenarioError(
            f"slo {text!r}: {statistic} is a share; its limit must be like 1% or 0.01, not {unit}"
        )
    share = value / 100 if unit == "%" else value
    if not 0 <= share <= 1:
        raise ScenarioError(
            f"slo {text!r}: the limit is {share:g}; must be a share from 0 to 1, or 0% to 100%"
        )
    return share
