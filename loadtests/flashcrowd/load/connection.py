"""One keep-alive connection to a platform, and the answer that is coming in on it, parsed by llhttp.

The event loop itself receives and parses, and wakes who waits once, when the answer is whole: pieces cost no
switch between greenlets. An idle connection that the platform closes is closed here as soon as the loop hears
of it.
"""

from time import monotonic_ns
from typing import Any, Final

from gevent import get_hub, getcurrent, ssl
from httptools import HttpParserCallbackError, HttpParserError, HttpParserUpgrade, HttpResponseParser

KEPT: Final = frozenset(
    (
        b"content-type",
        b"content-encoding",
        b"link",
        b"location",
        b"retry-after",
        b"content-length",
        b"transfer-encoding",
        b"set-cookie",
        *(b"%bratelimit-%b" % (prefix, name) for prefix in (b"x-", b"") for name in (b"remaining", b"reset")),
    )
)
"""Names of the answer headers that are kept."""

BLANK: Final = b" \t"
READ: Final = 1
WRITE: Final = 2

HEAD_LIMIT: Final = 256
"""Most header lines of an answer."""

_BUFFER: Final = bytearray(1 << 17)
_VIEW: Final = memoryview(_BUFFER)
"""Into which all connections receive: what has come is parsed before anything else comes."""


class HungUp(Exception):  # noqa: N818 (what a platform does, no error of ours)
    """The platform closed the connection before the end of its answer."""


class TooLong(Exception):  # noqa: N818 (as above)
    """An answer passes the limit of its size or of its header lines."""


class Connection:
    """One connection and its parser; the parser calls the `on_…` methods.

    Args:
        sock: connected; it is set not to block, and the event loop looks after it.
        size_limit: most bytes of an answer as it comes over the wire.
    """

    __slots__ = (
        "_error",
        "_hub",
        "_is_tls",
        "_readable",
        "_size_limit",
        "_waiter",
        "_writable",
        "body",
        "bytes_in",
        "complete",
        "end_ns",
        "first_byte_ns",
        "head_lines",
        "headers",
        "is_closed",
        "is_idle",
        "kept",
        "parser",
        "reused",
        "sock",
        "status",
    )

    def __init__(self, sock: Any, size_limit: int = 1 << 62) -> None:
        self.sock = sock
        sock.setblocking(False)
        self._is_tls = isinstance(sock, ssl.SSLSocket)
        self._hub = get_hub()
        loop = self._hub.loop
        self._readable = loop.io(sock.fileno(), READ)
        self._writable = loop.io(sock.fileno(), WRITE)
        self._size_limit = size_limit
        self._waiter: Any = None
        self.parser = HttpResponseParser(self)
        self.reused = False
        self.is_closed = False
        self.begin()

    def listen(self) -> None:
        """Take what comes in, from now on until the connection is closed."""
        self._readable.start(self._come)

    def begin(self) -> None:
        """Forget the last answer: another is awaited."""
        self.is_idle = False
        self.first_byte_ns = self.end_ns = -1
        self.bytes_in = 0
        self._error: Exception | None = None
        self._clear()

    def _clear(self) -> None:
        self.complete = False
        self.kept = False
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.head_lines = 0
        self.body: list[bytes] = []

    def feed(self, data: bytes | memoryview) -> None:
        """Take a piece of the answer.

        Raises:
            HttpParserError: when it is not HTTP.
        """
        try:
            self.parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self.kept = False  # the parser takes nothing more
            raise

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
            self._clear()

    def ends_with_connection(self) -> bool:
        """Whether the answer's body has no length of its own, so that the end of the stream is its end."""
        framed = b"content-length" in self.headers or b"transfer-encoding" in self.headers
        return self.status >= 200 and not framed

    def send(self, data: bytes) -> None:
        """Send a request whole.

        Raises:
            OSError: when the connection is lost.
        """
        sent = self.sock.send(data)
        rest = memoryview(data)[sent:] if sent < len(data) else None
        while rest:
            self._hub.wait(self._writable)
            try:
                rest = rest[self.sock.send(rest) :]
            except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                continue

    def wait(self) -> None:
        """Wait until the answer is whole.

        Raises:
            HungUp, TooLong: see there.
            HttpParserError, HttpParserUpgrade: when it is not HTTP.
            OSError: when the connection is lost.
            Exception: a bug of ours in reading it.
        """
        try:
            while not self.complete and self._error is None:
                self._waiter = getcurrent()
                self._hub.switch()
        finally:
            self._waiter = None
        if self._error is not None:
            raise self._error

    def rest(self) -> None:
        """Be idle until the next request."""
        self.is_idle = True

    def close(self) -> None:
        """Close the socket and break the cycle with the parser; again does nothing."""
        if not self.is_closed:
            self.is_closed = True
            self.parser = None
            self._readable.close()
            self._writable.close()
            self.sock.close()

    def _come(self) -> None:
        """Take what has come in; the loop calls this, whoever waits."""
        if self.is_idle:
            self.close()  # the platform has closed it, or sends what nobody asked for
            return
        try:
            self._receive()
        except HttpParserCallbackError as error:
            bug = error.__context__
            self._error = bug if isinstance(bug, Exception) else error
        except Exception as error:
            self._error = error
        if self._error is not None:
            self._readable.stop()  # the end of a stream would be told again and again
        if self._waiter is not None and (self.complete or self._error is not None):
            self._waiter.switch()

    def _receive(self) -> None:
        """Receive and parse until nothing more is there, or the answer is whole."""
        size = len(_BUFFER)
        while size == len(_BUFFER) or self._is_tls:  # less than asked for was all there is
            try:
                size = self.sock.recv_into(_BUFFER)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            now_ns = monotonic_ns()
            if size == 0:
                self._end(now_ns)
                return
            if self.bytes_in == 0:
                self.first_byte_ns = now_ns
            self.bytes_in += size
            try:
                self.feed(_VIEW[:size])
            except (HttpParserError, HttpParserUpgrade):
                if not self.complete:
                    raise
            if self.complete:
                self.end_ns = now_ns
                return
            if self.bytes_in > self._size_limit or self.head_lines > HEAD_LIMIT:
                raise TooLong

    def _end(self, now_ns: int) -> None:
        """The stream has ended: that is the end of an answer without a length of its own."""
        if not self.ends_with_connection():
            raise HungUp
        self.complete, self.kept, self.end_ns = True, False, now_ns
