"""A server of the Mastodon API as other software than Mastodon speaks it: each deviation is a setting."""

import base64
import hashlib
import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

STATUSES = "/api/v1/statuses"
LOG_IN = (
    '<form method="post"><input type="hidden" name="csrf" value="c1"><input type="email" name="who"><input'
)
LOG_IN += (
    ' type="password" name="word"><button>In</button></form><form action="/search"><input name="q"></form>'
)
CONSENT = '<form method="post" action="/oauth/acknowledge"><input type="hidden" name="csrf" value="c2"><input'
CONSENT += ' type="submit" value="Cancel"><input type="submit" name="allow" value="Authorize"></form>'


@dataclass(frozen=True)
class Manners:
    """What a server does otherwise.

    Args:
        sign_up: what signing up gives: "token", "account" (no token), "waiting" or "closed".
        has: of the calls that not all servers have, those that are there.
        nulls: whether lists, counts and times that are empty are null, and tags plain words.
        numbers: whether ids are numbers.
        pages: how pages are linked: "link", "page" (counted) or "" (not at all).
        oauth: what it insists on: "password" (that grant), "pages", "oob-refused", "pkce", "basic".
        media: "now", "later" (202, then 206) or "null" (200 without an address at first).
        silent: whether likes, reblogs and follows are answered by an empty body.
        twice: status for what is asked for twice; 0 = it is taken.
        locked: whether follows have to be accepted.
        limits: header lines of a limit that is reached now and then; () = none.
        has_profiles: whether profiles can be filled in.
    """

    sign_up: str = "token"
    has: tuple[str, ...] = ("v2", "trends", "report", "search2", "media2")
    nulls: bool = False
    numbers: bool = False
    pages: str = "link"
    oauth: tuple[str, ...] = ("password",)
    media: str = "now"
    silent: bool = False
    twice: int = 0
    locked: bool = False
    limits: tuple[tuple[str, str], ...] = ()
    has_profiles: bool = True


@dataclass
class State:
    """What the server holds: names by token, statuses from the oldest, who follows whom, what was done."""

    tokens: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    statuses: list[dict] = field(default_factory=list)
    follows: set[tuple[int, int]] = field(default_factory=set)
    asked: set[tuple[int, int]] = field(default_factory=set)
    done: set[tuple[str, int, int]] = field(default_factory=set)
    media: dict[int, int] = field(default_factory=dict)
    questions: dict[str, dict] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    refused: int = 0
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server: "OddServer"

    def handle_one(self) -> None:
        """Answer one request."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        kind = self.headers.get("content-type", "")
        said = (
            json.loads(body)
            if kind == "application/json" and body
            else dict(parse_qsl(body.decode("latin-1")))
        )
        with self.server.lock:
            self.server.state.paths.append(f"{self.command} {parts.path}")
            self.say(*self.answered(parts.path, query | said))

    do_GET = do_POST = do_PATCH = do_DELETE = handle_one  # noqa: N815 (the names that the base class calls)

    def answered(self, path: str, said: dict) -> tuple:
        """Status, value, header lines."""
        manners, state = self.server.manners, self.server.state
        if "User-Agent" not in self.headers:
            return 418, {"error": "no user agent"}
        if path.startswith(("/oauth", "/auth", "/api/v1/apps")):
            return self.admitted(path, said)
        if path in ("/api/v2/instance", "/api/v1/instance"):
            return self.described(path)
        if not self.exists(path):
            return 404, "<h1>Not found</h1>"
        if path == "/api/v1/accounts" and self.command == "POST":
            return self.signed_up(said)
        name = state.tokens.get(self.headers.get("authorization", "").removeprefix("Bearer "))
        if not name:
            return (401, {"error": "The access token is invalid"})
        if manners.limits and len(state.paths) % 40 == 0:
            state.refused += 1
            return 429, "slow down", dict(manners.limits)
        return self.member(path, state.accounts[name], name, said)

    def exists(self, path: str) -> bool:
        """Whether there is such a call here."""
        optional = {
            "/api/v1/trends/statuses": "trends",
            "/api/v1/reports": "report",
            "/api/v2/search": "search2",
            "/api/v2/media": "media2",
        }
        needs = optional.get(path)
        known = path.startswith(("/api/v1/", "/api/v2/")) and "pleroma" not in path and "delete" not in path
        return known and (needs is None or needs in self.server.manners.has)

    def described(self, path: str) -> tuple:
        """The instance, in the version that is there."""
        is_closed = self.server.manners.sign_up == "closed"
        if path == "/api/v2/instance" and "v2" not in self.server.manners.has:
            return 302, "", {"Location": "/login"}
        if path == "/api/v2/instance":
            return 200, {"version": "odd", "registrations": {"enabled": not is_closed}, "configuration": None}
        return 200, {
            "version": "2.7.2 (odd)",
            "registrations": not is_closed,
            "max_toot_chars": 120,
            "urls": None,
        }

    def admitted(self, path: str, said: dict) -> tuple:
        """Applications, tokens, and the pages that ask for a code."""
        manners, state = self.server.manners, self.server.state
        if path == "/api/v1/apps":
            if "oob-refused" in manners.oauth and said["redirect_uris"].startswith("urn:"):
                return 422, {"error": "Validation failed: Redirect URI must be an absolute URI"}
            return 200, {"client_id": 7, "client_secret": "s", "vapid_key": None}
        if path == "/oauth/token":
            return self.granted(said)
        cookies = dict(
            part.strip().split("=", 1) for part in self.headers.get("cookie", "").split(";") if part
        )
        who, session = cookies.get("who", ""), cookies.get("session", "")
        if path == "/auth/sign_in" and self.command == "POST":
            name = said["who"].partition("@")[0]
            if state.words.get(name) != said["word"]:
                return 200, LOG_IN
            return 302, "", {"Location": "/oauth/authorize", "Set-Cookie": f"who={name}; Path=/"}
        if path == "/auth/sign_in":
            return 200, LOG_IN
        if path == "/oauth/authorize":
            if who:
                return 200, CONSENT
            session = f"s{next(state.ids)}"
            state.questions[session] = said
            return (
                302,
                "",
                {"Location": "/auth/sign_in", "Set-Cookie": f"session={session}; Path=/; HttpOnly"},
            )
        state.questions[f"code-{who}"] = state.questions[session] | {"who": who}
        redirect = state.questions[session]["redirect_uri"]
        return 302, "", {"Location": f"{redirect}?code=code-{quote(who)}&state="}

    def granted(self, said: dict) -> tuple:
        """A token, if what the server insists on is there."""
        manners, state = self.server.manners, self.server.state
        if "basic" in manners.oauth and "client_secret" in said:
            return 401, {"error": "invalid_client"}
        if "basic" in manners.oauth:
            assert base64.b64decode(self.headers["authorization"].removeprefix("Basic ")) == b"7:s"
        if said["grant_type"] == "client_credentials":
            state.tokens["app"] = ""
            return 200, {"access_token": "app", "token_type": "Bearer", "scope": None, "expires_in": None}
        if said["grant_type"] == "password" and "password" not in manners.oauth:
            return 400, {"error": "unsupported_grant_type"}
        if said["grant_type"] == "password":
            name = said["username"]
            return self.token(name) if state.words.get(name) == said["password"] else (401, {"error": "no"})
        question = state.questions.pop(said["code"])
        if "pkce" in manners.oauth:
            digest = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != question.get("code_challenge"):
                return 400, {"error": "invalid_grant"}
        return self.token(question["who"])

    def token(self, name: str) -> tuple:
        """A token of an account."""
        self.server.state.tokens[f"t-{name}"] = name
        return 200, {"access_token": f"t-{name}", "token_type": "Bearer", "expires_in": "86400"}

    def signed_up(self, said: dict) -> tuple:
        """An account, or what a server says in place of one."""
        manners, state = self.server.manners, self.server.state
        assert len(said["reason"]) >= 40
        if manners.sign_up == "closed":
            return 403, {"error": "Registrations are not open"}
        if said["username"] in state.accounts:
            return 400, {"error": {"username": ["has already been taken"]}}
        self.server.add(said["username"], said["password"])
        if manners.sign_up == "waiting":
            return 200, {"identifier": "awaiting_approval", "message": "Someone will look at it"}
        if manners.sign_up == "account":
            return 201, {"id": state.accounts[said["username"]], "username": said["username"]}
        return self.token(said["username"])

    def member(self, path: str, me: int, name: str, said: dict) -> tuple:
        """What a member asks for."""
        state = self.server.state
        kind, _, rest = path.removeprefix("/api/v1/").removeprefix("/api/v2/").partition("/")
        number, _, verb = rest.partition("/")
        if kind == "accounts" and number == "verify_credentials":
            return 200, {"id": self.id(me), "acct": name, "source": None}
        if kind == "accounts" and number == "update_credentials":
            return (200, {"id": self.id(me)}) if self.server.manners.has_profiles else (405, "no")
        if kind == "accounts" and verb == "statuses":
            return self.listed([s for s in state.statuses if s["by"] == self.number(number)], said)
        if kind == "accounts" or kind == "follow_requests":
            return self.tied(kind, verb, me, self.number(number))
        if kind == "timelines":
            seen = {whom for who, whom in state.follows if who == me} | {me}
            return self.listed([s for s in state.statuses if number == "public" or s["by"] in seen], said)
        if kind == "search":
            found = [s for s in state.statuses if said["q"] in s["text"]]
            return 200, {"accounts": None, "hashtags": ["odd"], "statuses": [self.shown(s) for s in found]}
        if kind in ("notifications", "trends"):
            return 200, []
        if kind == "reports":
            return 200, {"id": "1"}
        if kind == "media":
            return self.uploaded(number)
        return self.posted(said, me) if not number else self.reacted(self.number(number), verb, me)

    def tied(self, kind: str, verb: str, me: int, whom: int) -> tuple:
        """Follows, and requests for them."""
        manners, state = self.server.manners, self.server.state
        if kind == "follow_requests":
            if (whom, me) not in state.asked:
                return 404, {"error": "Record not found"}
            state.asked.discard((whom, me))
            state.follows.add((whom, me))
            return 200, {}
        if verb == "unfollow":
            state.follows.discard((me, whom))
            return 200, {"following": False}
        if manners.twice and (me, whom) in state.follows:
            return manners.twice, {"error": "You are already following this account"}
        (state.asked if manners.locked else state.follows).add((me, whom))
        return 200, "" if manners.silent else {"id": self.id(whom), "requested": manners.locked or None}

    def posted(self, said: dict, me: int) -> tuple:
        """A new status."""
        state = self.server.state
        if any(state.media.get(self.number(each), 0) for each in said.get("media_ids", ())):
            return 422, {"error": "Cannot attach files that have not finished processing"}
        made = {
            "n": next(state.ids),
            "by": me,
            "text": said["status"],
            "of": None,
            "media": said.get("media_ids"),
        }
        made["to"] = said.get("in_reply_to_id")
        state.statuses.append(made)
        return 200, self.shown(made)

    def reacted(self, number: int, verb: str, me: int) -> tuple:
        """What is done to a status."""
        manners, state = self.server.manners, self.server.state
        status = next((s for s in state.statuses if s["n"] == number), None)
        if status is None:
            return 404, {"error": "Record not found"}
        if self.command == "DELETE":
            state.statuses.remove(status)
            return 200, self.shown(status)
        if verb == "context":
            below = [s for s in state.statuses if s["to"] is not None and self.number(s["to"]) == number]
            return 200, {"ancestors": None, "descendants": [self.shown(s) for s in below]}
        if manners.twice and (verb, me, number) in state.done:
            return manners.twice, {"error": "Validation failed: Status has already been taken"}
        state.done.add((verb, me, number))
        if verb == "reblog":
            copy = {"n": next(state.ids), "by": me, "text": "", "of": status, "media": None, "to": None}
            state.statuses.append(copy)
            return 200, "" if manners.silent else self.shown(copy)
        return 200, "" if manners.silent else self.shown(status)

    def uploaded(self, number: str) -> tuple:
        """An upload, or how far its processing is: it takes two looks."""
        manners, state = self.server.manners, self.server.state
        key = self.number(number) if number else next(state.ids)
        state.media[key] = state.media[key] - 1 if number else (0 if manners.media == "now" else 2)
        waits = state.media[key] > 0
        status = 200 if not waits or manners.media == "null" else 206 if number else 202
        return status, {"id": self.id(key), "type": "image", "url": None if waits else "http://odd/1.png"}

    def listed(self, statuses: list[dict], said: dict) -> tuple:
        """A page of statuses, newest first."""
        style, size = self.server.manners.pages, int(said["limit"])
        newest = statuses[::-1]
        if "max_id" in said:
            newest = [s for s in newest if s["n"] < self.number(said["max_id"])]
        begin = (int(said.get("page", 1)) - 1) * size
        page = newest[begin : begin + size]
        cursor = f"page={int(said.get('page', 1)) + 1}" if style == "page" else ""
        if style == "link" and page:
            cursor = f"max_id={self.id(page[-1]['n'])}"
        headers = {"Link": f"<https://elsewhere.example/x?{cursor}>; rel='next'"} if cursor else {}
        return 200, [self.shown(s) for s in page], headers

    def shown(self, status: dict) -> dict:
        """A status as it is answered."""
        original = status["of"]
        full = {
            "id": self.id(status["n"]),
            "created_at": "2026-03-01 12:00:00",
            "account": {"id": self.id(status["by"]), "acct": "x", "display_name": None},
            "content": f"<p>{status['text']}</p>",
            "reblog": None if original is None else self.shown(original),
            "in_reply_to_id": status["to"],
            "media_attachments": [{"id": each, "url": "http://odd"} for each in status["media"] or ()],
            "tags": [],
            "favourites_count": 1,
        }
        if not self.server.manners.nulls:
            return full | {"created_at": "2026-03-01T12:00:00.000Z", "reblogs_count": 0, "replies_count": 0}
        return full | {
            "created_at": None,
            "favourites_count": None,
            "reblogs_count": "3",
            "tags": ["odd", None],
        }

    def id(self, number: int) -> str | int:
        """A number as an id is written here."""
        return number if self.server.manners.numbers else f"01ODD{number:08d}"

    def number(self, identifier: str | int) -> int:
        """The number of an id."""
        return int(str(identifier).removeprefix("01ODD"))

    def say(self, status: int, value: object, headers: dict | None = None) -> None:
        """Send an answer: JSON, or a page."""
        body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        self.send_response(status)
        for name, line in (headers or {}).items():
            self.send_header(name, line)
        self.send_header("Content-Type", "text/html" if isinstance(value, str) else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


class OddServer(ThreadingHTTPServer):
    """Holds the state."""

    daemon_threads = True

    def __init__(self, manners: Manners) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.manners = manners
        self.state = State()

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of connections that the other end has left."""

    def add(self, name: str, word: str) -> None:
        """Make an account."""
        self.state.accounts[name] = next(self.state.ids)
        self.state.words[name] = word


@contextmanager
def odd_server(manners: Manners) -> Iterator[OddServer]:
    """A running server with these manners."""
    server = OddServer(manners)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
