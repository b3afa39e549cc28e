"""Endpoints are found by method and template."""

import pytest

from flashcrowd.reference.app import TABLE
from flashcrowd.reference.routes import Routes

ROUTES = Routes(TABLE)


@pytest.mark.parametrize(("method", "template"), [(method, template) for method, template, _ in TABLE])
def test_every_endpoint_is_found_by_its_own_path(method: str, template: str) -> None:
    """No endpoint hides another: a path made from a template leads to that template."""
    start, colon, rest = template.partition(":")
    _, slash, tail = rest.partition("/")
    path = f"{start}42{slash}{tail}" if colon else template
    found = ROUTES.find(method, path)
    assert found is not None
    assert found[0].name == f"{method} {template}"
    assert found[1] == ("42" if colon else "")


def test_slash_at_the_end_does_not_matter() -> None:
    """Clients that end their paths in a slash reach the same endpoint."""
    found = ROUTES.find("GET", "/api/v1/instance/")
    assert found is not None
    assert found[0].name == "GET /api/v1/instance"


@pytest.mark.parametrize(
    "path", ["", "/", "//", "/api", "/api/v1/accounts/1/2/3", "/api/v1/statuses/1/nothing"]
)
def test_unknown_path_has_no_endpoint(path: str) -> None:
    """What is not in the table is not found (the welcome page answers GET only)."""
    assert ROUTES.find("PUT", path) is None
