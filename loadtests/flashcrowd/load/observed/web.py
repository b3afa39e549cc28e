"""Two tabs more in Locust's web UI, by its documented extension points: the live crowd, and its cascades.

A tab is named in the page's `extended_tabs`, its columns stand in `extended_tables`, and its rows come with
every answer of `/stats/requests`, as `extended_stats`. The number of users there becomes that of the members
online: Locust itself knows one user a process.
"""

import json
from collections.abc import Callable
from math import isnan
from typing import Any, Final

from flask import Response, request

from flashcrowd.load.histogram import Histogram
from flashcrowd.load.observed.prometheus import RunCollector
from flashcrowd.load.observed.vitals import Vitals

CROWD: Final = "crowd"
CASCADES: Final = "cascades"
SHOWN: Final = 20
"""Cascades in the table."""

TABS: Final = [{"title": "Live crowd", "key": CROWD}, {"title": "Cascades", "key": CASCADES}]
"""In Locust's order of columns: key of a row's value -> title."""

COLUMNS: Final = {
    CROWD: {
        "what": "What",
        "count": "Count",
        "failed": "Not ok",
        "rate": "Per second",
        "responsemedian": "Response 50 % (ms)",
        "responsetail": "Response 95 % (ms)",
        "servicemedian": "Service 50 % (ms)",
        "servicetail": "Service 95 % (ms)",
    },
    CASCADES: {
        "post": "Post",
        "author": "Author (member)",
        "recent": "Reposts in the last minute",
        "reposts": "Reposts",
    },
}


def add_tabs(web_ui: Any, vitals: Callable[[], Vitals]) -> None:
    """Show the crowd in a web UI.

    Args:
        web_ui: Locust's, not started yet.
        vitals: the figures of the run under way.
    """
    tables = [
        {"key": key, "structure": [{"key": name, "title": title} for name, title in columns.items()]}
        for key, columns in COLUMNS.items()
    ]
    web_ui.template_args |= {"extended_tabs": TABS, "extended_tables": tables}

    @web_ui.app.after_request  # type: ignore[untyped-decorator]
    def add_rows(response: Response) -> Response:
        if request.path.endswith("/stats/requests") and response.status_code == 200:
            found = vitals()
            rows = {CROWD: crowd_rows(found), CASCADES: cascade_rows(found)}
            stats = [{"key": key, "data": data} for key, data in rows.items()]
            told = {**(response.json or {}), "extended_stats": stats, "user_count": found.online}
            response.set_data(json.dumps(told))
        return response


def add_metrics(web_ui: Any, vitals: Callable[[], Vitals]) -> None:
    """Serve Prometheus at `/metrics` of a web UI, when prometheus-client is there."""
    try:
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    except ImportError:
        return
    registry = CollectorRegistry()
    registry.register(RunCollector(vitals))

    @web_ui.app.route("/metrics")  # type: ignore[untyped-decorator]
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def crowd_rows(vitals: Vitals) -> list[dict[str, Any]]:
    """Who is there, and what they did: a row for members, for visits, and for each action."""
    sessions = vitals.sessions
    rows: list[dict[str, Any]] = [
        {"what": "members online", "count": vitals.online},
        {"what": "visits begun", "count": sessions.get("started", 0), "failed": sessions.get("dropped", 0)},
    ]
    rows += [_action_row(vitals, action) for action in sorted(vitals.latency)]
    return rows


def cascade_rows(vitals: Vitals) -> list[dict[str, Any]]:
    """The cascades that grow most now."""
    return [
        {"post": str(each.root), "author": each.author, "recent": each.recent, "reposts": each.reposts}
        for each in vitals.top_cascades(SHOWN)
    ]


def _action_row(vitals: Vitals, action: str) -> dict[str, Any]:
    counts = {outcome: count for (name, outcome), count in vitals.requests.items() if name == action}
    found = vitals.latency[action]
    return {
        "what": action,
        "count": sum(counts.values()),
        "failed": sum(counts.values()) - counts.get("ok", 0),
        "rate": round(vitals.rate_per_s(action), 1),
        "responsemedian": _ms(found.response, 0.5),
        "responsetail": _ms(found.response, 0.95),
        "servicemedian": _ms(found.service, 0.5),
        "servicetail": _ms(found.service, 0.95),
    }


def _ms(histogram: Histogram, share: float) -> float | None:
    value = histogram.percentile_us(share) / 1000
    return None if isnan(value) else round(value, 1)
