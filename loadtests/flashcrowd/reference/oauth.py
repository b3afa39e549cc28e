"""Apps, access tokens and passwords.

Passwords are hashed once with a fast keyed hash, because sign-ups must be cheap here and this is a test
platform. Never give it a password that is used anywhere else.
"""

import hashlib
import secrets
from typing import Final, NamedTuple

from flashcrowd.reference.errors import refuse
from flashcrowd.reference.store import ID_SHIFT, Store

OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"
DEFAULT_SCOPES: Final = "read"
KNOWN_SCOPES: Final = frozenset({"read", "write", "follow", "push", "profile", "admin"})
FOLLOW_COVERS: Final = frozenset(
    f"{verb}:{noun}" for verb in ("read", "write") for noun in ("follows", "blocks", "mutes")
)
"""What the old scope `follow` stands for."""


class Token(NamedTuple):
    """What an access token allows; `account` is None for an app's own token."""

    app: int
    account: int | None
    scopes: frozenset[str]

    def covers(self, scope: str) -> bool:
        """Whether a scope such as `write:statuses` was granted, itself or by its parent.

        >>> Token(1, 2, frozenset({"read"})).covers("read:statuses")
        True
        """
        if scope in self.scopes or scope.partition(":")[0] in self.scopes:
            return True
        return scope in FOLLOW_COVERS and "follow" in self.scopes


class App(NamedTuple):
    """A registered client."""

    id: int
    client_id: str
    client_secret: str
    name: str
    website: str | None
    redirect_uris: str
    scopes: str


class OAuth:
    """Registers apps, gives tokens, takes them back."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.tokens = store.cache(self._load_token, 500_000)
        self.apps = store.cache(self._load_app, 10_000)

    def register(self, name: str, website: str | None, redirect_uris: str, scopes: str) -> App:
        """A new app.

        Raises:
            Refusal: 422 when the name is missing or a scope is unknown.
        """
        if not name:
            raise refuse(422, "Validation failed: Application Name can't be blank")
        if not {word.partition(":")[0] for word in scopes.split()} <= KNOWN_SCOPES:
            raise refuse(422, "Validation failed: Scopes doesn't match configured on the server.")
        app = App(
            self._store.next_id(),
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(32),
            name,
            website,
            redirect_uris or OUT_OF_BAND,
            scopes or DEFAULT_SCOPES,
        )
        self._store.execute("INSERT INTO apps VALUES (?,?,?,?,?,?,?)", app)
        return app

    def find(self, client_id: str) -> App | None:
        """The app with this client id."""
        row = self._store.one("SELECT * FROM apps WHERE client_id = ?", client_id)
        return App(*row) if row else None

    def authenticate(self, client_id: str, client_secret: str) -> App:
        """The app that proves who it is.

        Raises:
            Refusal: 401 when it does not.
        """
        app = self.find(client_id)
        if app is None or not secrets.compare_digest(app.client_secret.encode(), client_secret.encode()):
            raise refuse(401, "invalid_client", error_description="Client authentication failed.")
        return app

    def grant(self, app_id: int, account: int | None, scopes: str) -> tuple[str, int]:
        """A new access token and when it was made (s since 1970)."""
        word = secrets.token_urlsafe(32)
        made_s = (self._store.next_id() >> ID_SHIFT) // 1000
        self._store.execute("INSERT INTO tokens VALUES (?,?,?,?,?)", (word, app_id, account, scopes, made_s))
        self.tokens.drop(word)
        return word, made_s

    def revoke(self, app_id: int, word: str) -> None:
        """Take a token of this app back; other words are ignored, as RFC 7009 wants.

        Raises:
            Refusal: 403 when the token is another app's.
        """
        token = self.tokens[word]
        if token is None:
            return
        if token.app != app_id:
            raise refuse(
                403, "unauthorized_client", error_description="You are not authorized to revoke this token"
            )
        self._store.execute("DELETE FROM tokens WHERE token = ?", (word,))
        self.tokens.drop(word)

    def new_code(self, app_id: int, account: int, scopes: str, redirect_uri: str) -> str:
        """An authorization code, good for one token."""
        code = secrets.token_urlsafe(32)
        self._store.execute(
            "INSERT INTO codes VALUES (?,?,?,?,?)", (code, app_id, account, scopes, redirect_uri)
        )
        return code

    def redeem(self, app: App, code: str, redirect_uri: str) -> tuple[int, str]:
        """Account and scopes that a code stands for; the code is used up.

        Raises:
            Refusal: 400 when it is unknown, used, another app's or of another redirect URI.
        """
        row = self._store.one("SELECT app, account, scopes, redirect_uri FROM codes WHERE code = ?", code)
        if row is None or row[0] != app.id or row[3] != redirect_uri:
            raise invalid_grant()
        self._store.execute("DELETE FROM codes WHERE code = ?", (code,))
        return row[1], row[2]

    def _load_token(self, word: str) -> Token | None:
        row = self._store.one("SELECT app, account, scopes FROM tokens WHERE token = ?", word)
        return Token(row[0], row[1], frozenset(row[2].split())) if row else None

    def _load_app(self, identity: int) -> App | None:
        row = self._store.one("SELECT * FROM apps WHERE id = ?", identity)
        return App(*row) if row else None


def invalid_grant() -> Exception:
    """400 as RFC 6749 (section 5.2) wants it."""
    return refuse(400, "invalid_grant", error_description="The provided authorization grant is invalid.")


def narrowed(app: App, asked: str) -> str:
    """The scopes to grant: those asked for, or all of the app's.

    Raises:
        Refusal: 400 when more is asked for than the app registered.
    """
    allowed = Token(app.id, None, frozenset(app.scopes.split()))
    if not all(allowed.covers(scope) for scope in asked.split()):
        raise refuse(
            400, "invalid_scope", error_description="The requested scope is invalid, unknown, or malformed."
        )
    return asked or app.scopes


def password_hash(salt: bytes, password: str) -> bytes:
    """16 bytes of BLAKE2b keyed by the salt: fast on purpose, fit for a test platform only."""
    return hashlib.blake2b(password.encode(), key=salt, digest_size=16).digest()
