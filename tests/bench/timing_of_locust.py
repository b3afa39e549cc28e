"""What stock Locust says of a stall: FastHttpUser at a constant throughput, as its documentation shows it.

Run as a program: `timing_of_locust.py PORT RATE SECONDS STALL_AT STALL_S`; prints one JSON object.
"""

import json
import sys
import urllib.request
from typing import Any

import gevent
from cost_of_locust import PATH, Reader  # patches the process: before all else
from locust import constant_throughput
from locust.env import Environment

USERS = 100


def timing(port: int, rate_per_s: float, seconds: float, stall_at_s: float, stall_s: float) -> dict[str, Any]:
    """What Locust sent, and its own 99 % quantile (ms)."""
    Reader.wait_time = constant_throughput(rate_per_s / USERS)
    environment = Environment(user_classes=[Reader], host=f"http://127.0.0.1:{port}")
    runner = environment.create_local_runner()
    runner.start(USERS, spawn_rate=USERS)
    gevent.spawn_later(stall_at_s, _stall, port, stall_s)
    gevent.sleep(seconds)
    entry = environment.stats.get(PATH, "GET")
    said = {"sent": entry.num_requests, "p99_ms": float(entry.get_response_time_percentile(0.99))}
    runner.quit()
    return said


def _stall(port: int, seconds: float) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/stall/{seconds}", b"", method="POST")
    urllib.request.urlopen(request).read()


if __name__ == "__main__":
    print(json.dumps(timing(int(sys.argv[1]), *map(float, sys.argv[2:]))))
