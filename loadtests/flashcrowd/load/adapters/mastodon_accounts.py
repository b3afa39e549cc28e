"""Accounts by the Mastodon client API: registering, signing up and in, profiles, and taking things back."""

import base64
import hashlib
import secrets
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
    read_named,
    read_relationship,
    read_token,
    read_waiting,
)
from flashcrowd.load.adapters.oauth_code import authorize
from flashcrowd.load.request import Request, segment
from flashcrowd.load.wire import OK, Answer
from flashcrowd.sim.profiles import Profile

FORM: Final = b"Content-Type: application/x-www-form-urlencoded\r\n"
JSON: Final = b"Content-Type: application/json\r\n"
OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"
NOWHERE: Final = "http://localhost/"
SCOPES: Final = "read write follow"
CHOICES: Final = ((OUT_OF_BAND, SCOPES), (NOWHERE, SCOPES), (NOWHERE, "read write"))
"""Where codes are sent and what is asked for: servers that know no out-of-band codes, or no scope `follow`,
refuse the first. A code is read from the redirect to nowhere, which is not followed."""

TOKEN: Final = b"/oauth/token"
TAKEN: Final = (b"taken", b"already", b"exists", b"in use")
"""Words by which platforms say that a name or an address is somebody's."""

NEVER_BY_PASSWORD: Final = (b"unsupported_grant_type", b"unauthorized_client")
"""Errors of servers that have given up the password grant (RFC 6749, 5.2): another name is no better."""

REASON: Final = "This account belongs to a load test of this server by Flashcrowd."
"""Some servers want at least 40 characters."""

MISSING: Final = (404, 405, 410, 501)
DELETIONS: Final = (
    (b"POST", b"/api/v1/accounts/delete", "password"),
    (b"POST", b"/api/pleroma/delete_account", "password"),
)
"""Ways of some platforms to delete one's own account: method, path, name of the field for the password."""


def join() -> Steps[Keys]:
    """Registers an application, and gets it a token of its own where the platform gives such."""
    for redirect_uri, scope in CHOICES:
        answer = yield form(
            "login", b"/api/v1/apps", client_name="Flashcrowd", redirect_uris=redirect_uri, scopes=scope
        )
        if answer.status not in (400, 422):
            break
    app = read_app(usable(answer))
    keys = {
        "client_id": str(app.client_id),
        "client_secret": app.client_secret,
        "redirect_uri": redirect_uri,
        "scope": scope,
    }
    answer = yield from _granted(keys, grant_type="client_credentials", **_asked(keys))
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
        reason=REASON,
    )
    if answer.status in (400, 409, 422) and any(word in answer.body.lower() for word in TAKEN):
        raise NameTaken(f"status {answer.status}: {answer.body[:200].decode('utf-8', 'replace')}")
    try:
        token = read_token(usable(answer))
    except PlatformError:
        if not 200 <= answer.status < 300:
            raise
        return (yield from _without_token(keys, member, login, answer))
    return (yield from _account(member, login.name, token))


def _without_token(keys: Keys, member: int, login: Login, answer: Answer) -> Steps[Account]:
    """Some servers give no token with a new account: it signs in, unless somebody has to confirm it first."""
    waiting = read_waiting(answer)
    if waiting.identifier:
        why = waiting.identifier.replace("_", " ")
        raise PlatformError(f"the account is made, but not usable yet: {why}. {waiting.message}")
    return (yield from sign_in(keys, member, login))


def sign_in(keys: Keys, member: int, login: Login) -> Steps[Account]:
    """Opens an account by its token, by its password, or by the pages that ask for it."""
    if login.token:
        return (yield from _account(member, login.name, Token(login.token)))
    for name in (login.address, login.name):
        answer = yield from _granted(
            keys, grant_type="password", username=name, password=login.password, **_asked(keys)
        )
        refused = answer.status in (400, 401, 403, 422)
        if not refused or any(word in answer.body for word in NEVER_BY_PASSWORD):
            break
    if refused:
        answer = yield from _by_code(keys, login)
    return (yield from _account(member, login.name, read_token(usable(answer))))


def _by_code(keys: Keys, login: Login) -> Steps[Answer]:
    """The answer to the code that the account's owner gives; most servers know no other way."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    asked = _asked(keys)
    code = yield from authorize(
        keys.get("client_id", ""), asked["redirect_uri"], asked["scope"], login, challenge
    )
    return (
        yield from _granted(keys, grant_type="authorization_code", code=code, code_verifier=verifier, **asked)
    )


def _asked(keys: Keys) -> dict[str, str]:
    """Where codes go and what is asked for, as the application is registered."""
    redirect_uri, scope = CHOICES[0]
    return {"redirect_uri": keys.get("redirect_uri", redirect_uri), "scope": keys.get("scope", scope)}


def _granted(keys: Keys, **fields: str) -> Steps[Answer]:
    """The answer to a request for a token; the application says who it is in the body, else in the header
    (RFC 6749, 2.3.1)."""
    client = {name: keys.get(name, "") for name in ("client_id", "client_secret")}
    answer = yield form("login", TOKEN, **fields, **client)
    if answer.status == 401 and b"invalid_client" in answer.body:
        pair = base64.b64encode(":".join(map(quote_plus, client.values())).encode())
        answer = yield form("login", TOKEN, b"Authorization: Basic " + pair + b"\r\n", **fields)
    return answer


def renew(keys: Keys, account: Account, login: Login) -> Steps[Account]:
    """A new token for one that has run out: refreshed, or by the password."""
    if account.refresh:
        answer = yield from _granted(
            keys, grant_type="refresh_token", refresh_token=account.refresh, **_asked(keys)
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
    if is_done_already(answer):
        return
    says_more = usable(answer).body.strip()  # than yes: else it may have to be accepted
    if says_more and not read_relationship(answer).requested:
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


def _account(member: int, name: str, token: Token) -> Steps[Account]:
    """The account of a token."""
    account = _with_token(member, "", name, token)
    answer = yield Request("login", b"GET", b"/api/v1/accounts/verify_credentials", account.auth)
    account.id = str(read_named(usable(answer)).id)
    return account


def _with_token(member: int, identifier: str, name: str, token: Token) -> Account:
    account = Account(member, identifier, name, bearer(token.access_token), token.refresh_token or "")
    if token.expires_in:
        account.expires_s = time() + token.expires_in
    return account


def is_done_already(answer: Answer) -> bool:
    """Whether the platform refuses to do something twice: what was asked for is the case."""
    if answer.fault != OK or answer.status not in (400, 409, 422):
        return False
    said = answer.body.lower()
    return b"already" in said or b"duplicate" in said


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
