"""Base URLs of targets."""

import pytest

from flashcrowd.core.errors import UsageError
from flashcrowd.load.origin import Origin, parse_origin


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://127.0.0.1:8000", Origin("http", "127.0.0.1", 8000)),
        ("https://art.example/api/", Origin("https", "art.example", 443, "/api")),
        ("http://[::1]:3000", Origin("http", "::1", 3000)),
    ],
)
def test_base_url_becomes_its_parts(url, origin):
    """Scheme, host, port and prefix are found; a slash at the end is nothing."""
    assert parse_origin(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8000",
        "ftp://x",
        "http://",
        "http://a b",
        "http://x:99999",
        "http://x/?q=1",
        "http://u:pw@x",
        "",
    ],
)
def test_what_is_no_base_url_is_refused_in_one_line(url):
    """Anything else is a usage error."""
    with pytest.raises(UsageError) as refused:
        parse_origin(url)
    assert "\n" not in str(refused.value)


def test_password_in_a_url_is_not_repeated():
    """A password typed into the URL does not reach the screen again."""
    with pytest.raises(UsageError) as refused:
        parse_origin("http://me:s3cret@x")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/x?y=1", "/x?y=1"),
        ("http://h:8000/x", "/x"),
        ("//h:8000/x", "/x"),
        ("/a b", "/a%20b"),
        ("http://h/x", None),
        ("https://h:8000/x", None),
        ("//evil/x", None),
        ("javascript:alert(1)", None),
        ("x/y", None),
        ("http://h:99999/", None),
        ("", None),
    ],
)
def test_redirect_stays_inside_the_origin(location, target):
    """Only a Location of the same scheme, host and port gives a target."""
    assert Origin("http", "h", 8000).same_site(location) == target
