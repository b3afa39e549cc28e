"""The authorization-code flow through the pages of different servers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.item import Login
from flashcrowd.load.adapters.oauth_code import authorize
from flashcrowd.load.conversation import converse
from flashcrowd.load.origin import parse_origin
from flashcrowd.load.wire import Answer, Wire
from flashcrowd.reference.process import ReferencePlatform

LOGIN = Login("ada", "p&w", email="ada@art.example")
OOB = "urn:ietf:wg:oauth:2.0:oob"

LOG_IN = """<html><head><title>Sign in: get your code here</title></head><body>
<form action="/auth/sign_in" method="post"><input type="hidden" name="authenticity_token" value="csrf1">
<input type="email" name="user[email]"><input type="password" name="user[password]">
<input type="checkbox" name="user[remember_me]" value="1"><button name="button" type="submit">Log in</button>
</form></body></html>"""
CONSENT = """<form action="/oauth/authorize" method="post"><input type="hidden" name="authenticity_token"
value="csrf2"><input type="hidden" name="client_id" value="c"><button type="submit">Authorize</button></form>
<form action="/oauth/authorize" method="post"><input type="hidden" name="_method" value="delete">
<button type="submit">Deny</button></form>"""
NATIVE = (
    "<p>Copy it</p><input class='oauth-code' readonly value='Zx9_codecode'><form action='/search'></form>"
)
APPROVE_OR_DENY = """<form action="/oauth/authorize" method="post"><input name="username"><input
type="password" name="password"><button name="choice" value="deny">No</button><button name="choice"
value="approve">Yes</button></form>"""
PICKER = """<form method="post" action="/oauth/authorize"><input type="hidden" name="client_id" value="c">
<button type="submit" name="username" value="bea">B</button>
<button type="submit" name="username" value="ada">A</button></form>"""

TO_ITSELF = """<form id="authorizationForm" method="post"><input type="hidden" name="csrf" value="t1"><input
type="hidden" name="scope" value="read"><input type="submit" value="Cancel"><input type="submit" name="allow"
value="Authorize"></form>"""


def page(text, status=200, *cookies, location=""):
    """An answer of the server."""
    made = Answer(0)
    made.status, made.body = status, text.encode()
    if cookies:
        made.headers[b"set-cookie"] = "\n".join(cookies).encode()
    if location:
        made.headers[b"location"] = location.encode()
    return made


def walk(*pages):
    """The code at the end of these pages, and the requests that led there."""
    requests, rest = [], iter(pages)

    def send(request):
        requests.append(request)
        return next(rest)

    return converse(authorize("c", OOB, "read", LOGIN), send), requests


def test_log_in_consent_and_native_code_page_as_mastodon_has_them():
    """Redirect, log-in form, redirect back, consent, code: with every cookie and hidden token on the way."""
    code, requests = walk(
        page("", 302, "_session=s1; path=/; HttpOnly", location="https://art.example/auth/sign_in"),
        page(LOG_IN, 200, "_session=s2; path=/", "theme=dark"),
        page("", 302, "_session=s3", location="/oauth/authorize?client_id=c"),
        page(CONSENT),
        page("", 302, location="/oauth/authorize/native?code=Zx9_codecode"),
    )
    assert code == "Zx9_codecode"
    sign_in, consent = requests[2], requests[4]
    assert sign_in.target == b"/auth/sign_in"
    assert sign_in.body.startswith(b"authenticity_token=csrf1&user%5Bemail%5D=ada%40art.example&")
    assert b"user%5Bpassword%5D=p%26w" in sign_in.body
    assert b"Cookie: _session=s2; theme=dark\r\n" in sign_in.headers
    assert b"_session=s3" in consent.headers
    assert consent.body == b"authenticity_token=csrf2&client_id=c"


def test_log_in_that_leads_elsewhere_goes_back_to_the_question():
    """A server that forgets where one came from is asked again; a code may stand on a page."""
    code, requests = walk(page(LOG_IN), page("<h1>Home</h1>"), page(CONSENT), page(NATIVE))
    assert code == "Zx9_codecode"
    assert requests[2].target == requests[0].target


def test_code_in_the_out_of_band_address_is_taken():
    """Some servers redirect to the out-of-band address itself."""
    assert walk(page(APPROVE_OR_DENY), page("", 302, location=f"{OOB}?code=abc123"))[0] == "abc123"


def test_buttons_that_say_no_are_not_pressed():
    """Of two buttons the willing one is sent, whatever their order."""
    _, requests = walk(page(APPROVE_OR_DENY), page("<code>abc123</code>"))
    assert requests[1].body == b"username=ada&password=p%26w&choice=approve"


def test_account_is_picked_by_its_name():
    """Where a page lists accounts, the own one is chosen; a code may stand in plain words."""
    code, requests = walk(page(PICKER), page("<p>Authorization code: mockcode_ada</p>"))
    assert requests[1].body == b"client_id=c&username=ada"
    assert code == "mockcode_ada"


def test_form_without_an_address_goes_to_its_own_page():
    """As Django's OAuth toolkit asks: the form names no address, and one of its two buttons no name."""
    _, requests = walk(
        page(LOG_IN), page("", 302, location="/oauth/authorize?x=1"), page(TO_ITSELF), page(NATIVE)
    )
    assert requests[3].target == b"/oauth/authorize?x=1"
    assert requests[3].body == b"csrf=t1&scope=read&allow=Authorize"


@pytest.mark.parametrize(
    ("pages", "reason"),
    [
        ((page(LOG_IN), page(LOG_IN)), "name or password"),
        ((page(LOG_IN), page("no", 401)), "401"),
        ((page("<p>Welcome to our code of conduct</p>"),), "no authorization code"),
        ((page("", 302, location="/oauth/authorize"),) * 20, "no authorization code"),
    ],
    ids=["log-in comes back", "refused", "no form", "endless"],
)
def test_pages_without_a_way_to_a_code_are_a_platform_error(pages, reason):
    """What leads nowhere is said in one line."""
    with pytest.raises(PlatformError, match=reason):
        walk(*pages)


@given(st.lists(st.tuples(st.text(), st.sampled_from([200, 302, 404]), st.text()), min_size=12, max_size=12))
def test_any_pages_are_a_code_or_a_platform_error(pages):
    """Whatever pages come, the end is a code or a PlatformError, and no request leaves its line."""
    try:
        code, requests = walk(*(page(text, status, location=location) for text, status, location in pages))
    except PlatformError:
        return
    assert code
    assert all(b"\n" not in request.target and b" " not in request.target for request in requests)


def test_flow_gives_a_code_on_a_running_server():
    """Against a server with a log-in page of its own: the code is good for a token."""
    from flashcrowd.load.adapters.mastodon import Mastodon
    from flashcrowd.sim.profiles import Profile

    api = Mastodon()
    with ReferencePlatform() as platform, Wire(parse_origin(platform.url), "127.0.0.1") as wire:
        keys = converse(api.join(), wire.send)
        login = Login("ada", "pass word&")
        made = converse(api.sign_up(keys, 7, login, Profile("ada", "Ada", "Hi.", "en_US")), wire.send)
        code = converse(authorize(keys["client_id"], OOB, "read", login), wire.send)
        again = converse(api.sign_in(keys, 7, login), wire.send)
    assert len(code) > 20
    assert (again.id, again.auth != made.auth) == (made.id, True)
