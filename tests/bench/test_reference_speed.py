"""How fast the reference platform is, beside a plain Starlette app that answers a constant, in the same run.

Rates are requests per second of the server's own CPU time (what one core would give), so that a busy machine
changes them little; the rate by the clock is printed beside.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import NamedTuple

import psutil
import pytest

from flashcrowd.reference.process import ReferencePlatform, is_healthy
from flashcrowd.reference.settings import Settings
from flashcrowd.reference.site import Site
from flashcrowd.reference.statuses import Draft

pytestmark = pytest.mark.bench

MEMBERS = 1000
FOLLOWS = 40
POSTS = 10
CONNECTIONS = 32
HOMES = 6000
WRITES = 6000

PLAIN = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
async def answer(request):
    return Response(b"OK", media_type="text/plain")
app = Starlette(routes=[Route("/health", answer)])
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False, lifespan="off")
"""


class Rate(NamedTuple):
    """Requests per second of server CPU, per second of the clock, and the mean answer in bytes."""

    per_cpu_s: float
    per_s: float
    mean_bytes: float


def test_reference_platform_speed(tmp_path: Path) -> None:
    """Homes and follows per second of one core, and their ratio to a constant answer."""
    tokens, ids = _filled(tmp_path)
    with _plain_app() as (port, pid):
        constant = _measured(port, pid, islice(cycle([_request("GET", "/health", "")]), HOMES))
    print()
    _show("constant answer, plain Starlette", constant, constant)
    for ranker in ("chronological", "engagement"):
        with ReferencePlatform(Settings(data=tmp_path, ranker=ranker)) as platform:
            port = int(platform.url.rpartition(":")[2])
            homes = [_request("GET", "/api/v1/timelines/home?limit=20", token) for token in tokens]
            _measured(port, platform.pid, iter(homes))  # fills the caches
            home = _measured(port, platform.pid, islice(cycle(homes), HOMES))
            _show(f"home, 20 statuses, {ranker}", home, constant)
            if ranker == "chronological":
                assert home.mean_bytes > 20_000
                _measure_writes(port, platform.pid, tokens, ids, constant)


def _measure_writes(port: int, pid: int, tokens: list[str], ids: list[int], constant: Rate) -> None:
    draw = Random(2)
    pairs = (draw.sample(range(len(ids)), 2) for _ in range(WRITES))
    follows = [_request("POST", f"/api/v1/accounts/{ids[one]}/follow", tokens[two]) for one, two in pairs]
    _show("follow", _measured(port, pid, iter(follows)), constant)
    posts = [
        _request("POST", "/api/v1/statuses", token, f"status=post+{number}+%23art+of+the+day")
        for number, token in enumerate(islice(cycle(tokens), WRITES // 2))
    ]
    _show("post", _measured(port, pid, iter(posts)), constant)


def _filled(folder: Path) -> tuple[list[str], list[int]]:
    """Tokens and ids of the members of a world made in this process: who follows, who posts."""
    draw = Random(1)
    site = Site(Settings(), folder, "http://127.0.0.1")
    try:
        with site.store.writing():
            app = site.oauth.register("bench", None, "", "read write follow")
            names = [f"member{number}" for number in range(MEMBERS)]
            ids = [site.accounts.sign_up(name, f"{name}@x.example", "password", "en", True) for name in names]
            tokens = [site.oauth.grant(app.id, one, "read write follow")[0] for one in ids]
            for one in ids:
                for other in draw.sample(ids, FOLLOWS):
                    if other != one:
                        site.accounts.follow(one, other)
            for number in range(MEMBERS * POSTS):
                text = f"This is post {number} about #topic{number % 20} and how it was made. " + "word " * 20
                made = site.statuses.post(draw.choice(ids), Draft(text, app=app.id))
                for liker in draw.sample(ids, draw.randint(0, 4)):
                    site.statuses.favourite(liker, made)
                if draw.random() < 0.15:
                    site.statuses.reblog(draw.choice(ids), made, "public")
    finally:
        site.close()
    return tokens, ids


@contextmanager
def _plain_app() -> Iterator[tuple[int, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    child = subprocess.Popen([sys.executable, "-c", PLAIN, str(port)])
    try:
        while not is_healthy(f"http://127.0.0.1:{port}"):
            assert child.poll() is None
            time.sleep(0.05)
        yield port, child.pid
    finally:
        child.terminate()
        child.wait()


def _request(method: str, target: str, token: str, form: str = "") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}"]
    if not token:
        lines.pop()
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + form).encode()


def _measured(port: int, pid: int, requests: Iterator[bytes]) -> Rate:
    """Send requests over `CONNECTIONS` connections, one in flight on each."""
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    server = psutil.Process(pid)
    before, start_s, answers, size = server.cpu_times(), time.perf_counter(), 0, 0
    while batch := list(islice(requests, CONNECTIONS)):
        for connection, request in zip(connections, batch, strict=False):
            connection.sendall(request)
        for connection, _ in zip(connections, batch, strict=False):
            size += _read_answer(connection)
            answers += 1
    wall_s, after = time.perf_counter() - start_s, server.cpu_times()
    for connection in connections:
        connection.close()
    cpu_s = after.user + after.system - before.user - before.system
    return Rate(answers / cpu_s, answers / wall_s, size / answers)


def _read_answer(connection: socket.socket) -> int:
    """Bytes of the body of one answer, which must be a 200."""
    data = connection.recv(65536)
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += connection.recv(65536)
    head = data[:end].lower()
    assert head.startswith(b"http/1.1 200"), data
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    missing = length - (len(data) - end - 4)
    while missing > 0:
        missing -= len(connection.recv(min(missing, 1 << 20)))
    return length


def _show(name: str, rate: Rate, constant: Rate) -> None:
    ratio = rate.per_cpu_s / constant.per_cpu_s
    print(
        f"{name:36} {rate.per_cpu_s:8,.0f} per core s {rate.per_s:8,.0f}/s {rate.mean_bytes:9,.0f} B "
        f"{1e6 / rate.per_cpu_s:7,.0f} µs  x{ratio:.2f}"
    )
