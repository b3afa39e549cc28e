"""`metrics.json`: every metric of a run, for machines."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from flashcrowd.core.runlog import write_text
from flashcrowd.report.metric import Metric

SCHEMA: Final = 1


def metrics_document(metrics: Sequence[Metric]) -> dict[str, Any]:
    """The content of `metrics.json`."""
    return {"schema": SCHEMA, "metrics": [metric.as_json() for metric in metrics]}


def write_json(metrics: Sequence[Metric], path: Path) -> None:
    """Write `metrics.json`; what is not known is null, never NaN."""
    write_text(path, json.dumps(metrics_document(metrics), indent=1, allow_nan=False) + "\n")
