"""The HTTP client against servers that behave, dawdle and lie."""

import gzip
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import gevent
import pytest
import staged as stage

from flashcrowd.load.origin import parse_origin
from flashcrowd.load.request import Request
from flashcrowd.load.wire import Answer, Wire


@pytest.fixture
def wire_to() -> Iterator[Callable[..., Wire]]:
    """Makes clients of staged servers, closed at the end of the test."""
    with ExitStack() as opened:

        def make(server, scheme="http", path="", **settings) -> Wire:
            origin = parse_origin(f"{scheme}://127.0.0.1:{server.port}{path}")
            return opened.enter_context(Wire(origin, "127.0.0.1", **settings))

        yield make


def get(wire: Wire, target: bytes = b"/", **settings) -> Answer:
    return wire.send(Request("home", b"GET", target, b""), **settings)


def post(wire: Wire, body: bytes = b"x=1") -> Answer:
    return wire.send(Request("post", b"POST", b"/p", b"Content-Type: text/plain\r\n", body))


def test_plain_answer_gives_status_body_and_ordered_stamps(wire_to):
    """An ordinary answer is read whole, and its stamps are in order."""
    with stage.staged(stage.always(stage.plain(b"hello", b"Link: <x>; rel=next"))) as server:
        answer = get(wire_to(server))
    assert (answer.fault, answer.status, answer.body) == ("ok", 200, b"hello")
    assert answer.headers[b"link"] == b"<x>; rel=next"
    assert answer.start_ns < answer.first_byte_ns <= answer.end_ns
    assert answer.bytes_in > 5
    assert answer.bytes_out > 10


def test_keep_alive_two_requests_use_one_connection(wire_to):
    """A connection is used again when both sides keep it alive."""
    with stage.staged(stage.always(stage.plain(b"a"))) as server:
        wire = wire_to(server)
        bodies = [get(wire).body, post(wire).body]
        assert bodies == [b"a", b"a"]
        assert server.connections == 1


def test_connection_close_next_request_opens_another(wire_to):
    """`Connection: close` is obeyed."""
    with stage.staged(stage.once(stage.plain(b"a", b"Connection: close"))) as server:
        wire = wire_to(server)
        assert [get(wire).body, get(wire).body] == [b"a", b"a"]
        assert server.connections == 2


def test_chunked_body_in_many_pieces_is_joined(wire_to):
    """Chunks are joined wherever the stream is cut."""
    whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=1\r\ndefg\r\n0\r\n\r\n"
    with stage.staged(stage.once(*(whole[i : i + 1] for i in range(len(whole))))) as server:
        assert get(wire_to(server)).body == b"abcdefg"


def test_body_without_length_ends_with_the_connection(wire_to):
    """An HTTP/1.0-style body is everything until the end of the stream."""
    with stage.staged(stage.once(b"HTTP/1.0 200 OK\r\n\r\nabc", b"def")) as server:
        answer = get(wire_to(server))
    assert (answer.fault, answer.body) == ("ok", b"abcdef")


def test_interim_answer_is_passed_over(wire_to):
    """1xx answers are not the answer."""
    with stage.staged(
        stage.once(b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n", stage.plain(b"a"))
    ) as server:
        answer = get(wire_to(server))
    assert (answer.status, answer.body, b"link" in answer.headers) == (200, b"a", False)


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        (b"gzip", gzip.compress),
        (b"deflate", zlib.compress),
        (b"deflate", lambda body: zlib.compress(body)[2:-4]),
        (b"identity", bytes),
    ],
    ids=["gzip", "zlib", "raw-deflate", "identity"],
)
def test_compressed_body_is_decoded(coding, encode, wire_to):
    """Every coding that we offer is undone."""
    answer_bytes = stage.plain(encode(b"hello" * 50), b"Content-Encoding: " + coding)
    with stage.staged(stage.always(answer_bytes)) as server:
        assert get(wire_to(server)).body == b"hello" * 50


@pytest.mark.parametrize(
    "body",
    [gzip.compress(bytes(1 << 20)), gzip.compress(b"hello")[:-9], b"not gzip"],
    ids=["bomb", "truncated", "nonsense"],
)
def test_bad_compressed_body_is_a_failed_answer(body, wire_to):
    """A bomb, a truncated and a nonsensical body fail without using memory beyond the limit."""
    with stage.staged(stage.always(stage.plain(body, b"Content-Encoding: gzip"))) as server:
        answer = get(wire_to(server, size_limit=100_000))
    assert (answer.fault, answer.body, answer.status) == ("failed", b"", 200)


def test_endless_body_stops_at_the_size_limit(wire_to):
    """A body without end is cut at the limit."""

    def script(peer):
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            peer.send(b"x" * 65536)

    with stage.staged(script) as server:
        answer = get(wire_to(server, size_limit=1_000_000))
    assert answer.fault == "failed"
    assert answer.bytes_in < 1_200_000


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000, b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2_000_000],
    ids=["many", "long"],
)
def test_endless_header_stops_at_the_limit(head, wire_to):
    """Headers without end are cut too."""
    with stage.staged(stage.once(head)) as server:
        answer = get(wire_to(server, size_limit=1_000_000))
    assert (answer.fault, "over" in answer.detail) == ("failed", True)


@pytest.mark.parametrize(
    "noise", [b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100, b"HTTP/1.1 200 OK\r\nConte"]
)
def test_malformed_answer_is_failed(noise, wire_to):
    """What is not HTTP, or ends early, is a failed answer."""
    with stage.staged(stage.once(noise)) as server:
        answer = get(wire_to(server))
    assert (answer.fault, answer.status) == ("failed", 0)


def test_answer_shorter_than_its_length_is_failed(wire_to):
    """A connection that closes in the middle of the body fails."""
    with stage.staged(stage.once(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")) as server:
        assert get(wire_to(server)).fault == "failed"


def test_silent_server_times_out_by_the_request_limit(wire_to):
    """No answer within the request's own limit is a time-out."""
    release = threading.Event()
    with stage.staged(lambda peer: release.wait(10)) as server:
        answer = get(wire_to(server), timeout_s=0.05)
        release.set()
    assert (answer.fault, answer.first_byte_ns) == ("timeout", -1)


def test_trickling_answer_times_out_by_the_total_limit(wire_to):
    """An answer that comes byte by byte is cut by the total deadline, not renewed by every byte."""
    release = threading.Event()

    def script(peer):
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not release.wait(0.01):
            peer.send(b"x")

    with stage.staged(script) as server:
        answer = get(wire_to(server), timeout_s=0.15)
        release.set()
    assert answer.fault == "timeout"
    assert answer.first_byte_ns > 0


def test_closed_port_is_refused(wire_to):
    """Nobody listening is a refused connection."""
    with stage.staged(stage.always(b"")) as server:
        pass
    assert get(wire_to(server)).fault == "refused"


def test_plain_text_server_behind_https_is_refused(wire_to):
    """A TLS handshake that fails is a refused connection."""
    with stage.staged(lambda peer: peer.send(b"no TLS here\r\n" * 100)) as server:
        wire = wire_to(server, "https")
        answer = get(wire)
    assert (answer.fault, answer.detail.startswith("TLS")) == ("refused", True)


def _closes_after_each(count: list[int]):
    """A script that promises keep-alive, and closes when the second request of the connection has come."""

    def script(peer):
        peer.request()
        peer.send(stage.plain(b"a"))
        if peer.request():
            count.append(peer.number)

    return script


def test_stale_connection_read_is_sent_again_on_a_new_one(wire_to):
    """A read on a connection that dies without an answer is sent once more."""
    seen: list[int] = []
    with stage.staged(_closes_after_each(seen)) as server:
        wire = wire_to(server)
        answers = [get(wire), get(wire)]
        assert [answer.fault for answer in answers] == ["ok", "ok"]
        assert server.connections == 2
        assert seen == [1]
        assert wire.resent == {"home": 1}


def test_second_try_is_on_a_new_connection_though_another_is_idle(wire_to):
    """Where a platform has given up its idle connections, one of them is tried, not one after the other."""
    seen: list[int] = []
    with stage.staged(_closes_after_each(seen)) as server:
        wire = wire_to(server)
        both = [gevent.spawn(get, wire) for _ in range(2)]
        gevent.joinall(both)
        answer = get(wire)
        assert (answer.fault, answer.body, len(seen)) == ("ok", b"a", 1)
        assert answer.end_ns > answer.start_ns
        assert wire.resent == {"home": 1}


def test_stale_connection_write_is_not_sent_again(wire_to):
    """A POST that may have been processed is never sent twice."""
    seen: list[int] = []
    with stage.staged(_closes_after_each(seen)) as server:
        wire = wire_to(server)
        get(wire)
        answer = post(wire)
        assert (answer.fault, server.connections) == ("failed", 1)


def test_connection_closed_while_idle_is_not_used_for_a_write(wire_to):
    """A close that has been seen before the request goes out costs nothing: another connection takes it."""
    closed = threading.Event()

    def script(peer):
        peer.request()
        peer.send(stage.plain(b"a"))
        if peer.number == 1:
            peer.sock.close()
            closed.set()
        else:
            peer.request()

    with stage.staged(script) as server:
        wire = wire_to(server)
        get(wire)
        closed.wait(5)
        while not wire._idle[0].is_closed:
            gevent.sleep(0.001)
        assert (post(wire).body, server.connections) == (b"a", 2)


def test_redirect_inside_the_origin_is_followed(wire_to):
    """A redirect to the same origin is followed."""

    def script(peer):
        while request := peer.request():
            if request.startswith(b"GET /new "):
                peer.send(stage.plain(b"here"))
            else:
                peer.send(stage.plain(b"", b"Location: /new", status=b"302 Found"))

    with stage.staged(script) as server:
        assert get(wire_to(server), b"/old").body == b"here"


def test_redirect_whose_target_fails_is_followed_once(wire_to):
    """What is not answered is not asked for again as long as redirects may be followed."""
    seen: list[bytes] = []

    def script(peer):
        while request := peer.request():
            if request.startswith(b"GET /new "):
                seen.append(request)
                return
            peer.send(stage.plain(b"", b"Location: /new", b"Connection: close", status=b"302 Found"))

    with stage.staged(script) as server:
        answer = get(wire_to(server), b"/old")
    assert (answer.fault, len(seen)) == ("failed", 1)


def test_redirect_to_another_host_is_not_followed(wire_to):
    """A redirect elsewhere comes back as it is: the crowd never goes where nobody sent it."""
    with stage.staged(stage.always(stage.plain(b"secret"))) as other:
        location = b"Location: http://127.0.0.1:%d/" % other.port
        with stage.staged(stage.always(stage.plain(b"", location, status=b"302 Found"))) as server:
            answer = get(wire_to(server))
        assert (answer.status, other.connections) == (302, 0)


def test_endless_redirects_end(wire_to):
    """Redirects in a circle end after a few."""
    with stage.staged(stage.always(stage.plain(b"", b"Location: /", status=b"302 Found"))) as server:
        assert get(wire_to(server)).status == 302


def test_request_with_body_carries_its_length_and_prefix(wire_to):
    """The base URL's path stands before every target, and bodies carry their length."""
    seen: list[bytes] = []

    def script(peer):
        seen.append(peer.request())
        peer.send(stage.plain(b""))

    with stage.staged(script) as server:
        wire = wire_to(server, path="/base/")
        post(wire, b"x=12")
    assert seen[0].startswith(b"POST /base/p HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % server.port)
    assert seen[0].endswith(b"Content-Length: 4\r\n\r\nx=12")


def test_killed_greenlet_closes_its_connection(wire_to):
    """A request that is cut in the middle leaves no connection behind: the platform sees it close."""
    gone = threading.Event()

    def script(peer):
        peer.request()
        if not peer.request():
            gone.set()

    with stage.staged(script) as server:
        asking = gevent.spawn(get, wire_to(server))
        while not server.connections:
            gevent.sleep(0.001)
        gevent.sleep(0.01)
        asking.kill()
        assert gone.wait(5)


def test_answer_that_says_its_length_twice_is_left_to_the_parser(wire_to):
    """Two lengths are no length: the answer is refused, not guessed."""
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab"
    with stage.staged(stage.once(page)) as server:
        assert get(wire_to(server)).fault == "failed"


@pytest.mark.parametrize("more", [stage.plain(b"forged"), b"garbage"])
def test_answer_that_nobody_asked_for_is_never_taken_for_the_next(more, wire_to):
    """A second answer behind the first ends the connection; the next request gets its own answer."""

    def script(peer):
        peer.request()
        peer.send(stage.plain(b"%d" % peer.number) + more)
        peer.request()

    with stage.staged(script) as server:
        wire = wire_to(server)
        assert [get(wire).body, get(wire).body] == [b"1", b"2"]


@pytest.mark.parametrize("chunked", [False, True], ids=["cut out", "parsed"])
def test_cookies_and_limits_are_kept(wire_to, chunked):
    """Every cookie, one a line, and what is left of a limit, whichever way the answer is read."""
    said = (b"Set-Cookie: a=1; path=/", b"set-cookie: B=Two", b"X-RateLimit-Remaining:  7")
    body = stage.plain(b"", *said)
    if chunked:
        body = body.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked") + b"0\r\n\r\n"
    with stage.staged(stage.always(body)) as server:
        answer = get(wire_to(server))
    assert answer.headers[b"set-cookie"] == b"a=1; path=/\nB=Two"
    assert answer.headers[b"x-ratelimit-remaining"] == b"7"
