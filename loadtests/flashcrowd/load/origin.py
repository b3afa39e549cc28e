"""Where a platform is: scheme, host, port and path prefix of its base URL."""

import re
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

from flashcrowd.core.errors import UsageError

PORTS = {"http": 80, "https": 443}

RESERVED = "/?:@!$&'()*+,;=%-._~"
"""What a target may hold besides letters and digits (RFC 3986)."""

HOST = re.compile(r"[a-z0-9._~-]+|[0-9a-f:]+", re.IGNORECASE)


class Origin(NamedTuple):
    """The parts of a base URL; `prefix` is the path before every target, without a slash at its end."""

    scheme: str
    host: str
    port: int
    prefix: str = ""

    @property
    def tls(self) -> bool:
        """Whether connections are encrypted."""
        return self.scheme == "https"

    @property
    def authority(self) -> str:
        """Host and port as a Host header says them.

        >>> Origin("http", "::1", 8000).authority, Origin("https", "art.example", 443).authority
        ('[::1]:8000', 'art.example')
        """
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The base URL without a slash at its end.

        >>> parse_origin("HTTP://127.0.0.1:8000/api/").url
        'http://127.0.0.1:8000/api'
        """
        return f"{self.scheme}://{self.authority}{self.prefix}"

    def same_site(self, location: str) -> str | None:
        """The path and query that a redirect's Location names, or None when it leads to another origin.

        >>> origin = Origin("http", "127.0.0.1", 8000)
        >>> origin.same_site("/login?next=1"), origin.same_site("http://10.0.0.1/")
        ('/login?next=1', None)
        """
        try:
            parts = urlsplit(location)
            port = parts.port
        except ValueError:
            return None
        if (
            parts.netloc
            and (parts.scheme or self.scheme, parts.hostname, port or PORTS.get(parts.scheme)) != self[:3]
        ):
            return None
        if (parts.scheme and not parts.netloc) or not parts.path.startswith("/"):
            return None
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        return quote(target, safe=RESERVED)


def parse_origin(url: str) -> Origin:
    """The origin of a base URL such as `http://127.0.0.1:8000`.

    Raises:
        UsageError: when the text is no http(s) URL, or holds a user name, a query or a fragment.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"target {url!r} is not a URL: {error}") from None
    if parts.scheme not in PORTS or not parts.hostname or not HOST.fullmatch(parts.hostname):
        raise UsageError(f"target {url!r} is not an http or https URL such as http://127.0.0.1:8000")
    _refuse_extras(url, parts)
    return Origin(parts.scheme, parts.hostname, port or PORTS[parts.scheme], parts.path.rstrip("/"))


def _refuse_extras(url: str, parts: SplitResult) -> None:
    if parts.username or parts.password:
        raise UsageError("the target URL holds a user name or password; credentials must not stand in a URL")
    if parts.query or parts.fragment:
        raise UsageError(f"target {url!r} has a query or fragment; give the base URL only")
