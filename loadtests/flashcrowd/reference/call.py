"""One request being answered: its parameters wherever they stand, and who sends it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope

from flashcrowd.reference.errors import invalid, refuse

if TYPE_CHECKING:
    from flashcrowd.reference.oauth import Token
    from flashcrowd.reference.site import Site
    from flashcrowd.reference.store import Writing

MAX_BODY_BYTES: Final = 16 << 20
JSON: Final = b"application/json; charset=utf-8"
Headers = tuple[tuple[bytes, bytes], ...]
TRUE: Final = frozenset({"1", "true", "on", "yes", "t"})


class Reply(NamedTuple):
    """An answer. `later` makes the body after the headers are sent; `body` is not used then."""

    body: bytes = b"{}"
    status: int = 200
    headers: Headers = ()
    media_type: bytes = JSON
    later: Callable[[], Awaitable[bytes]] | None = None


class Upload(NamedTuple):
    """A file of a multipart body."""

    name: str
    mime: str
    data: bytes


class Fields:
    """Parameters of query and body together; a name that ends in [] is a list."""

    def __init__(self, pairs: list[tuple[str, str]], files: dict[str, Upload] | None = None) -> None:
        self.files = files or {}
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name.removesuffix("[]"), []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str = "") -> str:
        """The last value of a parameter."""
        values = self._values.get(name)
        return values[-1] if values else default

    def list(self, name: str) -> list[str]:
        """Every value of a parameter, empty ones left out."""
        return [value for value in self._values.get(name, ()) if value]

    def flag(self, name: str, default: bool = False) -> bool:
        """A parameter as yes or no."""
        values = self._values.get(name)
        return values[-1].lower() in TRUE if values else default

    def integer(self, name: str) -> int | None:
        """A parameter as an integer, None when it is missing or empty.

        Raises:
            Refusal: 422 when it is no integer.
        """
        value = self.text(name)
        if not value:
            return None
        if not value.isdecimal() or len(value) > 18:
            raise invalid(f"{name} must be a number")
        return int(value)


class Call:
    """What a handler gets: the request, the platform, the parameter in the path.

    Args:
        site: the platform.
        scope, receive: of ASGI.
        route: method and template, such as `GET /api/v1/accounts/:id`.
        value: the path's parameter, such as the id in it.
        key: address of this request's draws.
    """

    __slots__ = ("_fields", "_query", "_receive", "_token", "key", "route", "scope", "site", "value", "wrote")

    def __init__(
        self, site: "Site", scope: Scope, receive: Receive, route: str, value: str, key: int
    ) -> None:
        self.site = site
        self.scope = scope
        self.route = route
        self.value = value
        self.key = key
        self.wrote = False
        self._receive = receive
        self._query: Fields | None = None
        self._fields: Fields | None = None
        self._token: Token | None = None

    def header(self, name: bytes) -> str:
        """A request header by its lower-case name; empty when it was not sent."""
        for found, value in self.scope["headers"]:
            if found == name:
                text: str = value.decode("latin-1")
                return text
        return ""

    @property
    def query(self) -> Fields:
        """The parameters of the query string."""
        if self._query is None:
            raw = self.scope["query_string"]
            self._query = Fields(parse_qsl(raw.decode("latin-1"), keep_blank_values=True) if raw else [])
        return self._query

    @property
    def path_id(self) -> int:
        """The path's parameter as an id.

        Raises:
            Refusal: 404 when it is none.
        """
        if not self.value.isdecimal() or len(self.value) > 18:
            raise refuse(404, "Record not found")
        return int(self.value)

    @property
    def token(self) -> "Token | None":
        """The access token that came with the request; None when there is none.

        Raises:
            Refusal: 401 when the token is unknown or revoked.
        """
        if self._token is None:
            scheme, _, word = self.header(b"authorization").partition(" ")
            if scheme.lower() == "bearer" and word:
                self._token = self.site.oauth.tokens[word.strip()]
                if self._token is None:
                    raise refuse(401, "The access token is invalid")
        return self._token

    @property
    def viewer(self) -> int | None:
        """Id of the account that asks; None for the public and for apps."""
        token = self.token
        return token.account if token else None

    def member(self, scope: str) -> int:
        """Id of the account that asks, which must have given the app this scope.

        Raises:
            Refusal: 401 without a token, 422 with an app's own token, 403 without the scope.
        """
        account = self.granted(scope).account
        if account is None:
            raise refuse(422, "This method requires an authenticated user")
        return account

    def granted(self, scope: str) -> "Token":
        """The token, which must cover this scope.

        Raises:
            Refusal: 401 without a token, 403 without the scope.
        """
        token = self.token
        if token is None:
            raise refuse(401, "The access token is invalid")
        if not token.covers(scope):
            raise refuse(403, "This action is outside the authorized scopes")
        return token

    def writing(self) -> "Writing":
        """Hold this while writing for a member: all happens or nothing. Lost writes are lost here."""
        self.wrote = True
        return self.site.store.writing(self.site.gate.loses(self.route, self.key))

    def registering(self) -> "Writing":
        """As `writing`, for apps, tokens and sign-ups, which are never lost."""
        self.wrote = True
        return self.site.store.writing()

    async def body(self) -> bytes:
        """The body.

        Raises:
            Refusal: 413 when it is longer than `MAX_BODY_BYTES`.
            ClientDisconnect: when the client left before it was complete.
        """
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                raise refuse(413, "Request body is too large")
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks) if len(chunks) > 1 else chunk

    async def fields(self) -> Fields:
        """The parameters of query and body (form, multipart or JSON).

        Raises:
            Refusal: 400 when the body is not what its content type says.
        """
        if self._fields is None:
            self._fields = await self._read_fields()
        return self._fields

    async def _read_fields(self) -> Fields:
        pairs = parse_qsl(self.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        mime = self.header(b"content-type").partition(";")[0].strip().lower()
        if mime == "multipart/form-data":
            return await self._read_multipart(pairs)
        body = await self.body()
        if mime == "application/json":
            pairs += json_pairs(body)
        elif body:
            pairs += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        return Fields(pairs)

    async def _read_multipart(self, pairs: list[tuple[str, str]]) -> Fields:
        if int(self.header(b"content-length") or 0) > MAX_BODY_BYTES:
            raise refuse(413, "Request body is too large")
        files: dict[str, Upload] = {}
        try:
            form = await Request(self.scope, self._receive).form(max_part_size=MAX_BODY_BYTES)
        except MultiPartException as error:
            raise refuse(400, f"The body is not multipart/form-data: {error.message}") from error
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                data = await value.read()
                files[name] = Upload(value.filename or "", value.content_type or "", data)
            else:
                pairs.append((name, value))
        await form.close()
        return Fields(pairs, files)


def json_pairs(body: bytes) -> list[tuple[str, str]]:
    """The top level of a JSON object as parameters; null is left out.

    >>> json_pairs(b'{"status": "hi", "sensitive": true, "media_ids": ["1", "2"], "poll": null}')
    [('status', 'hi'), ('sensitive', 'true'), ('media_ids', '1'), ('media_ids', '2')]

    Raises:
        Refusal: 400 when it is no JSON object.
    """
    data = json_object(body)
    pairs: list[tuple[str, str]] = []
    for name, value in data.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                pairs.append((name, one if isinstance(one, str) else orjson.dumps(one).decode()))
    return pairs


def json_object(body: bytes) -> dict[str, Any]:
    """A JSON object; an empty body is an empty one.

    Raises:
        Refusal: 400 when it is no JSON object.
    """
    try:
        data = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise refuse(400, f"The body is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise refuse(400, "The body is not a JSON object")
    return data
