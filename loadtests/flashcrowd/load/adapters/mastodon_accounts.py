"""Accounts by the Mastodon client API: registering, signing up and in, profiles, and taking things back."""

from dataclasses import replace
from time import time
from typing import Final
from urllib.parse import quote_plus

import msgspec

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.adapter import Keys, NameTaken, Steps
from flashcrowd.load.adapters.form import multipart, picture_file
from flashcrowd.load.adapters.item import Account, Login
from flashcrowd.load.adapters.mastodon_answers import (
    Token,
    read_app,
    read_author,
    read_relationship,
    read_token,
)
from flashcrowd.load.adapters.oauth_code import authorize
from flashcrowd.load.request import Request, segment
from flashcrowd.load.wire import OK, Answer
from flashcrowd.sim.profiles import Profile

FORM: Final = b"Content-Type: application/x-www-form-urlencoded\r\n"
JSON: Final = b"Content-Type: application/json\r\n"
SCOPES: Final = "read write follow"
OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"
TAKEN: Final = (b"taken", b"already", b"exists", b"in use")
"""Words by which platforms say that a name or an address is somebody's."""

MISSING: Final = (404, 405, 410, 501)
DELETIONS: Final = (
    (b"POST", b"/api/v1/accounts/delete", "password"),
    (b"POST", b"/api/pleroma/delete_account", "password"),
)
"""Ways of some platforms to delete one's own account: method, path, name of the field for the password."""


def join() -> Steps[Keys]:
    """Registers an application, and gets it a token of its own where the platform gives such."""
    answer = yield form(
        "login", b"/api/v1/apps", client_name="Flashcrowd", redirect_uris=OUT_OF_BAND, scopes=SCOPES
    )
    app = read_app(usable(answer))
    keys = {"client_id": app.client_id, "client_secret": app.client_secret}
    grant = {"grant_type": "client_credentials", "redirect_uri": OUT_OF_BAND, "scope": SCOPES}
    answer = yield form("login", b"/oauth/token", **keys, **grant)
    if answer.fault == OK and answer.status == 200:
        keys["app_token"] = read_token(answer).access_token
    return keys


def sign_up(keys: Keys, member: int, login: Login, profile: Profile) -> Steps[Account]:
    """Makes an account with the application's token; the answer's token is the account's.

    Raises:
        NameTaken: when the platform says so.
    """
    if "app_token" not in keys:
        raise PlatformError("applications get no token here, so that nobody can sign up by the API")
    answer = yield form(
        "signup",
        b"/api/v1/accounts",
        bearer(keys["app_token"]),
        username=login.name,
        email=login.address,
        password=login.password,
        agreement="true",
        locale=profile.locale.partition("_")[0],
        reason="Load test of this server by Flashcrowd",
    )
    if answer.status in (400, 409, 422) and any(word in answer.body.lower() for word in TAKEN):
        raise NameTaken(f"status {answer.status}: {answer.body[:200].decode('utf-8', 'replace')}")
    return (yield from _account(member, login.name, read_token(usable(answer))))


def sign_in(keys: Keys, member: int, login: Login) -> Steps[Account]:
    """Opens an account by its token, or by its password."""
    if login.token:
        return (yield from _account(member, login.name, Token(login.token)))
    answer = yield form(
        "login",
        b"/oauth/token",
        grant_type="password",
        username=login.address,
        password=login.password,
        redirect_uri=OUT_OF_BAND,
        scope=SCOPES,
        **_client(keys),
    )
    if answer.status in (400, 401, 403, 422):  # most servers have given up this grant
        code = yield from authorize(keys.get("client_id", ""), OUT_OF_BAND, SCOPES, login)
        answer = yield form(
            "login",
            b"/oauth/token",
            grant_type="authorization_code",
            code=code,
            redirect_uri=OUT_OF_BAND,
            scope=SCOPES,
            **_client(keys),
        )
    return (yield from _account(member, login.name, read_token(usable(answer))))


def renew(keys: Keys, account: Account, login: Login) -> Steps[Account]:
    """A new token for one that has run out: refreshed, or by the password."""
    if account.refresh:
        answer = yield form(
            "login",
            b"/oauth/token",
            grant_type="refresh_token",
            refresh_token=account.refresh,
            redirect_uri=OUT_OF_BAND,
            scope=SCOPES,
            **_client(keys),
        )
        if answer.fault == OK and answer.status == 200:
            return _with_token(account.member, account.id, account.handle, read_token(answer))
    if not login.password:
        raise PlatformError("the account's token has run out, and there is no password to get another")
    return (yield from sign_in(keys, account.member, replace(login, token="")))


def introduce(account: Account, profile: Profile, avatar: bytes, names_most: int = 30) -> Steps[None]:
    """Fills a profile in."""
    fields = {"display_name": profile.display_name[:names_most], "note": profile.bio}
    files = {"avatar": picture_file("avatar", avatar)} if avatar else {}
    kind, body = multipart(fields, files)
    path = b"/api/v1/accounts/update_credentials"
    answer = yield Request("signup", b"PATCH", path, account.auth + kind, body)
    usable(answer)


def follow(account: Account, whom: Account) -> Steps[None]:
    """Follows; an account that is locked accepts the request."""
    path = f"/api/v1/accounts/{segment(whom.id)}/follow".encode()
    answer = yield Request("follow", b"POST", path, account.auth)
    if not read_relationship(usable(answer)).requested:
        return
    path = f"/api/v1/follow_requests/{segment(account.id)}/authorize".encode()
    answer = yield Request("follow", b"POST", path, whom.auth)
    if answer.status != 404:  # it was accepted meanwhile: requests of local accounts may be
        usable(answer)


def erase(what: str, account: Account, login: Login, identifier: str) -> Steps[None]:
    """Takes back a post, a follow, or the account, where the platform has a way."""
    if what == "post":
        answer = yield Request(
            "post", b"DELETE", f"/api/v1/statuses/{segment(identifier)}".encode(), account.auth
        )
    elif what == "follow":
        path = f"/api/v1/accounts/{segment(identifier)}/unfollow".encode()
        answer = yield Request("unfollow", b"POST", path, account.auth)
    else:
        return (yield from _delete_account(account, login))
    if answer.status not in (404, 410):
        usable(answer)
    return None


def _delete_account(account: Account, login: Login) -> Steps[None]:
    for method, path, field in DELETIONS:
        body = msgspec.json.encode({field: login.password})
        answer = yield Request("signup", method, path, account.auth + JSON, body)
        if answer.status not in MISSING:
            usable(answer)
            return None
    raise PlatformError("the platform has no way to delete one's account by the API")


def _client(keys: Keys) -> dict[str, str]:
    """The fields by which the application says who it is."""
    return {name: keys.get(name, "") for name in ("client_id", "client_secret")}


def _account(member: int, name: str, token: Token) -> Steps[Account]:
    """The account of a token."""
    account = _with_token(member, "", name, token)
    answer = yield Request("login", b"GET", b"/api/v1/accounts/verify_credentials", account.auth)
    account.id = str(read_author(usable(answer)).id)
    return account


def _with_token(member: int, identifier: str, name: str, token: Token) -> Account:
    account = Account(member, identifier, name, bearer(token.access_token), token.refresh_token or "")
    if token.expires_in:
        account.expires_s = time() + token.expires_in
    return account


def usable(answer: Answer) -> Answer:
    """The answer, when it says yes.

    Raises:
        PlatformError: with the platform's own words.
    """
    if answer.fault != OK or not 200 <= answer.status < 300:
        said = answer.detail or answer.body[:200].decode("utf-8", "replace")
        raise PlatformError(f"status {answer.status}: {said}")
    return answer


def form(action: str, path: bytes, auth: bytes = b"", /, **fields: str) -> Request:
    """A POST of URL-encoded fields."""
    body = "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items())
    return Request(action, b"POST", path, auth + FORM, body.encode())


def bearer(token: str) -> bytes:
    """The header line of a token.

    Raises:
        PlatformError: when the token would break out of its line.
    """
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise PlatformError("an access token that fits into no header")
    return f"Authorization: Bearer {token}\r\n".encode()
