"""CPU time of one request of geventhttpclient whose answer is parsed by msgspec: a client, no members.

Run as a program: `cost_of_geventhttpclient.py PORT REQUESTS RATE`; prints one JSON object.
"""

import gc
import json
import sys
from time import process_time
from typing import Any

import gevent
from geventhttpclient import HTTPClient

from flashcrowd.load.adapters.mastodon_answers import read_statuses
from flashcrowd.load.wire import Answer

CLIENTS = 64
PATH = "/api/v1/timelines/home?limit=20"
HEADERS = {"Authorization": "Bearer 0123456789abcdef0123456789abcdef"}


def cost(port: int, requests: int, rate_per_s: float) -> dict[str, Any]:
    """CPU µs a request, and how many there were."""
    client = HTTPClient("127.0.0.1", port, concurrency=CLIENTS)
    each = requests // CLIENTS

    def read(count: int) -> None:
        for _ in range(count):
            answer = Answer(0)
            answer.body = client.get(PATH, headers=HEADERS).read()
            assert len(read_statuses(answer)) == 20
            gevent.sleep(CLIENTS / rate_per_s)

    def all_read(count: int) -> None:
        gevent.joinall([gevent.spawn(read, count) for _ in range(CLIENTS)], raise_error=True)

    all_read(5)
    gc.collect()
    gc.freeze()
    before_s = process_time()
    all_read(each)
    spent_s = process_time() - before_s
    client.close()
    return {"cpu_us": spent_s / (each * CLIENTS) * 1e6, "requests": each * CLIENTS}


if __name__ == "__main__":
    print(json.dumps(cost(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
