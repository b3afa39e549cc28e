"""One reference platform for the tests of its API, and members on it."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from flashcrowd.reference.process import ReferencePlatform
from flashcrowd.reference.settings import Generator, Settings
from flashcrowd.reference.site import Site

SCOPES = "read write follow"
PASSWORD = "a password for tests only"
FAST = Generator(slots=2, median_s=0.02, sigma=0.2, cap_s=0.1, blocked=0.0)


@dataclass(frozen=True)
class Member:
    """A signed-up member: id, name, token, and a client that sends it."""

    id: str
    name: str
    token: str
    http: httpx.Client

    def get(self, path: str, **params: Any) -> Any:
        """JSON of a GET that must succeed."""
        return self.http.get(path, params=params).raise_for_status().json()

    def post(self, path: str, **form: Any) -> Any:
        """JSON of a POST that must succeed."""
        return self.http.post(path, data=form).raise_for_status().json()

    def say(self, text: str, **form: Any) -> dict[str, Any]:
        """A new status."""
        made: dict[str, Any] = self.post("/api/v1/statuses", status=text, **form)
        return made


class Crowd:
    """Signs members up on one platform."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.numbers = itertools.count(1)
        self.http = httpx.Client(base_url=url, trust_env=False)
        self.app = self.http.post("/api/v1/apps", data={"client_name": "tests", "scopes": SCOPES}).json()
        self.token = self.grant(grant_type="client_credentials", scope=SCOPES).json()["access_token"]
        self.clients = [self.http]

    def grant(self, **form: str) -> httpx.Response:
        """POST /oauth/token as this app."""
        return self.http.post("/oauth/token", data={**self.credentials(), **form})

    def credentials(self) -> dict[str, str]:
        """Id and secret of the app."""
        return {"client_id": self.app["client_id"], "client_secret": self.app["client_secret"]}

    def sign_up(self, **changes: str) -> httpx.Response:
        """POST /api/v1/accounts with right values, but for `changes`."""
        name = f"member_{next(self.numbers)}"
        form = {"username": name, "email": f"{name}@mail.example", "password": PASSWORD, "agreement": "true"}
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.http.post("/api/v1/accounts", data={**form, **changes}, headers=headers)

    def member(self) -> Member:
        """A new member."""
        token = self.sign_up().raise_for_status().json()["access_token"]
        http = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False)
        self.clients.append(http)
        account = http.get("/api/v1/accounts/verify_credentials").json()
        return Member(account["id"], account["username"], token, http)

    def close(self) -> None:
        """Close every connection."""
        for client in self.clients:
            client.close()


@pytest.fixture(scope="session")
def platform() -> Iterator[ReferencePlatform]:
    """A running platform with a fast generator."""
    with ReferencePlatform(Settings(generator=FAST)) as running:
        yield running


@pytest.fixture
def crowd(platform: ReferencePlatform) -> Iterator[Crowd]:
    """Sign-ups on the shared platform, each under a name of its own."""
    made = Crowd(platform.url)
    made.numbers = NUMBERS
    yield made
    made.close()


@pytest.fixture
def member(crowd: Crowd) -> Callable[[], Member]:
    """Makes a new member on the shared platform."""
    return crowd.member


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A platform in this process, without a network."""
    made = Site(Settings(), tmp_path, "http://platform.example")
    yield made
    made.close()


NUMBERS = itertools.count(1)
