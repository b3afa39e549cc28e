"""What one block of a duel measured: a value for each figure that its requests are enough for."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from flashcrowd.core.events import ACTION_CODE, ACTIONS
from flashcrowd.report.metrics.quantiles import smooth_quantile
from flashcrowd.report.metrics.traffic import Traffic

Scale = Literal["ratio", "difference"]

LEVELS: Final = {"p50": 0.5, "p95": 0.95}
"""Quantiles of the response time of an action that are compared."""

OVERALL: Final = {**LEVELS, "p99": 0.99}
"""Those of all requests together; the more figures, the more blocks each needs."""

LEAST_REQUESTS: Final = 50
"""Requests of an action in a block without which its quantiles are not compared."""

LEAST_BEYOND: Final = 10
"""Requests beyond a quantile without which it is not compared: a noisy figure makes all others less sure."""

ALL: Final = "all"

IMAGES: Final = "generate"
"""An image takes as long as all else together; it has figures of its own and is in none of the others."""

Block = Mapping[str, float]
"""Name of a figure -> its value in one block; a figure that the block has too little for is left out."""


@dataclass(frozen=True)
class Figure:
    """A figure that is compared.

    Attributes:
        name: dotted, such as `home.p95`, `throughput`, `errors`, `cpu`.
        unit: of a block's value: "ms", "1/s", "share".
        better: which direction is good.
        scale: whether an effect is a ratio (candidate / baseline - 1) or a difference of shares.
    """

    name: str
    unit: str
    better: Literal["lower", "higher", "neither"]
    scale: Scale = "ratio"

    @property
    def action(self) -> str:
        """The action it is about; "all" for the others."""
        return self.name.rpartition(".")[0] or ALL


THROUGHPUT: Final = Figure("throughput", "1/s", "higher")
ERRORS: Final = Figure("errors", "share", "lower", "difference")
CPU: Final = Figure("cpu", "ms", "lower")
"""Processor time of the platform for a request."""


def figure_named(name: str) -> Figure:
    """The figure of a name that `block_of` gives.

    >>> figure_named("home.p95").unit, figure_named("errors").scale
    ('ms', 'difference')
    """
    return next((one for one in (THROUGHPUT, ERRORS, CPU) if one.name == name), Figure(name, "ms", "lower"))


def block_of(measured: Traffic, window_s: float, cpu_ms: float = math.nan) -> dict[str, float]:
    """The figures of one block.

    Args:
        measured: the requests of the block's measured window.
        window_s: its length, s.
        cpu_ms: processor time that the platform took for a request; NaN = not known.
    """
    sent = measured.where(measured.sent)
    if not len(sent):
        return {}
    found = {
        THROUGHPUT.name: int((~sent.error & ~sent.abandoned).sum()) / window_s,
        ERRORS.name: float(sent.error.mean()),
        **dict(_quantiles(ALL, sent.where(sent.action != ACTION_CODE[IMAGES]), OVERALL)),
    }
    for code, action in enumerate(ACTIONS):
        found |= dict(_quantiles(action, sent.where(sent.action == code), LEVELS))
    if math.isfinite(cpu_ms):
        found[CPU.name] = cpu_ms
    return found


def _quantiles(action: str, sent: Traffic, levels: Mapping[str, float]) -> Iterable[tuple[str, float]]:
    """The quantiles of the response time of the requests that were not refused.

    What was given up or cut would have taken longer: a quantile that may lie among that is not known.
    """
    kept = sent.where(~sent.error)
    count, unfinished = len(kept), int(kept.abandoned.sum())
    if count < LEAST_REQUESTS:
        return
    for name, level in levels.items():
        if count * (1 - level) >= LEAST_BEYOND + unfinished - 1e-9:
            yield f"{action}.{name}", smooth_quantile(kept.response_ms, level)
