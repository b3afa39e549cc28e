"""Whom the crowd may be sent to, how hard, and when it holds back.

A target is allowed when all its addresses are loopback or private, when its owner says so by a file that
the target serves, or when the user names the host. A ceiling bounds the rate, and a breaker stops sending
for a while when nearly everything fails.
"""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import monotonic_ns
from typing import Final

from gevent import socket

from flashcrowd.core.errors import TargetError, UsageError
from flashcrowd.load.origin import Origin
from flashcrowd.load.request import Request
from flashcrowd.load.wire import OK, Wire

CONSENT_PATH: Final = b"/.well-known/flashcrowd.txt"
CONSENT: Final = "flashcrowd: load may be put on this host"
"""A line of the consent file; who can put it there owns the host."""

NEAR: Final = tuple(
    ip_network(text)
    for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
"""Loopback and private networks (RFC 1122, 1918, 4193); not link-local ones, where cloud metadata lives."""

CONNECT_S: Final = 5.0


def is_near(address: str) -> bool:
    """Whether an IP address is loopback or private.

    >>> is_near("127.0.0.1"), is_near("169.254.169.254"), is_near("::ffff:8.8.8.8")
    (True, False, False)
    """
    parsed: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return any(parsed.version == network.version and parsed in network for network in NEAR)


def admit(origin: Origin, owned: Collection[str] = ()) -> str:
    """The IP address under which the crowd may load a target; the run connects to no other.

    Args:
        owned: hosts that the user has named by `--i-own`.

    Raises:
        UsageError: when the target is public, and neither its file nor the user says that it may be loaded.
        TargetError: when the name has no address, or nothing listens there.
    """
    addresses = _addresses(origin)
    address = _listening(origin, addresses)
    if all(is_near(each) for each in addresses) or origin.host in owned:
        return address
    if _consents(origin, address):
        return address
    raise UsageError(
        f"{origin.host} ({address}) is a public address. Load only what is yours: name it with "
        f"--i-own {origin.host}, or let it serve the line '{CONSENT}' at "
        f"{origin.scheme}://{origin.authority}{CONSENT_PATH.decode()}"
    )


def _addresses(origin: Origin) -> list[str]:
    try:
        found = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TargetError(f"target {origin.url}: {origin.host} has no address: {error.strerror}") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _listening(origin: Origin, addresses: list[str]) -> str:
    """The first address that takes a connection."""
    reason = ""
    for address in addresses:
        try:
            socket.create_connection((address, origin.port), timeout=CONNECT_S).close()
        except TimeoutError:
            reason = f"no connection within {CONNECT_S:g} s"
        except OSError as error:
            reason = error.strerror or str(error)
        else:
            return address
    raise TargetError(f"target {origin.url} cannot be reached: {reason}")


def _consents(origin: Origin, address: str) -> bool:
    """Whether the target serves the consent line."""
    with Wire(origin._replace(prefix=""), address, timeout_s=CONNECT_S, size_limit=65536) as wire:
        answer = wire.send(Request("public", b"GET", CONSENT_PATH, b""))
    if answer.fault != OK or answer.status != 200:
        return False
    return CONSENT in (line.strip() for line in answer.body.decode("utf-8", "replace").splitlines())


class Ceiling:
    """Bounds the rate of requests: a token bucket that holds a tenth of a second's worth.

    Args:
        rate_per_s: requests that may leave in a second, > 0.
    """

    def __init__(self, rate_per_s: float) -> None:
        self._next_ns = 0
        self.limit(rate_per_s)

    def limit(self, rate_per_s: float) -> None:
        """Bound the rate anew, > 0."""
        self._gap_ns = int(1e9 / rate_per_s)
        self._slack_ns = max(100_000_000, self._gap_ns)

    def allows(self, now_ns: int) -> bool:
        """Whether a request may leave now; if so, it is counted."""
        earliest = max(self._next_ns, now_ns - self._slack_ns)
        if earliest > now_ns:
            return False
        self._next_ns = earliest + self._gap_ns
        return True


class Breaker:
    """Holds requests back while nearly all fail: opens, tries again after a while, waits longer each time.

    Closed: counts `WINDOW` answers; when `TRIP` of them were failures it opens. Open: nothing leaves for
    the pause. Then the next window decides; the pause doubles, up to `LONGEST_S`, until a window passes.
    """

    WINDOW: Final = 100
    TRIP: Final = 0.9
    FIRST_S: Final = 1.0
    LONGEST_S: Final = 8.0

    def __init__(self) -> None:
        self.opened = 0
        self._answers = 0
        self._failures = 0
        self._pause_s = self.FIRST_S
        self._open_until_ns = 0

    def allows(self, now_ns: int) -> bool:
        """Whether a request may leave now."""
        return now_ns >= self._open_until_ns

    def note(self, failed: bool) -> None:
        """Count one answer; `failed`: none came, or the platform said that it could not (5xx, 429)."""
        self._answers += 1
        self._failures += failed
        if self._answers < self.WINDOW:
            return
        if self._failures >= self.TRIP * self.WINDOW:
            self.opened += 1
            self._open_until_ns = monotonic_ns() + int(self._pause_s * 1e9)
            self._pause_s = min(2 * self._pause_s, self.LONGEST_S)
        else:
            self._pause_s = self.FIRST_S
        self._answers = self._failures = 0
