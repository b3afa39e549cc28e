"""Answers as they come in: whatever a platform sends, in whatever pieces, an answer is one answer."""

from itertools import pairwise

import pytest
import staged as stage
from gevent import socket
from httptools import HttpParserError, HttpParserUpgrade
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flashcrowd.load.connection import Connection


@pytest.fixture(scope="module")
def sock():
    """A socket over which nothing is sent."""
    ours, theirs = socket.socketpair()
    yield ours
    ours.close()
    theirs.close()


def read(sock, pieces):
    """What a connection makes of the pieces, as far as it reads them."""
    connection = Connection(sock)
    refused = False
    for piece in pieces:
        if connection.complete or refused:
            break
        try:
            connection.feed(piece)
        except (HttpParserError, HttpParserUpgrade):
            refused = True
    body = b"".join(connection.body)
    found = (refused, connection.complete, connection.status, connection.headers, body, connection.kept)
    connection.parser = None
    return found


def cut(data, places):
    """The pieces between some places."""
    edges = [0, *sorted(places), len(data)]
    return [data[a:b] for a, b in pairwise(edges) if b > a]


FORGED = stage.plain(b"forged", b"Location: /forged")
CHUNKED = (
    b"Link: <a>\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=1\r\ndefg\r\n0\r\nLocation: /b\r\n\r\n"
)
RIGHT = [
    stage.plain(b'{"a": 1}', b"Link: <http://x/?max_id=1>; rel=next", b"Retry-After:\t7 "),
    stage.plain(FORGED),
    stage.plain(b"", b"Connection: close"),
    b"HTTP/1.1 200 OK\r\n" + CHUNKED,
    b"HTTP/1.1 103 Hints\r\nLink: <b>\r\n\r\nHTTP/1.1 200 OK\r\n" + CHUNKED,
    b"HTTP/1.1 204 No Content\r\n\r\n",
]


@given(st.sampled_from(RIGHT), st.sets(st.integers(1, 200), max_size=6))
@example(stage.plain(FORGED), {39})
def test_answer_is_the_same_wherever_it_is_cut(sock, answer, places):
    """However the network cuts an answer into pieces, it is the same answer."""
    whole = read(sock, [answer])
    assert whole[:2] == (False, True)
    assert read(sock, cut(answer, places)) == whole


@settings(max_examples=300)
@given(st.sampled_from(RIGHT), st.integers(0, 100), st.binary(max_size=3), st.sets(st.integers(1, 99)))
def test_damaged_answer_is_refused_or_read_but_breaks_nothing(sock, right, place, damage, places):
    """Any byte replaced, left out or put in: an answer, none yet, or a refusal; and never one kept when
    refused."""
    refused, complete, status, _, _, kept = read(
        sock, cut(right[:place] + damage + right[place + 1 :], places)
    )
    assert not (refused and kept)
    assert not complete or 200 <= status <= 999


@pytest.mark.parametrize("more", [FORGED, FORGED[:9], b"garbage", b"\r\n\r\nx"])
def test_what_follows_an_answer_is_not_read_and_ends_the_connection(sock, more):
    """What nobody asked for never becomes part of an answer, nor the answer to the next request."""
    _, complete, status, headers, body, kept = read(sock, [stage.plain(b"a") + more])
    assert (complete, status, headers, body, kept) == (True, 200, {b"content-length": b"1"}, b"a", False)


def test_header_after_the_body_is_not_read(sock):
    """A trailer cannot say where the answer came from or how it is coded."""
    *_, headers, body, _ = read(sock, [RIGHT[3]])
    assert (headers, body) == ({b"link": b"<a>", b"transfer-encoding": b"chunked"}, b"abcdefg")
