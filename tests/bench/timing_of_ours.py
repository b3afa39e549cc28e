"""How punctual we are, and what we say of a stall: members at a constant rate, without feedback.

Run as a program: `timing_of_ours.py PORT RATE SECONDS STALL_AT STALL_S`; without a stall (0 s) visits
have many pages, as usual. Prints one JSON object.
"""

import json
import sys
import urllib.request
from typing import Any

import gevent
import numpy as np
from ours import WARM_UP_S, measure, pages, single_pages

from flashcrowd.load.runclock import NS

WITHOUT_FEEDBACK = {
    f"feedback.{name}": False for name in ("pace", "abandonment", "retry", "leaving", "returning")
}
NOTHING_ELSE = {"content.posts_per_day": 1e-6} | {
    f"reactions.{name}": 0.0 for name in ("repost", "like", "reply", "follow")
}


def timing(port: int, rate_per_s: float, seconds: float, stall_at_s: float, stall_s: float) -> dict[str, Any]:
    """What was due, what became of it, and three 99 % quantiles (ms)."""
    if stall_s:
        gevent.spawn_later(stall_at_s, _stall, port, stall_s)
    changes = WITHOUT_FEEDBACK | (NOTHING_ELSE if stall_s else {})
    schedule = single_pages if stall_s else pages
    found = measure(port, seconds, schedule, rate_per_s, 2000 if stall_s else 200, changes)
    sent = found.sent
    lateness_ms = (found.rows["start_ns"] - found.rows["intended_ns"])[sent] / 1e6
    warm = found.rows["intended_ns"][sent] >= int(WARM_UP_S * NS)
    return {
        "offered": found.scheduled,
        "recorded": len(sent),
        "sent": int(sent.sum()),
        "rate_per_s": float(sent.sum() / seconds),
        "response_p99_ms": found.response_p99_ms,
        "service_p99_ms": found.service_p99_ms,
        "lateness_p50_ms": float(np.quantile(lateness_ms[warm], 0.5)),
        "lateness_p99_ms": float(np.quantile(lateness_ms[warm], 0.99)),
    }


def _stall(port: int, seconds: float) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/stall/{seconds}", b"", method="POST")
    urllib.request.urlopen(request).read()


if __name__ == "__main__":
    print(json.dumps(timing(int(sys.argv[1]), *map(float, sys.argv[2:]))))
