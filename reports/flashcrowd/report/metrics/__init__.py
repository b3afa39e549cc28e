"""Metrics: pure functions from columns to figures. `METRICS` lists those that become `metrics.json`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from flashcrowd.report.metric import Metric
from flashcrowd.report.metrics.accounting import accounting_metrics
from flashcrowd.report.metrics.attention import attention_metrics
from flashcrowd.report.metrics.behaviour import behaviour_metrics
from flashcrowd.report.metrics.freshness import freshness_metrics
from flashcrowd.report.metrics.governance import governance_metrics
from flashcrowd.report.metrics.images import image_metrics
from flashcrowd.report.metrics.kinds import kinds_metrics
from flashcrowd.report.metrics.latency import latency_metrics
from flashcrowd.report.metrics.moderation import moderation_metrics
from flashcrowd.report.metrics.reconciliation import reconciliation_metrics
from flashcrowd.report.metrics.virality import virality_metrics

if TYPE_CHECKING:
    from flashcrowd.report.analysis import Analysis

METRICS: Final[dict[str, Callable[["Analysis"], list[Metric]]]] = {
    "latency": lambda found: latency_metrics(found.latency),
    "accounting": lambda found: accounting_metrics(found.accounting),
    "reconciliation": lambda found: reconciliation_metrics(found.reconciliation),
    "freshness": lambda found: freshness_metrics(found.freshness),
    "behaviour": lambda found: behaviour_metrics(found.behaviour),
    "virality": lambda found: virality_metrics(found.spread, found.forest),
    "attention": lambda found: attention_metrics(found.attention),
    "images": lambda found: image_metrics(found.images),
    "kinds": lambda found: kinds_metrics(found.kinds),
    "moderation": lambda found: moderation_metrics(found.moderation),
    "governance": lambda found: governance_metrics(found.governance),
}
"""Name -> the metrics it takes from an analysis; a new metric is a file here and a line in this table."""


def measure(found: "Analysis") -> list[Metric]:
    """Every metric that the record has an answer to, in the order of `METRICS`."""
    return [metric for take in METRICS.values() for metric in take(found)]
