"""One figure of a run: what it is called, how much, in which unit, and which way is better."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

Better = Literal["lower", "higher", "none"]


@dataclass(frozen=True)
class Metric:
    """A named figure.

    Attributes:
        name: dotted, such as `response.home.p95`.
        value: NaN when the record does not say.
        unit: "ms", "s", "share" (0..1), "1/s", "count" …
        better: which direction is good.
        low, high: interval, NaN when none was estimated.
    """

    name: str
    value: float
    unit: str
    better: Better = "none"
    low: float = math.nan
    high: float = math.nan

    def as_json(self) -> dict[str, Any]:
        """The entry of `metrics.json`; what is not known is null.

        >>> Metric("errors.share", math.nan, "share", "lower").as_json()["value"] is None
        True
        """
        return {key: _plain(value) for key, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value
