"""Accounts of the AT Protocol as conversations: made, opened, renewed, introduced, emptied and closed."""

from typing import Final
from urllib.parse import quote

import msgspec

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.adapter import Keys, NameTaken, Steps
from flashcrowd.load.adapters.atproto_answers import (
    Session,
    expiry_s,
    problem,
    read_health,
    read_profile,
    read_records,
    read_server,
    read_session,
)
from flashcrowd.load.adapters.atproto_records import (
    IMAGE_BYTES,
    JSON,
    LONGEST_TEXT,
    MOST_IMAGES,
    PUT,
    delete,
    timestamp,
)
from flashcrowd.load.adapters.instance import Instance, Limits
from flashcrowd.load.adapters.item import Account, Login
from flashcrowd.load.request import Request
from flashcrowd.load.wire import OK, Answer
from flashcrowd.sim.profiles import Profile

SERVER: Final = "/xrpc/com.atproto.server.describeServer"
HEALTH: Final = "/xrpc/_health"
SIGN_UP: Final = "/xrpc/com.atproto.server.createAccount"
SIGN_IN: Final = "/xrpc/com.atproto.server.createSession"
REFRESH: Final = "/xrpc/com.atproto.server.refreshSession"
WHOSE: Final = "/xrpc/com.atproto.server.getSession"
CLOSE: Final = "/xrpc/com.atproto.server.deactivateAccount"
LIST: Final = "/xrpc/com.atproto.repo.listRecords"
PROFILE: Final = "/xrpc/app.bsky.actor.getProfile"

LONGEST_NAME: Final = 18
"""Characters before the first dot of a name that a PDS gives."""

LONGEST_SHOWN: Final = 64
LONGEST_BIO: Final = 256
"""Graphemes of a profile's name and description (its lexicon)."""

TAKEN: Final = ("Handle already taken", "Email already taken")


def inspect() -> Steps[Instance]:
    """What a server says of itself."""
    answer = yield Request("public", b"GET", SERVER.encode(), b"")
    server = read_server(usable(answer))
    answer = yield Request("public", b"GET", HEALTH.encode(), b"")
    version = read_health(answer).version if answer.status == 200 else ""
    closed = server.invite_code_required or server.phone_verification_required
    return Instance(
        software=f"AT Protocol PDS {version}".strip(),
        title=server.did,
        sign_up="closed" if closed else "open",
        limits=Limits(LONGEST_TEXT, MOST_IMAGES, IMAGE_BYTES),
    )


def join() -> Steps[Keys]:
    """The domain under which the server gives names."""
    answer = yield Request("login", b"GET", SERVER.encode(), b"")
    server = read_server(usable(answer))
    if server.invite_code_required or server.phone_verification_required:
        raise PlatformError("signing up takes an invitation or a telephone; give a file of accounts instead")
    if not server.available_user_domains:
        raise PlatformError("the server gives no names")
    return {"domain": server.available_user_domains[0]}


def sign_up(keys: Keys, member: int, login: Login) -> Steps[Account]:
    """Makes an account under the login's name, as far as names may look so. Raises `NameTaken`."""
    body = {
        "handle": name_of(keys, login),
        "email": f"{login.name}@flashcrowd.example",
        "password": login.password,
    }
    answer = yield Request("signup", b"POST", SIGN_UP.encode(), JSON, msgspec.json.encode(body))
    said = problem(answer)
    if said.error == "HandleNotAvailable" or said.message.startswith(TAKEN):
        raise NameTaken(said.message)
    return _account(member, read_session(usable(answer)))


def sign_in(keys: Keys, member: int, login: Login) -> Steps[Account]:
    """Opens an account by its token, or else by its password."""
    if login.token:
        auth = _bearer(login.token)
        answer = yield Request("login", b"GET", WHOSE.encode(), auth)
        session = read_session(usable(answer))
        return Account(member, session.did, session.handle, auth, "", expiry_s(login.token))
    return (yield from _opened(member, name_of(keys, login), login.password))


def renew(keys: Keys, account: Account, login: Login) -> Steps[Account]:
    """Refreshes a session; opens a new one when that is refused."""
    if account.refresh:
        answer = yield Request("login", b"POST", REFRESH.encode(), _bearer(account.refresh))
        if answer.fault == OK and answer.status == 200:
            return _account(account.member, read_session(answer))
    if not login.password:
        raise PlatformError("the credentials have run out, and there is no password")
    return (yield from _opened(account.member, account.id, login.password))


def introduce(account: Account, profile: Profile, picture: msgspec.Raw | None) -> Steps[None]:
    """Writes the profile record; `picture`: the blob of an uploaded one."""
    record: dict[str, object] = {
        "$type": "app.bsky.actor.profile",
        "displayName": profile.display_name[:LONGEST_SHOWN],
        "description": profile.bio[:LONGEST_BIO],
        "createdAt": timestamp(),
    }
    if picture is not None:
        record["avatar"] = picture
    body = {"repo": account.id, "collection": "app.bsky.actor.profile", "rkey": "self", "record": record}
    answer = yield Request("signup", b"POST", PUT.encode(), account.auth + JSON, msgspec.json.encode(body))
    usable(answer)


def erase(what: str, account: Account, identifier: str) -> Steps[None]:
    """Deletes a post, or the follow of an account; closes an account and asks for its deletion."""
    if what == "account":
        body = msgspec.json.encode({"deleteAfter": timestamp()})
        usable((yield Request("signup", b"POST", CLOSE.encode(), account.auth + JSON, body)))
        return
    address = identifier
    if what == "follow":
        target = f"{PROFILE}?actor={quote(identifier, safe='')}"
        viewer = read_profile(
            usable((yield Request("profile", b"GET", target.encode(), account.auth)))
        ).viewer
        address = (viewer.following if viewer is not None else None) or ""
        if not address:
            return
    usable((yield delete("unfollow", account, address)))


def find(account: Account, text: str) -> Steps[str]:
    """The address of the newest of the account's own posts with this text, "" when there is none.

    Asked from its own server, which knows a post at once.
    """
    repository = quote(account.id, safe="")
    target = f"{LIST}?repo={repository}&collection=app.bsky.feed.post&limit=100"
    records = read_records(usable((yield Request("profile", b"GET", target.encode(), account.auth)))).records
    return next((record.uri for record in records if record.value.text == text), "")


def name_of(keys: Keys, login: Login) -> str:
    """The full name of a login: letters, digits and hyphens, its end kept, for that tells it from others.

    >>> name_of({"domain": ".test"}, Login("Maximilian_Ada_1234_ab12"))
    'lian-ada-1234-ab12.test'
    >>> name_of({}, Login("ada.example.com")), name_of({}, Login("did:plc:1"))
    ('ada.example.com', 'did:plc:1')
    """
    if "." in login.name or ":" in login.name:
        return login.name
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in login.name.lower())
    return plain[-LONGEST_NAME:].strip("-") + keys.get("domain", "")


def usable(answer: Answer) -> Answer:
    """The answer, when it says yes.

    Raises:
        PlatformError: with what it says instead.
    """
    if answer.fault != OK or not 200 <= answer.status < 300:
        said = problem(answer)
        what = f"{said.error}: {said.message}" if said.error else answer.detail
        raise PlatformError(f"status {answer.status}: {what[:200] or 'no reason given'}")
    return answer


def _opened(member: int, name: str, password: str) -> Steps[Account]:
    body = msgspec.json.encode({"identifier": name, "password": password})
    answer = yield Request("login", b"POST", SIGN_IN.encode(), JSON, body)
    return _account(member, read_session(usable(answer)))


def _account(member: int, session: Session) -> Account:
    if not session.access_jwt:
        raise PlatformError("a session without a token")
    expires_s = expiry_s(session.access_jwt)
    return Account(
        member, session.did, session.handle, _bearer(session.access_jwt), session.refresh_jwt, expires_s
    )


def _bearer(token: str) -> bytes:
    """The header line of a token.

    Raises:
        PlatformError: when the token would break out of its line.
    """
    if not token.isascii() or not token.isprintable() or " " in token:
        raise PlatformError("an access token that fits into no header")
    return f"Authorization: Bearer {token}\r\n".encode()
