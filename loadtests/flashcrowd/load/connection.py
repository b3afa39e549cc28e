"""One keep-alive connection to a platform, and the answer that is coming in on it.

An answer that comes in one piece with its length (nearly every one) is cut out by a few searches; whatever
else comes is parsed by llhttp.
"""

import re
import select
from typing import Any, Final

from gevent import get_hub
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

USED: Final = (b"content-type", b"content-encoding", b"link", b"location", b"retry-after")
"""Names of the answer headers that say something to us."""

RARE: Final = (
    b"set-cookie",
    *(b"%bratelimit-%b" % (prefix, name) for prefix in (b"x-", b"") for name in (b"remaining", b"reset")),
)
"""Names of headers that say something at times: when logging in, and about limits."""

KEPT: Final = frozenset((*USED, *RARE, b"content-length", b"transfer-encoding"))
"""Names of the answer headers that are kept."""

SEARCHED: Final = tuple((name, b"\r\n" + name + b":") for name in USED)
HEAD: Final = re.compile(
    rb"HTTP/1\.1 ([2-9][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*+)?\r\n"
    rb"(?:[-!#$%&'*+.^_`|~0-9A-Za-z]++:[\t\x20-\x7e\x80-\xff]*+\r\n)*+\r\n"
)
"""A head to the letter of RFC 9112; whatever is not one goes to the parser, to be refused or understood."""

RARELY: Final = re.compile(rb"\r\n(" + b"|".join(RARE) + rb"):([^\r\n]*)")

LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*\r\n")
SPECIAL: Final = re.compile(rb"\n(?:transfer-encoding|connection|proxy-connection|upgrade)")
"""Beginnings of header lines that say how to read an answer, or what becomes of its connection."""

BLANK: Final = b" \t"
BODILESS: Final = (b"204", b"304")
READ: Final = 1
WRITE: Final = 2

try:
    _poll: Any = select.poll
except AttributeError:  # gevent's patch hides it: the plain one is meant, it never blocks here
    from gevent.monkey import get_original

    _poll = get_original("select", "poll")


class Connection:
    """One connection and its parser; the parser calls the `on_…` methods."""

    __slots__ = (
        "body",
        "complete",
        "head_lines",
        "headers",
        "idle_since_ns",
        "is_fresh",
        "kept",
        "parser",
        "poll",
        "readable",
        "reused",
        "sock",
        "status",
        "writable",
    )

    def __init__(self, sock: Any) -> None:
        self.sock = sock
        sock.setblocking(False)
        loop = get_hub().loop
        self.readable = loop.io(sock.fileno(), READ)
        self.writable = loop.io(sock.fileno(), WRITE)
        self.poll = _poll()
        self.poll.register(sock.fileno(), select.POLLIN)
        self.parser = HttpResponseParser(self)
        self.idle_since_ns = 0
        self.reused = False
        self.begin()

    def begin(self) -> None:
        """Forget the last answer."""
        self.is_fresh = True
        self.complete = False
        self.kept = False
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.head_lines = 0
        self.body: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Take a piece of the answer.

        Raises:
            HttpParserError: when it is not HTTP.
        """
        if self.is_fresh and self._cut(data):
            return
        self.is_fresh = False
        try:
            self.parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self.kept = False  # the parser takes nothing more
            raise
        self.is_fresh = False  # what follows an interim answer may have begun

    def _cut(self, data: bytes) -> bool:
        """Whether `data` is one whole plain answer; it is then taken."""
        found = HEAD.match(data)
        if found is None or found[1] in BODILESS:
            return False
        end = found.end()
        head = data[: end - 2].lower()
        length = LENGTH.search(head)
        if length is None or int(length[1]) != len(data) - end or head.count(b"content-length") != 1:
            return False
        if SPECIAL.search(head) is not None:
            return False
        self.status = int(found[1])
        self.head_lines = head.count(b"\n") - 1
        for name, start in SEARCHED:
            place = head.rfind(start)
            if place >= 0:
                value = place + len(start)
                self.headers[name] = data[value : data.find(b"\r", value)].strip(BLANK)
        if b"ratelimit" in head or b"set-cookie" in head:
            for found in RARELY.finditer(head):
                self._keep(found[1], data[found.start(2) : found.end(2)].strip(BLANK))
        self.body = [data[end:]]
        self.complete = self.kept = True
        return True

    def on_message_begin(self) -> None:
        """Note that more has come than one answer; it is not read, and the connection not used again."""
        if self.complete:
            self.kept = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header that matters; none that comes after the body."""
        self.head_lines += 1
        name = name.lower()
        if not self.status and name in KEPT:
            self._keep(name, value.strip(BLANK))

    def _keep(self, name: bytes, value: bytes) -> None:
        """Keep a header; cookies, which come one a line, are kept so."""
        if name == b"set-cookie" and name in self.headers:
            value = self.headers[name] + b"\n" + value
        self.headers[name] = value

    def on_headers_complete(self) -> None:
        """Note the status."""
        if not self.complete:
            self.status = self.parser.get_status_code()

    def on_body(self, piece: bytes) -> None:
        """Keep a piece of the body."""
        if not self.complete:
            self.body.append(piece)

    def on_message_complete(self) -> None:
        """Note the end, unless the answer was an interim one (1xx)."""
        if self.complete:
            return
        if self.status >= 200:
            self.complete = True
            self.kept = self.parser.should_keep_alive()  # the parser knows only until it returns
        else:
            self.begin()

    def ends_with_connection(self) -> bool:
        """Whether the answer's body has no length of its own, so that the end of the stream is its end."""
        framed = b"content-length" in self.headers or b"transfer-encoding" in self.headers
        return self.status >= 200 and not framed

    def was_closed(self) -> bool:
        """Whether the platform has closed the idle connection (or sent what nobody asked for)."""
        return bool(self.poll.poll(0))

    def close(self) -> None:
        """Close the socket and break the cycle with the parser."""
        self.parser = None
        self.readable.close()
        self.writable.close()
        self.sock.close()
