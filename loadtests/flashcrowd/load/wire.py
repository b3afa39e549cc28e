"""The HTTP client of the live engine: as little work per request as HTTP/1.1 over gevent sockets allows.

One `Wire` serves one origin. It keeps connections alive, parses with llhttp (httptools), decodes gzip,
deflate and br, bounds every answer in size and time, and stamps each exchange. It never raises for what a
platform does: a refused connection, a time-out or nonsense is an `Answer` with a `fault`.
"""

import _socket
from collections import Counter
from time import monotonic_ns
from typing import Any, Final

from gevent import getcurrent, socket, ssl
from httptools import HttpParserError, HttpParserUpgrade

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.coding import ACCEPTED, decoded
from flashcrowd.load.connection import HEAD_LIMIT, Connection, HungUp, TooLong
from flashcrowd.load.deadlines import Deadlines
from flashcrowd.load.origin import Origin
from flashcrowd.load.request import Request

SIZE_LIMIT: Final = 8 << 20
"""Most bytes of an answer as it comes over the wire, and of its body after decompression."""

MOST_REDIRECTS: Final = 3
REDIRECTS: Final = (301, 302, 303, 307, 308)

DATA: Final = b"application/json, */*;q=0.1\r\n"
PAGE: Final = b"text/html, */*;q=0.1\r\n"
"""What is accepted: many servers answer with pages, or lead to a log-in, unless data are asked for."""

OK: Final = "ok"
REFUSED: Final = "refused"
TIMEOUT: Final = "timeout"
FAILED: Final = "failed"


class Answer:
    """What came back for one request, and when; `request` is None for what was never sent.

    `fault` is an outcome of `core.events`: "ok" when an answer was read whole (whatever its status), else
    "refused", "timeout" or "failed", and `detail` says why. Times are `monotonic_ns`; `first_byte_ns` is -1
    when nothing came.
    """

    __slots__ = (
        "body",
        "bytes_in",
        "bytes_out",
        "detail",
        "end_ns",
        "fault",
        "first_byte_ns",
        "headers",
        "request",
        "start_ns",
        "status",
    )

    def __init__(self, start_ns: int) -> None:
        self.start_ns = start_ns
        self.first_byte_ns = -1
        self.end_ns = -1
        self.request: Request | None = None
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.body = b""
        self.bytes_in = 0
        self.bytes_out = 0
        self.fault = OK
        self.detail = ""

    def failed(self, fault: str, detail: str) -> "Answer":
        """This answer, marked as not usable."""
        self.fault = fault
        self.detail = detail
        return self


class Wire:
    """A keep-alive client of one origin.

    Args:
        origin: the platform's base URL.
        address: the IP address to connect to; the guard has checked it, so names are not resolved again.
        timeout_s: most seconds from the beginning of a request to its last byte.
        connect_timeout_s: most seconds to open a connection.
        size_limit: most bytes of an answer, and of its body when decompressed.
        tls: context for https; default: the system's trust.
    """

    def __init__(
        self,
        origin: Origin,
        address: str,
        timeout_s: float = 10.0,
        connect_timeout_s: float = 5.0,
        size_limit: int = SIZE_LIMIT,
        tls: Any = None,
    ) -> None:
        self.origin = origin
        self.address = address
        self.timeout_s = timeout_s
        self.connect_timeout_s = connect_timeout_s
        self.size_limit = size_limit
        self._tls = tls or (ssl.create_default_context() if origin.tls else None)
        self.resent: Counter[str] = Counter()
        """Action -> how often a request was sent again because its kept connection was dead: the platform may
        have counted it twice."""
        self._idle: list[Connection] = []
        self._deadlines = Deadlines()
        self._prefix = origin.prefix.encode()
        common = (
            b" HTTP/1.1\r\nHost: "
            + origin.authority.encode()
            + b"\r\nUser-Agent: flashcrowd\r\nAccept-Encoding: "
            + ACCEPTED
            + b"\r\nAccept: "
        )
        self._data = common + DATA
        self._page = common + PAGE

    def send(self, request: Request, timeout_s: float | None = None) -> Answer:
        """The answer to one request; redirects of reads are followed inside the origin only.

        Args:
            timeout_s: replaces the client's limit for this request.
        """
        answer = Answer(monotonic_ns())
        answer.request = request
        deadline_ns = answer.start_ns + int((timeout_s or self.timeout_s) * 1e9)
        self._exchange(self._encoded(request, request.target), request, answer, deadline_ns)
        for _ in range(MOST_REDIRECTS):
            is_elsewhere = answer.fault == OK and answer.status in REDIRECTS
            if not is_elsewhere or request.method != b"GET" or not request.follows:
                break
            target = self.origin.same_site(answer.headers.get(b"location", b"").decode("latin-1"))
            if target is None:
                break
            # Location holds the whole path: the base URL's prefix is not put before it again.
            encoded = b"%b %b%b%b\r\n" % (
                request.method,
                target.encode("latin-1"),
                self._page if request.page else self._data,
                request.headers,
            )
            self._exchange(encoded, request, answer, deadline_ns)
        if answer.fault == OK:
            self._decode(answer)
        else:
            answer.end_ns = monotonic_ns()
        return answer

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every idle connection."""
        self._deadlines.close()
        while self._idle:
            self._idle.pop().close()

    def _encoded(self, request: Request, target: bytes) -> bytes:
        body, common = request.body, self._page if request.page else self._data
        if request.method == b"GET" and not body:
            return b"%b %b%b%b%b\r\n" % (request.method, self._prefix, target, common, request.headers)
        return b"%b %b%b%b%bContent-Length: %d\r\n\r\n%b" % (
            request.method,
            self._prefix,
            target,
            common,
            request.headers,
            len(body),
            body,
        )

    def _exchange(self, data: bytes, request: Request, answer: Answer, deadline_ns: int) -> None:
        """Send and receive once; once more on a new connection when a kept one turns out to be dead."""
        answer.fault, answer.detail = OK, ""
        waiter = getcurrent()
        for connected in (self._connection, self._opened):
            connection = connected(answer, deadline_ns)
            if connection is None:
                return
            written = whole = False
            self._deadlines.set(waiter, deadline_ns)
            try:
                written = self._write(connection, data, answer)
                whole = written and self._read(connection, answer)
            finally:  # also when the greenlet is killed in the middle
                self._deadlines.clear(waiter)
                if not whole:
                    connection.close()
            if whole:
                return
            died_idle = connection.reused and answer.fault == FAILED and connection.bytes_in == 0
            if not (died_idle and (request.idempotent or not written)):
                return
            self.resent[request.action] += written
            answer.fault, answer.detail = OK, ""

    def _connection(self, answer: Answer, deadline_ns: int) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed:
                connection.reused = True
                connection.begin()
                return connection
        return self._opened(answer, deadline_ns)

    def _opened(self, answer: Answer, deadline_ns: int) -> Connection | None:
        sock, opened = None, None
        try:
            left_s = min(self.connect_timeout_s, _left_s(deadline_ns))
            sock = socket.create_connection((self.address, self.origin.port), timeout=left_s)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_hostname=self.origin.host)
            else:
                sock = _socket.socket(fileno=sock.detach())  # a connection never blocks: no need of gevent's
            opened = Connection(sock, self.size_limit)
            opened.listen()
        except TimeoutError:
            answer.failed(TIMEOUT, "no connection in time")
        except (ssl.SSLError, ssl.CertificateError) as error:
            answer.failed(REFUSED, f"TLS: {getattr(error, 'reason', None) or error}")
        except OSError as error:
            answer.failed(REFUSED, f"no connection: {error.strerror or error}")
        finally:  # also when the greenlet is killed in the middle
            if opened is None and sock is not None:
                sock.close()
        return opened

    def _write(self, connection: Connection, data: bytes, answer: Answer) -> bool:
        """Whether the request went out whole."""
        try:
            connection.send(data)
        except TimeoutError:
            answer.failed(TIMEOUT, "the request could not be sent in time")
            return False
        except OSError as error:
            answer.failed(FAILED, f"connection lost while sending: {error.strerror or error}")
            return False
        answer.bytes_out += len(data)
        return True

    def _read(self, connection: Connection, answer: Answer) -> bool:
        """Whether an answer came whole; the connection is then kept or closed as the answer says."""
        try:
            connection.wait()
        except HungUp:
            answer.failed(FAILED, "the platform closed the connection before the end of its answer")
        except TooLong:
            answer.failed(FAILED, f"an answer over {self.size_limit} bytes or {HEAD_LIMIT} header lines")
        except TimeoutError:
            answer.failed(TIMEOUT, "no whole answer in time")
        except (HttpParserError, HttpParserUpgrade) as error:
            answer.failed(FAILED, f"not HTTP: {error}")
        except OSError as error:
            answer.failed(FAILED, f"connection lost: {error.strerror or error}")
        self._take(connection, answer)
        if answer.fault != OK:
            return False
        if connection.kept:
            connection.rest()
            self._idle.append(connection)
        else:
            connection.close()
        return True

    def _take(self, connection: Connection, answer: Answer) -> None:
        """Hand over what has come, whole or not."""
        if answer.first_byte_ns < 0:
            answer.first_byte_ns = connection.first_byte_ns
        answer.end_ns = connection.end_ns
        answer.bytes_in += connection.bytes_in
        if answer.fault != OK:
            return
        answer.status = connection.status
        answer.headers = connection.headers
        pieces = connection.body
        answer.body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        connection.body = []

    def _decode(self, answer: Answer) -> None:
        coding = answer.headers.get(b"content-encoding")
        if coding is None:
            return
        try:
            answer.body = decoded(answer.body, coding.strip().lower(), self.size_limit)
        except PlatformError as error:
            answer.body = b""
            answer.failed(FAILED, str(error))


def _left_s(deadline_ns: int) -> float:
    """Seconds until the deadline.

    Raises:
        TimeoutError: when it has passed: a platform that sends without pause never lets a socket wait.
    """
    left_ns = deadline_ns - monotonic_ns()
    if left_ns <= 0:
        raise TimeoutError
    return left_ns / 1e9
