"""One HTTP request as an adapter builds it: bytes that need no more work before they are sent."""

from typing import Final
from urllib.parse import quote

IDEMPOTENT: Final = (b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE")


class Request:
    """What to send, without the headers that the client adds (Host, lengths, codings).

    Args:
        action: the action of `core.events` that it serves.
        method: such as b"GET".
        target: path and query below the platform's base URL, percent-encoded.
        headers: whole header lines, each ended by CRLF; credentials are here.
        body: the content; its type stands in `headers`.
        follows: whether redirects of a read are followed.
        page: whether a page for people is asked for, not data.
    """

    __slots__ = ("action", "body", "follows", "headers", "method", "page", "target")

    def __init__(
        self,
        action: str,
        method: bytes,
        target: bytes,
        headers: bytes,
        body: bytes = b"",
        follows: bool = True,
        page: bool = False,
    ) -> None:
        self.action = action
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.follows = follows
        self.page = page

    @property
    def idempotent(self) -> bool:
        """Whether the request may be sent twice: its method is idempotent (RFC 9110, 9.2.2)."""
        return self.method in IDEMPOTENT

    def __repr__(self) -> str:
        """Method and target only: headers hold credentials."""
        return f"<Request {self.action}: {self.method.decode()} {self.target.decode('latin-1')}>"


def segment(text: str) -> str:
    """A platform's id as one segment of a path: nothing in it can reach another path, header or line.

    >>> segment("109"), segment("../x y")
    ('109', '..%2Fx%20y')
    """
    if text.isascii() and text.isalnum():
        return text
    return quote(text, safe="")
