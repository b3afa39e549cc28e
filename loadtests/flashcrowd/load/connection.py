"""One keep-alive connection to a platform, and the answer that is coming in on it."""

import select
from typing import Any, Final

from httptools import HttpResponseParser

KEPT: Final = frozenset(
    (
        b"content-type",
        b"content-encoding",
        b"link",
        b"location",
        b"retry-after",
        b"content-length",
        b"transfer-encoding",
    )
)
"""Names of the answer headers that are kept."""


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
        "kept",
        "parser",
        "poll",
        "reused",
        "sock",
        "status",
    )

    def __init__(self, sock: Any) -> None:
        self.sock = sock
        self.poll = _poll()
        self.poll.register(sock.fileno(), select.POLLIN)
        self.parser = HttpResponseParser(self)
        self.idle_since_ns = 0
        self.reused = False
        self.begin()

    def begin(self) -> None:
        """Forget the last answer."""
        self.complete = False
        self.kept = False
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.head_lines = 0
        self.body: list[bytes] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header that matters."""
        self.head_lines += 1
        name = name.lower()
        if name in KEPT:
            self.headers[name] = value

    def on_headers_complete(self) -> None:
        """Note the status."""
        self.status = self.parser.get_status_code()

    def on_body(self, piece: bytes) -> None:
        """Keep a piece of the body."""
        self.body.append(piece)

    def on_message_complete(self) -> None:
        """Note the end, unless the answer was an interim one (1xx)."""
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
        self.sock.close()
