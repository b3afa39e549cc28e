"""Who may be loaded, how hard, and when the crowd holds back."""

import pytest
import staged as stage
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.errors import TargetError, UsageError
from flashcrowd.load import guard
from flashcrowd.load.guard import CONSENT, Breaker, Ceiling, admit, is_near
from flashcrowd.load.origin import parse_origin

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.9.9.9", "10.1.2.3", "172.31.0.1", "192.168.1.1", "::1", "fd00::1", "::ffff:10.0.0.1"],
)
def test_loopback_and_private_addresses_are_near(address):
    """Every loopback and private network is allowed."""
    assert is_near(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "172.32.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "2001:db8::1",
        "fe80::1",
    ],
)
def test_public_link_local_and_special_addresses_are_not_near(address):
    """Nothing else is, cloud metadata addresses least of all."""
    assert not is_near(address)


def test_loopback_target_is_admitted_with_its_address():
    """A target on this machine needs no consent; the run is bound to the address that was checked."""
    with stage.staged(stage.always(b"")) as server:
        assert admit(parse_origin(f"http://localhost:{server.port}")) in ("127.0.0.1", "::1")


def test_closed_port_is_a_target_error():
    """Nobody listening is said in one line."""
    with stage.staged(stage.always(b"")) as server:
        pass
    with pytest.raises(TargetError, match="cannot be reached"):
        admit(parse_origin(f"http://127.0.0.1:{server.port}"))


def test_unknown_host_is_a_target_error():
    """A name without an address is said in one line (`.invalid` never resolves, RFC 6761)."""
    with pytest.raises(TargetError, match="has no address"):
        admit(parse_origin("http://nobody.invalid:81"))


@pytest.fixture
def _everything_is_far(monkeypatch):
    """Makes loopback look like a public network, which cannot be staged."""
    monkeypatch.setattr(guard, "is_near", lambda address: False)


@pytest.mark.usefixtures("_everything_is_far")
def test_public_target_without_consent_is_refused():
    """A public host that says nothing must not be loaded."""
    with (
        stage.staged(stage.always(stage.plain(b"", status=b"404 Not Found"))) as server,
        pytest.raises(UsageError, match=r"--i-own 127\.0\.0\.1"),
    ):
        admit(parse_origin(f"http://127.0.0.1:{server.port}"))


@pytest.mark.usefixtures("_everything_is_far")
def test_public_target_that_serves_the_consent_line_is_admitted():
    """The line in the well-known file is the owner's consent."""
    body = b"# ours\n" + CONSENT.encode() + b"\n"
    with stage.staged(stage.always(stage.plain(body))) as server:
        assert admit(parse_origin(f"http://127.0.0.1:{server.port}/api")) == "127.0.0.1"


@pytest.mark.usefixtures("_everything_is_far")
@pytest.mark.parametrize("body", [b"no", b"<html>" + CONSENT.encode() + b"</html>", b"\xff\xfe"])
def test_page_that_only_resembles_consent_is_refused(body):
    """The line must stand alone: a page that mentions it is no consent."""
    with (
        stage.staged(stage.always(stage.plain(body))) as server,
        pytest.raises(UsageError),
    ):
        admit(parse_origin(f"http://127.0.0.1:{server.port}"))


@pytest.mark.usefixtures("_everything_is_far")
def test_public_target_that_the_user_owns_is_admitted():
    """Naming the host is enough; naming another is not."""
    with stage.staged(stage.always(stage.plain(b""))) as server:
        origin = parse_origin(f"http://127.0.0.1:{server.port}")
        assert admit(origin, ["127.0.0.1"]) == "127.0.0.1"
        with pytest.raises(UsageError):
            admit(origin, ["other.example"])


@given(st.integers(1, 5000), st.lists(st.integers(0, 20_000_000), min_size=1, max_size=300))
def test_ceiling_never_lets_more_through_than_its_rate(rate, gaps):
    """Whatever comes, in any stretch of time at most rate x time + a tenth of a second's worth leaves."""
    ceiling = Ceiling(rate)
    now = 10 * SECOND
    passed = []
    for gap in gaps:
        now += gap
        if ceiling.allows(now):
            passed.append(now)
    for first in range(0, len(passed), 7):
        span = passed[-1] - passed[first]
        most = span / int(SECOND / rate) + max(0.1 * rate, 1) + 2
        assert len(passed) - first <= most


def test_ceiling_above_the_rate_lets_everything_through():
    """Requests evenly spaced below the ceiling all leave."""
    ceiling = Ceiling(100)
    assert all(ceiling.allows(n * SECOND // 99) for n in range(10, 500))


def test_breaker_opens_when_nearly_all_fail_and_closes_again():
    """A window of failures opens it; after the pause requests may leave again."""
    breaker = Breaker()
    for _ in range(Breaker.WINDOW):
        breaker.note(True)
    assert breaker.opened == 1
    soon, later = breaker._open_until_ns - 1, breaker._open_until_ns
    assert not breaker.allows(soon)
    assert breaker.allows(later)


def test_breaker_stays_closed_at_a_third_of_failures():
    """A platform that fails often is measured, not spared."""
    breaker = Breaker()
    for n in range(10 * Breaker.WINDOW):
        breaker.note(n % 3 == 0)
    assert breaker.opened == 0
