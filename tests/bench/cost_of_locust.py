"""CPU time of one request of Locust's FastHttpUser whose answer is parsed by its own `response.json()`, or by
orjson.

Run as a program: `cost_of_locust.py PORT REQUESTS RATE [orjson]`; prints one JSON object.
"""

import gc
import json
import sys
from time import process_time
from typing import Any

import gevent
import orjson
from locust import FastHttpUser, constant_throughput, task  # patches the process: before all else
from locust.env import Environment

RATE_PER_S = float(sys.argv[3])
USERS = 64
PATH = "/api/v1/timelines/home?limit=20"
PARSER = sys.argv[4] if len(sys.argv) > 4 else "json"
HEADERS = {"Authorization": "Bearer 0123456789abcdef0123456789abcdef"}


class Reader(FastHttpUser):  # type: ignore[misc]
    """Reads home pages at a constant rate."""

    wait_time = constant_throughput(RATE_PER_S / USERS)

    @task  # type: ignore[untyped-decorator]
    def home(self) -> None:
        """One page, parsed."""
        with self.client.get(PATH, headers=HEADERS, catch_response=True) as answer:
            if len(answer.json() if PARSER == "json" else orjson.loads(answer.content)) != 20:
                answer.failure("not a page")


def cost(port: int, requests: int) -> dict[str, Any]:
    """CPU µs a request, and how many there were."""
    environment = Environment(user_classes=[Reader], host=f"http://127.0.0.1:{port}")
    runner = environment.create_local_runner()
    runner.start(USERS, spawn_rate=USERS)
    gevent.sleep(1.0)
    gc.collect()
    gc.freeze()
    total = environment.stats.total
    first, before_s = total.num_requests, process_time()
    while total.num_requests < first + requests:
        gevent.sleep(0.1)
    spent_s, sent = process_time() - before_s, total.num_requests - first
    runner.quit()
    assert total.num_failures == 0
    return {"cpu_us": spent_s / sent * 1e6, "requests": sent}


if __name__ == "__main__":
    print(json.dumps(cost(int(sys.argv[1]), int(sys.argv[2]))))
