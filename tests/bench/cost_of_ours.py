"""CPU time of one request of ours, all in: visits, parsing, decisions, record, Locust's statistics.

Run as a program: `cost_of_ours.py PORT REQUESTS RATE`; prints one JSON object.
"""

import json
import sys
from typing import Any

from ours import WARM_UP_S, measure, pages

from flashcrowd.core.events import OUTCOME_CODE
from flashcrowd.load.runclock import NS


def cost(port: int, requests: int, rate_per_s: float) -> dict[str, Any]:
    """CPU µs a request, and how many there were; all after the warm-up."""
    found = measure(port, WARM_UP_S + requests / rate_per_s, pages, rate_per_s, 64, {})
    warm = found.sent & (found.rows["start_ns"] >= int(WARM_UP_S * NS))
    assert (found.rows["outcome"][found.sent] != OUTCOME_CODE["ok"]).mean() < 0.01
    return {"cpu_us": found.cpu_s / warm.sum() * 1e6, "requests": int(warm.sum())}


if __name__ == "__main__":
    print(json.dumps(cost(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
