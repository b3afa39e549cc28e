"""A platform that lies, floods and dawdles: every answer becomes a row, and nothing else happens."""

import gzip
import json
import ssl
import threading
import zlib
from pathlib import Path

import numpy as np
import pytest
import staged as stage
from scenes import TOKEN, scene_of, society

from flashcrowd.core.events import OUTCOMES
from flashcrowd.load.origin import parse_origin
from flashcrowd.load.schedule import Arrival
from flashcrowd.load.sessions import Session
from flashcrowd.load.wire import SIZE_LIMIT, Wire

TLS = Path(__file__).parent / "tls"
TIMEOUT_S = 0.5
"""Only dawdling answers are cut by it; nothing else depends on time."""


def page(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """A JSON answer."""
    return stage.plain(body, b"Content-Type: application/json", *headers, status=status)


def status(**changes) -> dict:
    """A status of somebody."""
    return {"id": "1", "account": {"id": "2"}, **changes}


def item(**changes) -> bytes:
    """A home page of one status."""
    return json.dumps([status(**changes)]).encode()


LIES = {
    "empty": b"",
    "no JSON": b"<!doctype html><title>Welcome</title>",
    "cut JSON": b'[{"id": "1", "account": {"id"',
    "other JSON": b'{"error": "no"}',
    "numbers": b"[1, 2, 3]",
    "id is a list": item(id=["1"]),
    "account is null": item(account=None),
    "count is text": item(reblogs_count="many"),
    "count is huge": item(reblogs_count=10**400),
    "count is hugely negative": item(reblogs_count=-(10**400)),
    "half a character": b'[{"id": "\\ud800", "account": {"id": "2"}}]',
    "no text at all": bytes(range(256)),
    "deep": b"[" * 100_000,
}

ODDITIES = {
    "null": b"[null]",
    "time is nonsense": item(created_at="yesterday"),
    "time has no place": item(created_at="2026-02-30T00:00:00Z"),
    "tags of nothing": item(tags=[None]),
}
"""Pages whose meaning is plain although they are not as documented."""


def asked(server, scheme="http", timeout_s=10.0, tls=None):
    """The row of one home page that a member asks a server for, by a visit of its own."""
    scene, _ = visit_of(server, scheme, timeout_s, tls, pages=1)
    rows = scene.recorder.take()["requests"]
    assert len(rows["outcome"]) == 1
    return OUTCOMES[rows["outcome"][0]], int(rows["status"][0]), int(rows["bytes_in"][0])


def visit_of(server, scheme="http", timeout_s=10.0, tls=None, pages=1, **changes):
    """A scene after one visit of so many pages, whose times are not waited for; what it wrote to a file."""
    off = ("retry", "abandonment", "pace", "returning", "leaving")
    quiet = {f"feedback.{name}": False for name in off} | {
        "sessions.think": 1.0,
        "content.posts_per_day": 1e-6,
    }
    wire = Wire(parse_origin(f"{scheme}://127.0.0.1:{server.port}"), "127.0.0.1", timeout_s, tls=tls)
    scene = scene_of(society(**quiet | {"load.timeout": timeout_s} | changes), wire)
    member = int(scene.cast.members[0])
    session = Session(scene, 0, Arrival(0.0, member, -1.0, 1e6, resumed=True), 0)
    with wire:
        steps = session.live()
        while session.visit.page < pages or session.left:
            next(steps)
        steps.close()
    return scene, session


@pytest.mark.parametrize("body", LIES.values(), ids=LIES.keys())
def test_page_that_is_none_is_a_failed_row(body):
    """Malformed JSON, wrong types and HTML are failures of the platform, never of the harness."""
    with stage.staged(stage.always(page(body))) as server:
        assert asked(server)[:2] == ("failed", 200)


@pytest.mark.parametrize("body", ODDITIES.values(), ids=ODDITIES.keys())
def test_odd_page_is_read_as_it_is_meant(body):
    """Nothing in a list, a time that is none: left out, and the rest of the page is read."""
    with stage.staged(stage.always(page(body))) as server:
        assert asked(server)[:2] == ("ok", 200)


@pytest.mark.parametrize("coding", ["plain", "chunked", "endless", "gzip", "deflate"])
def test_body_beyond_the_limit_is_cut(coding):
    """10 MB, a body without end, and bombs that would become 10 MB: cut at 8 MiB, and failed."""
    large = b"[" + b" " * 10_000_000 + b"]"

    def script(peer):
        peer.request()
        if coding == "plain":
            peer.send(page(large))
        elif coding in ("gzip", "deflate"):
            pack = gzip.compress if coding == "gzip" else zlib.compress
            peer.send(page(pack(large), b"Content-Encoding: " + coding.encode()))
            peer.request()
        else:
            size = b"1\r\n" if coding == "endless" else b"Transfer-Encoding: chunked\r\n\r\n10000\r\n"
            peer.send(b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if coding == "endless" else size))
            while True:
                peer.send(b" " * 65536 + (b"" if coding == "endless" else b"\r\n10000\r\n"))

    with stage.staged(script) as server:
        outcome, _, bytes_in = asked(server)
    assert outcome == "failed"
    assert bytes_in < SIZE_LIMIT + (1 << 17)


@pytest.mark.parametrize(
    "begin", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"]
)
def test_answer_that_dawdles_is_given_up(begin):
    """Nothing, a byte of a header now and then, or a byte of a body: given up when its time is over."""
    release = threading.Event()

    def script(peer):
        peer.request()
        peer.send(begin)
        while not release.wait(0.02):
            peer.send(b"x" if begin else b"")

    with stage.staged(script) as server:
        assert asked(server, timeout_s=TIMEOUT_S)[0] == "timeout"
        release.set()


def test_redirect_to_another_host_is_a_failed_row_and_nobody_goes_there():
    """Neither the member nor its token follows a platform to somewhere else."""
    with stage.staged(stage.always(page(b"[]"))) as other:
        location = b"Location: http://127.0.0.1:%d/api" % other.port
        with stage.staged(stage.always(page(b"", location, status=b"302 Found"))) as server:
            assert asked(server)[:2] == ("failed", 302)
        assert other.connections == 0


def test_hostile_texts_stay_what_they_are():
    """Markup in content, ids with line ends and foreign hosts in links: members go on reading, every request
    goes to the platform, in one line, with one token."""
    nasty = "../../x?y#z\r\nHost: evil.example\r\n\r\n<script>"
    seen: list[bytes] = []
    one = {
        "account": {"id": nasty},
        "content": "<script>alert(1)</script>" * 100,
        "tags": [{"name": "<b>\r\nX: y"}],
        "media_attachments": [{"id": nasty, "url": "http://evil.example/"}],
    }
    body = json.dumps([status(id=f"{nasty}{n}", **one) for n in range(20)]).encode()
    links = b'Link: <http://evil.example/?max_id=%0d%0aX:y>; rel="next"'

    def script(peer):
        while request := peer.request():
            seen.append(request)
            peer.send(page(body, links))

    willing = {"reactions.like": 1.0, "reactions.follow": 1.0, "sessions.items_per_page": 20.0}
    with stage.staged(script) as server:
        scene, _ = visit_of(server, pages=4, **willing)
    assert any(request.startswith(b"POST ") for request in seen)
    for request in seen:
        head = request.partition(b"\r\n\r\n")[0]
        assert head.count(b"\r\nHost: 127.0.0.1:%d" % server.port) == head.count(b"Host:") == 1
        assert head.count(TOKEN) == 1
        assert b"\r\nX" not in head
        assert head.splitlines()[0].startswith((b"GET /api/v", b"POST /api/v"))
    assert len(scene.recorder.take()["requests"]["outcome"]) == len(seen)


def test_crowd_lives_through_every_lie_in_turn():
    """A visit of many pages, each answered by another lie: as many rows as requests, and no bug."""
    lies = [page(body) for body in LIES.values()]
    lies += [page(b"[]", b"Link: <" + b"x" * 5000), page(b"{", status=b"503 Busy"), page(item(id=""))]
    count = [0]

    def script(peer):
        while peer.request():
            peer.send(lies[count[0] % len(lies)])
            count[0] += 1

    with stage.staged(script) as server:
        scene, _ = visit_of(server, pages=2 * len(lies))
    rows = scene.recorder.take()["requests"]
    assert len(rows["outcome"]) == count[0] >= 2 * len(lies)
    assert (np.diff(rows["request"]) == 1).all()


def encrypted(certificate: str, script):
    """A script that speaks TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / certificate)

    def speak(peer):
        with context.wrap_socket(peer.sock, server_side=True) as sock:
            script(stage.Peer(sock, peer.number))

    return speak


def trust(certificate: str) -> ssl.SSLContext:
    """A client's context that trusts one certificate."""
    return ssl.create_default_context(cafile=TLS / certificate)


def test_trusted_platform_is_read_over_tls():
    """A certificate that is trusted, valid, and the host's: two pages on one connection."""
    with stage.staged(encrypted("here.pem", stage.always(page(b"[]")))) as server:
        scene, _ = visit_of(server, "https", tls=trust("here.pem"), pages=2)
        assert server.connections == 1
    assert {OUTCOMES[code] for code in scene.recorder.take()["requests"]["outcome"]} == {"ok"}


@pytest.mark.parametrize(
    ("shown", "trusted"),
    [("here.pem", None), ("expired.pem", "expired.pem"), ("elsewhere.pem", "elsewhere.pem")],
    ids=["nobody vouches", "expired", "another host's"],
)
def test_untrustworthy_certificate_is_a_refused_row_and_sees_no_token(shown, trusted):
    """Nothing is said to a platform that cannot prove who it is."""
    seen: list[bytes] = []
    with stage.staged(encrypted(shown, lambda peer: seen.append(peer.request()))) as server:
        tls = trust(trusted) if trusted else ssl.create_default_context()
        assert asked(server, "https", tls=tls)[0] == "refused"
    assert not any(TOKEN in request for request in seen)


def test_handshake_that_never_ends_is_given_up():
    """A server that takes the connection and says nothing costs the request's time, no more."""
    release = threading.Event()
    with stage.staged(lambda peer: release.wait(30)) as server:
        assert asked(server, "https", timeout_s=TIMEOUT_S)[0] in ("timeout", "refused")
        release.set()
