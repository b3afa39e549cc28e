"""Answers cut out by searches: whatever a platform sends, they are what the parser would have made of it."""

from itertools import pairwise

import pytest
import staged as stage
from gevent import socket
from httptools import HttpParserError, HttpParserUpgrade
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flashcrowd.load.connection import USED, Connection


class Parsed(Connection):
    """A connection that leaves everything to the parser."""

    __slots__ = ()

    def _cut(self, data):
        return False


@pytest.fixture(scope="module")
def pair():
    """Two sockets; nothing is sent over them."""
    ours, theirs = socket.socketpair()
    yield ours
    ours.close()
    theirs.close()


def read(connection, pieces):
    """What a connection makes of the pieces of one answer, as far as it reads them."""
    refused = False
    for piece in pieces:
        if connection.complete or refused:
            break
        try:
            connection.feed(piece)
        except (HttpParserError, HttpParserUpgrade):
            refused = True
    if not connection.complete:
        return refused, connection.status, connection.ends_with_connection()
    used = {name: connection.headers[name] for name in USED if name in connection.headers}
    return used, connection.status, b"".join(connection.body), connection.kept, connection.head_lines


def both(sock, answers):
    """What the two kinds of connection make of the same answers, one after the other while they are kept."""
    said = []
    for kind in (Connection, Parsed):
        connection = kind(sock)
        said.append([])
        for pieces in answers:
            connection.begin()
            said[-1].append(read(connection, pieces))
            if not connection.kept:
                break
        connection.parser = None
    return said


NAMES = st.sampled_from(
    [
        *(name.decode() for name in USED),
        "Content-Length",
        "content-length ",
        "X-Content-Length",
        "Connection",
        "Proxy-Connection",
        "Transfer-Encoding",
        "Upgrade",
        "Keep-Alive",
        "Trailer",
        "X",
        "",
        " X",
        "X\t",
        "Bad Name",
        "Näme",
    ]
)
VALUES = st.one_of(
    st.sampled_from(
        ["keep-alive", "close", "upgrade", "chunked", "gzip", "chunked, gzip", "websocket", "", " ", "\t7 \t"]
    ),
    st.integers(-1, 40).map(str),
    st.text("aZ0 \t:;,\r\n\0\x0b\x7f\x80ÿ", max_size=8),
)
LINES = st.tuples(NAMES, st.sampled_from([":", ": ", " : ", "", ":\t"]), VALUES).map("".join)
STARTS = st.sampled_from(
    ["HTTP/1.1 200 OK"] * 6
    + [
        "HTTP/1.1 200",
        "HTTP/1.1 200 ",
        "HTTP/1.1 404 \x80",
        "HTTP/1.1 204 Empty",
        "HTTP/1.1 304 Old",
        "HTTP/1.1 100 Continue",
        "HTTP/1.1 101 Switching Protocols",
        "HTTP/1.1 103 Hints",
        "HTTP/1.1 999 What",
        "HTTP/1.1 2000 OK",
        "HTTP/1.1 200OK",
        "HTTP/1.1 200\tOK",
        "HTTP/1.1  200 OK",
        "HTTP/1.1 200 O\0K",
        "HTTP/1.1 099 x",
        "HTTP/1.0 200 OK",
        "HTTP/2.0 200 OK",
        "http/1.1 200 OK",
        "ICY 200 OK",
        "SSH-2.0-x",
    ]
)
ENDS = st.sampled_from(["\r\n"] * 12 + ["\n", "\r", "\r\r\n", "\r\n ", "\n\r\n"])


@st.composite
def answers(draw):
    """The bytes of an answer, nearly or wholly right."""
    body = draw(
        st.one_of(st.binary(max_size=12), st.sampled_from([b"3\r\nabc\r\n0\r\n\r\n", b"0\r\nX: y\r\n\r\n"]))
    )
    lines = [draw(STARTS), *draw(st.lists(LINES, max_size=4))]
    if draw(st.integers(0, 4)):
        lines.insert(draw(st.integers(1, len(lines))), f"Content-Length: {len(body)}")
    head = "".join(line + draw(ENDS) for line in lines) + draw(ENDS)
    surplus = draw(
        st.sampled_from([b""] * 6 + [b"x", b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb"])
    )
    return head.encode("latin-1") + body + surplus


@st.composite
def cut_up(draw):
    """An answer in up to three pieces."""
    whole = draw(answers())
    places = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=2)))
    edges = [0, *places, len(whole)]
    return [whole[a:b] for a, b in pairwise(edges) if b > a]


FORGED = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb"


@settings(max_examples=400, deadline=None)
@given(st.lists(cut_up(), min_size=1, max_size=3))
@example([[b"HTTP/1.1 200 OK\r\nProxy-Connection: close\r\nContent-Length: 1\r\n\r\na"]])
@example([[b"HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(FORGED), FORGED]])
@example([[b"HTTP/1.1 200 OK\nContent-Length: 1\r\n\r\na"]])
@example([[b"HTTP/1.1 200 OK\r\nX\0: y\r\nContent-Length: 1\r\n\r\na"]])
def test_searches_and_parser_agree_on_whatever_comes(pair, sent):
    """Same refusals, status, headers that are used, body, number of header lines, end of the connection."""
    ours, parsed = both(pair, sent)
    assert ours == parsed


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_searches_and_parser_agree_on_damaged_answers(pair, data):
    """One byte of a right answer replaced, left out or put in twice."""
    right = stage.plain(b'{"a": 1}', b"Link: <http://x/?max_id=1>; rel=next", b"Content-Type: text/plain")
    place = data.draw(st.integers(0, len(right) - 1))
    new = data.draw(
        st.one_of(st.binary(max_size=2), st.sampled_from([b"\0", b"\n", b"\r", b" ", b":", b"\x7f"]))
    )
    damaged = right[:place] + new + right[place + 1 :]
    ours, parsed = both(pair, [[damaged]])
    assert ours == parsed


def test_plain_answer_is_cut_out(pair):
    """The answers of ordinary servers do not reach the parser at all."""
    connection = Connection(pair)
    connection.parser = None
    connection.feed(stage.plain(b"[]", b"Date: Sun, 01 Mar 2026 12:00:00 GMT", b"Link: <a>", b"Vary: x, y"))
    assert (connection.status, connection.headers, connection.body) == (200, {b"link": b"<a>"}, [b"[]"])
    assert (connection.complete, connection.kept, connection.head_lines) == (True, True, 4)


def test_second_answer_in_one_piece_is_not_read_and_ends_the_connection(pair):
    """What nobody asked for never becomes part of an answer, nor the answer to the next request."""
    for more in (FORGED, b"garbage"):
        connection = Connection(pair)
        refused = read(connection, [stage.plain(b"a") + more])
        assert refused == ({}, 200, b"a", False, connection.head_lines)


def test_header_after_the_body_is_not_read(pair):
    """A trailer cannot say where the answer came from or how it is coded."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection = Connection(pair)
    connection.feed(head + b"1\r\na\r\n0\r\nLocation: /b\r\nContent-Encoding: gzip\r\n\r\n")
    assert (connection.body, connection.headers) == ([b"a"], {b"transfer-encoding": b"chunked"})
