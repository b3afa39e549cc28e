"""OAuth's authorization-code flow with an out-of-band code, gone through as a person would: by its pages.

Servers put their own pages in its way: a log-in form with hidden tokens and cookies, a page that asks
whether the application may, one that shows the code. What is on a page decides what is done with it.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import parse_qs, quote, urlencode, urljoin, urlsplit

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.adapter import Steps
from flashcrowd.load.adapters.item import Login
from flashcrowd.load.request import Request
from flashcrowd.load.wire import OK, Answer

AUTHORIZE: Final = "/oauth/authorize"
MOST_PAGES: Final = 10
REDIRECTS: Final = (301, 302, 303, 307, 308)
CODE_WORD: Final = re.compile(r"[A-Za-z0-9._~-]{6,}")
SAYS_CODE: Final = re.compile(r"\bcode\b[^:]*:?\s", re.IGNORECASE)
REFUSES: Final = re.compile(r"den(y|ied)|cancel|reject|delete", re.IGNORECASE)
SAFE: Final = "/?:@!$&'()*+,;=%-._~"


@dataclass
class Field:
    """An input or button of a form."""

    name: str
    value: str
    kind: str


@dataclass
class Form:
    """A form of a page."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def asks_password(self) -> bool:
        """Whether it is a log-in form."""
        return any(each.kind == "password" for each in self.fields)

    def is_refusal(self) -> bool:
        """Whether sending it says no."""
        hidden = (each for each in self.fields if each.kind == "hidden" and each.name == "_method")
        buttons = [each for each in self.fields if each.kind == "submit"]
        said = [*hidden, *buttons] if len(buttons) < 2 else list(hidden)
        return any(REFUSES.search(f"{each.name} {each.value}") for each in said)

    def filled(self, login: Login) -> list[tuple[str, str]]:
        """Names and values as a person with this login sends them."""
        sent = [
            (each.name, _typed(each, login)) for each in self.fields if each.kind != "submit" and each.name
        ]
        buttons = [each for each in self.fields if each.kind == "submit" and each.name]
        own = [each for each in buttons if each.value == login.name]
        willing = own or [each for each in buttons if not REFUSES.search(f"{each.name} {each.value}")]
        return sent + [(each.name, each.value) for each in willing[:1]]


class Page(HTMLParser):
    """The forms of a page, and its texts: of `code` elements, and all."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.codes: list[str] = []
        self.text = ""
        self._in_code = self._in_form = self._silent = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, a field, or the beginning of a code."""
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action", ""), said.get("method", "get").lower()))
            self._in_form = True
        elif tag in ("input", "button"):
            kind = said.get("type", "text" if tag == "input" else "submit").lower()
            if self._in_form:
                self.forms[-1].fields.append(Field(said.get("name", ""), said.get("value", ""), kind))
            elif "readonly" in said:
                self.codes.append(said.get("value", ""))
        self._in_code = tag == "code" or (self._in_code and tag != "form")
        self._silent = tag in ("script", "style", "title")

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a form or a code."""
        if tag == "form":
            self._in_form = False
        elif tag == "code":
            self._in_code = False
        self._silent = False

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if self._in_code:
            self.codes.append(data.strip())
        if not self._silent:
            self.text += data

    def code(self) -> str:
        """The code that the page shows, "" when it shows none."""
        for said in self.codes:
            if CODE_WORD.fullmatch(said):
                return said
        found = SAYS_CODE.search(self.text)
        word = CODE_WORD.search(self.text, found.end()) if found else None
        return word[0] if word else ""


def authorize(client_id: str, redirect_uri: str, scope: str, login: Login, challenge: str = "") -> Steps[str]:
    """The authorization code that an account's owner gives to the application.

    Args:
        challenge: of the proof that the code comes back to who asked for it (RFC 7636, method S256).

    Raises:
        PlatformError: when the pages lead to no code.
    """
    asked = {"response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri, "scope": scope}
    if challenge:
        asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    begin = f"{AUTHORIZE}?{urlencode(asked)}"
    cookies: dict[str, str] = {}
    place, answer = begin, (yield _get(begin, cookies))
    logged_in = asked_again = False
    for _ in range(MOST_PAGES):
        if answer.fault != OK or answer.status >= 400:
            raise PlatformError(
                f"{urlsplit(place).path}: status {answer.status}: {answer.detail or 'refused'}"
            )
        _keep_cookies(answer, cookies)
        if answer.status in REDIRECTS:
            place = urljoin(place, answer.headers.get(b"location", b"").decode("latin-1"))
            code = _code_in(place)
            if code:
                return code
            answer = yield _get(place, cookies)
            continue
        page = Page(answer.body.decode("utf-8", "replace"))
        form = _next_form(page, place, logged_in)
        if form is None:
            code = page.code()
            if code and (logged_in or asked_again):
                return code
            if asked_again or not logged_in:
                break
            place, asked_again = begin, True  # the log-in led elsewhere: back to the question
            answer = yield _get(begin, cookies)
            continue
        logged_in = True
        place = urljoin(place, form.action) if form.action else place
        answer = yield _submitted(place, form, login, cookies)
    raise PlatformError("the log-in pages lead to no authorization code; give tokens by --accounts FILE")


def _next_form(page: Page, place: str, logged_in: bool) -> Form | None:
    """The form to send: the log-in once, then the one that says yes to the application.

    A form without an address of its own goes to `place`, where its page is.
    """
    asking = [form for form in page.forms if form.asks_password()]
    if asking and not logged_in:
        return asking[0]
    if asking:
        raise PlatformError("the log-in form came back: name or password are not taken")
    about = [form for form in page.forms if "oauth" in urljoin(place, form.action) and form.method == "post"]
    return next((form for form in about if not form.is_refusal()), None)


def _typed(each: Field, login: Login) -> str:
    if each.kind == "password":
        return login.password
    if each.kind == "email" or (each.kind == "text" and "email" in each.name.lower()):
        return login.address
    if each.kind == "text" and not each.value:
        return login.name
    return each.value


def _submitted(place: str, form: Form, login: Login, cookies: dict[str, str]) -> Request:
    body = urlencode(form.filled(login)).encode()
    headers = _cookie_line(cookies) + b"Content-Type: application/x-www-form-urlencoded\r\n"
    return Request("login", b"POST", _target(place), headers, body, page=True)


def _get(place: str, cookies: dict[str, str]) -> Request:
    return Request("login", b"GET", _target(place), _cookie_line(cookies), follows=False, page=True)


def _target(place: str) -> bytes:
    """Path and query of an address: whatever host it names, we stay on ours."""
    parts = urlsplit(place)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return quote(target if target.startswith("/") else f"/{target}", safe=SAFE).encode()


def _code_in(place: str) -> str:
    try:
        return parse_qs(urlsplit(place).query).get("code", [""])[0]
    except ValueError:
        return ""


def _keep_cookies(answer: Answer, cookies: dict[str, str]) -> None:
    for line in answer.headers.get(b"set-cookie", b"").decode("latin-1").split("\n"):
        name, has_value, value = line.partition(";")[0].strip().partition("=")
        if has_value and name.isprintable() and value.isprintable():
            cookies[name] = value


def _cookie_line(cookies: dict[str, str]) -> bytes:
    if not cookies:
        return b""
    return b"Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()).encode() + b"\r\n"
