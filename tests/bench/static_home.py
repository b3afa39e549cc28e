"""Answers every home page from memory, in its own process: real pages of the reference platform.

Run as a program: `static_home.py PORT FOLDER`; the folder holds the bodies. `POST /stall/SECONDS` makes
everybody wait that long.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

SERVER_CORE = 1
CLIENT_CORE = 0


def cores() -> tuple[int, int] | None:
    """Client's and server's core, when this machine gives us two."""
    mine = sorted(os.sched_getaffinity(0))
    return (mine[0], mine[1]) if len(mine) > 1 else None


@contextmanager
def pinned() -> Iterator[None]:
    """A block in which this process stays on the client's core."""
    before, pair = os.sched_getaffinity(0), cores()
    if pair is not None:
        os.sched_setaffinity(0, {pair[0]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The port of a server of the pages in a folder, on the other core."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    child = subprocess.Popen([sys.executable, __file__, str(port), str(folder)])
    pair = cores()
    if pair is not None:
        os.sched_setaffinity(child.pid, {pair[1]})
    try:
        _wait(child, port)
        yield port
    finally:
        child.terminate()
        child.wait()


def _wait(child: "subprocess.Popen[bytes]", port: int) -> None:
    while True:
        assert child.poll() is None, "the server could not begin"
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return


def make_pages(folder: Path, variants: int = 16) -> int:
    """Write `variants` home pages of 20 statuses as the reference platform answers them; their mean size."""
    from flashcrowd.reference.process import ReferencePlatform
    from flashcrowd.reference.settings import Settings

    data = folder / "platform"
    token = _filled(data, variants)
    sizes, last = [], ""
    with ReferencePlatform(Settings(data=data)) as platform:
        for number in range(variants):
            url = f"{platform.url}/api/v1/timelines/home?limit=20{last}"
            request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
            with urllib.request.urlopen(request, timeout=10) as answer:
                body, link = answer.read(), answer.headers["Link"]
            last = "&max_id=" + link.partition("max_id=")[2].partition(">")[0].partition("&")[0]
            (folder / f"page-{number}.json").write_bytes(body)
            sizes.append(len(body))
    return sum(sizes) // len(sizes)


def _filled(data: Path, variants: int) -> str:
    """Token of a member whose home holds enough posts, in a platform's folder made here."""
    from flashcrowd.reference.settings import Settings
    from flashcrowd.reference.site import Site
    from flashcrowd.reference.statuses import Draft
    from flashcrowd.sim.content import topic_word
    from flashcrowd.sim.profiles import text

    data.mkdir()
    site = Site(Settings(), data, "http://127.0.0.1")
    try:
        with site.store.writing():
            app = site.oauth.register("bench", None, "", "read write follow")
            ids = [
                site.accounts.sign_up(f"m{n}", f"m{n}@x.example", "password", "en", True) for n in range(20)
            ]
            for other in ids[1:]:
                site.accounts.follow(ids[0], other)
            for number in range(20 * variants + 20):
                words = f"{text(1, number, 'en_US')} #{topic_word(number % 20)}"
                site.statuses.post(ids[1 + number % 19], Draft(words, app=app.id))
            return str(site.oauth.grant(app.id, ids[0], "read write follow")[0])
    finally:
        site.close()


class _Answers(asyncio.Protocol):
    """One connection: every request is answered at once, or at the end of the stall."""

    def __init__(self, pages: dict[bytes, Any], other: bytes, stall: dict[str, float]) -> None:
        self._pages, self._other, self._stall = pages, other, stall
        self._data = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end]
            size = 0
            if head.startswith(b"POST"):
                size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
            if len(self._data) < end + 4 + size:
                return
            self._data = self._data[end + 4 + size :]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        if head.startswith(b"POST /stall"):
            self._stall["until"] = asyncio.get_running_loop().time() + float(head.split()[1].rsplit(b"/")[-1])
            self._transport.write(self._other)
            return
        answer = next(self._pages[_kind(head)]) if head.startswith(b"GET") else self._other
        left = self._stall["until"] - asyncio.get_running_loop().time()
        if left > 0:
            asyncio.get_running_loop().call_later(left, self._transport.write, answer)
        else:
            self._transport.write(answer)


AROUND = {
    b"/search": (b'{"accounts":[],"hashtags":[],"statuses":', b"}"),
    b"/context": (b'{"ancestors":[],"descendants":', b"}"),
    b"": (b"", b""),
}
"""What stands around a page of statuses, by a word of the path."""


def _kind(head: bytes) -> bytes:
    path = head[: head.find(b" HTTP")]
    return next(kind for kind in AROUND if kind in path)


def _answer_of(body: bytes) -> bytes:
    lines = [
        b"HTTP/1.1 200 OK",
        b"date: Sun, 01 Mar 2026 12:00:00 GMT",
        b"server: uvicorn",
        b"content-type: application/json; charset=utf-8",
        b"content-length: %d" % len(body),
        b'link: <http://127.0.0.1/api/v1/timelines/home?limit=20&max_id=110>; rel="next", '
        b'<http://127.0.0.1/api/v1/timelines/home?limit=20&min_id=120>; rel="prev"',
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def _serve(port: int, folder: Path) -> None:
    bodies = [path.read_bytes() for path in sorted(folder.glob("page-*.json"))]
    pages = {
        kind: cycle([_answer_of(begin + body + end) for body in bodies])
        for kind, (begin, end) in AROUND.items()
    }
    other = _answer_of(b'{"id": "7", "account": {"id": "1"}, "url": "x"}')
    stall = {"until": 0.0}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Answers(pages, other, stall), "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2])))
