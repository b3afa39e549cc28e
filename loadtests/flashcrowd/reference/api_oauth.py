"""Apps, tokens and the log-in page."""

from html import escape
from typing import Final
from urllib.parse import urlencode, urlsplit

import orjson

from flashcrowd.reference.call import Call, Fields, Reply
from flashcrowd.reference.errors import refuse
from flashcrowd.reference.oauth import OUT_OF_BAND, App, invalid_grant, narrowed
from flashcrowd.reference.routes import Table

HTML: Final = b"text/html; charset=utf-8"
LOG_IN_PAGE: Final = """<!doctype html><meta charset="utf-8"><title>Log in</title>
<h1>{app} asks for: {scope}</h1><p>{notice}</p>
<form method="post" action="/oauth/authorize">{hidden}
<p><label>E-mail or username <input name="username" required></label></p>
<p><label>Password <input name="password" type="password" required></label></p>
<button>Log in and authorize</button></form>"""
CODE_PAGE: Final = """<!doctype html><meta charset="utf-8"><title>Authorization code</title>
<p>Copy this code and paste it into the application:</p><p><code>{code}</code></p>"""
PASSED_ON: Final = ("client_id", "redirect_uri", "response_type", "scope", "state")


async def register_app(call: Call) -> Reply:
    """POST /api/v1/apps"""
    fields = await call.fields()
    with call.registering():
        app = call.site.oauth.register(
            fields.text("client_name"),
            fields.text("website") or None,
            "\n".join(fields.list("redirect_uris")),
            fields.text("scopes"),
        )
    secret = {"client_id": app.client_id, "client_secret": app.client_secret, "client_secret_expires_at": 0}
    return Reply(orjson.dumps({"id": str(app.id), **_shown(app), **secret}))


async def verify_app(call: Call) -> Reply:
    """GET /api/v1/apps/verify_credentials"""
    token = call.granted("read")
    app = call.site.oauth.apps[token.app]
    if app is None:
        raise refuse(401, "The access token is invalid")
    return Reply(orjson.dumps(_shown(app)))


async def make_token(call: Call) -> Reply:
    """POST /oauth/token"""
    fields = await call.fields()
    oauth = call.site.oauth
    app = oauth.authenticate(fields.text("client_id"), fields.text("client_secret"))
    with call.registering():
        account, scopes = _granted(call, app, fields)
        return Reply(token_json(*oauth.grant(app.id, account, scopes), scopes))


async def revoke_token(call: Call) -> Reply:
    """POST /oauth/revoke"""
    fields = await call.fields()
    oauth = call.site.oauth
    app = oauth.authenticate(fields.text("client_id"), fields.text("client_secret"))
    with call.registering():
        oauth.revoke(app.id, fields.text("token"))
    return Reply()


async def show_log_in(call: Call) -> Reply:
    """GET /oauth/authorize"""
    app, _ = _client(call, call.query)
    return _log_in_page(app, call.query, "")


async def authorize(call: Call) -> Reply:
    """POST /oauth/authorize"""
    fields = await call.fields()
    app, redirect_uri = _client(call, fields)
    account = call.site.accounts.log_in(fields.text("username"), fields.text("password"))
    if account is None:
        return _log_in_page(app, fields, "Invalid name or password.", 401)
    scopes = narrowed(app, fields.text("scope"))
    with call.registering():
        code = call.site.oauth.new_code(app.id, account, scopes, redirect_uri)
    if redirect_uri == OUT_OF_BAND:
        return Reply(CODE_PAGE.format(code=code).encode(), media_type=HTML)
    answer = urlencode({"code": code, **({"state": fields.text("state")} if "state" in fields else {})})
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return Reply(b"", 302, ((b"location", f"{redirect_uri}{joint}{answer}".encode()),), HTML)


def token_json(word: str, made_s: int, scopes: str) -> bytes:
    """An access token as OAuth 2 gives it."""
    return orjson.dumps({"access_token": word, "token_type": "Bearer", "scope": scopes, "created_at": made_s})


def _granted(call: Call, app: App, fields: Fields) -> tuple[int | None, str]:
    """Whom a token is for, and what it allows.

    Raises:
        Refusal: 400 when the grant is unknown or wrong.
    """
    kind = fields.text("grant_type")
    if kind == "client_credentials":
        return None, narrowed(app, fields.text("scope"))
    if kind == "authorization_code":
        return call.site.oauth.redeem(app, fields.text("code"), fields.text("redirect_uri"))
    if kind == "password":
        account = call.site.accounts.log_in(fields.text("username"), fields.text("password"))
        if account is None:
            raise invalid_grant()
        return account, narrowed(app, fields.text("scope"))
    raise refuse(
        400, "unsupported_grant_type", error_description="The authorization grant type is not supported."
    )


def _client(call: Call, fields: Fields) -> tuple[App, str]:
    """The app that sends a member here, and where the member goes from here.

    Raises:
        Refusal: 400 when either is not registered.
    """
    app = call.site.oauth.find(fields.text("client_id"))
    redirect_uri = fields.text("redirect_uri", OUT_OF_BAND)
    if app is None or redirect_uri not in app.redirect_uris.split():
        raise refuse(400, "invalid_client", error_description="Unknown client or redirect URI.")
    return app, redirect_uri


def _log_in_page(app: App, fields: Fields, notice: str, status: int = 200) -> Reply:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(fields.text(name))}">'
        for name in PASSED_ON
        if name in fields
    )
    scope = escape(fields.text("scope") or app.scopes)
    page = LOG_IN_PAGE.format(app=escape(app.name), scope=scope, notice=notice, hidden=hidden)
    return Reply(page.encode(), status, media_type=HTML)


def _shown(app: App) -> dict[str, object]:
    return {
        "name": app.name,
        "website": app.website,
        "scopes": app.scopes.split(),
        "redirect_uri": app.redirect_uris,
        "redirect_uris": app.redirect_uris.split(),
        "vapid_key": "",
    }


ROUTES: Final[Table] = (
    ("POST", "/api/v1/apps", register_app),
    ("GET", "/api/v1/apps/verify_credentials", verify_app),
    ("POST", "/oauth/token", make_token),
    ("POST", "/oauth/revoke", revoke_token),
    ("GET", "/oauth/authorize", show_log_in),
    ("POST", "/oauth/authorize", authorize),
)
