"""The Mastodon adapter: requests as the API wants them, and answers of every kind."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.errors import PlatformError
from flashcrowd.core.events import OUTCOMES
from flashcrowd.load.adapters.adapter import NameTaken
from flashcrowd.load.adapters.item import Account, Draft, Item, Login, number
from flashcrowd.load.adapters.mastodon import READS, Mastodon
from flashcrowd.load.wire import Answer
from flashcrowd.sim.profiles import Profile

AUTH = b"Authorization: Bearer s3cret\r\n"
ACCOUNT = Account(7, "42", "ada_7", AUTH)
ITEM = Item(id="12", root="11", author="5", reposted_by="6")
API = Mastodon()


def answer(body: bytes, status: int = 200, **headers: str) -> Answer:
    made = Answer(0)
    made.status = status
    made.body = body
    made.headers = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return made


def status(identifier: str, **changes) -> dict:
    return {
        "id": identifier,
        "created_at": "2026-03-01T12:00:00.000Z",
        "account": {"id": "5", "acct": "bea"},
        "content": "<p>Hi <script>alert(1)</script></p>",
        "reblog": None,
        "in_reply_to_id": None,
        "favourites_count": 3,
        "reblogs_count": 2,
        "replies_count": 1,
        "media_attachments": [{"id": "9", "url": "http://x/9.png"}],
        "tags": [{"name": "Crypto", "url": "http://x"}],
        **changes,
    }


def test_home_page_gives_items_and_the_next_cursor():
    """A timeline becomes items with counts, tags and author, and the Link header a cursor."""
    made = answer(
        json.dumps([status("11")]).encode(),
        link='<https://elsewhere.example/x?max_id=11>; rel="next", <https://x/?min_id=11>; rel="prev"',
    )
    page = API.page("home", made)
    item = Item("11", "11", "5", "", 3, 2, 1, 1772366400.0, 1772366400.0, True, "", ("crypto",))
    assert (list(page.items), page.cursor) == ([item], "max_id=11")


def test_reblog_keeps_both_ids():
    """A reblog has its own id, and the original's root, author and counts."""
    wrapped = status("20", account={"id": "6"}, favourites_count=0, reblog=status("11"))
    item = API.page("home", answer(json.dumps([wrapped]).encode())).items[0]
    assert (item.id, item.root, item.author, item.reposted_by, item.likes) == ("20", "11", "5", "6", 3)


def test_next_page_carries_the_cursor_only():
    """Paging uses our own path with the cursor, whatever host the Link header named."""
    request = API.read("home", ACCOUNT, 20, "max_id=a b&x")
    assert request.target == b"/api/v1/timelines/home?limit=20&max_id=a%20b%26x"


@pytest.mark.parametrize(
    ("action", "target"),
    [
        ("like", b"/api/v1/statuses/11/favourite"),
        ("repost", b"/api/v1/statuses/11/reblog"),
        ("follow", b"/api/v1/accounts/5/follow"),
        ("report", b"/api/v1/reports"),
    ],
)
def test_act_addresses_the_original_or_its_author(action, target):
    """What is done to an entry is done to its original, a follow to the author."""
    request = API.act(action, ACCOUNT, ITEM)
    assert (request.method, request.target) == (b"POST", target)


def test_hostile_id_stays_inside_its_path_segment():
    """An id with slashes or line ends cannot reach another path or add a header."""
    request = API.act("like", ACCOUNT, Item(id="x", root="../../x\r\nHost: evil", author="5"))
    assert request.target == b"/api/v1/statuses/..%2F..%2Fx%0D%0AHost%3A%20evil/favourite"


def test_reply_names_the_post_it_answers():
    """A reply carries text, language and the id of what it answers, and a key against doubles."""
    request = API.write("reply", ACCOUNT, Draft("hé", "k1", "fr", reply_to=ITEM))
    assert json.loads(request.body) == {
        "status": "hé",
        "visibility": "public",
        "language": "fr",
        "in_reply_to_id": "11",
    }
    assert b"Idempotency-Key: k1\r\n" in request.headers


def test_upload_is_multipart_with_the_image_inside():
    """The image stands unchanged between the boundaries that the header names."""
    request = API.upload(ACCOUNT, b"\x89PNG\r\n--", "a cat")
    boundary = request.headers.split(b"boundary=")[1].split(b"\r\n")[0]
    assert request.body.split(b"--" + boundary)[2].endswith(b"\r\n\r\n\x89PNG\r\n--\r\n")
    assert request.body.endswith(b"--" + boundary + b"--\r\n")


@pytest.mark.parametrize(
    ("status_code", "url", "ready"),
    [(200, "http://x/9.png", True), (200, None, False), (202, "http://x/9.png", False), (206, None, False)],
)
def test_media_is_ready_unless_still_processed(status_code, url, ready):
    """202, 206 and an address that is null mean that the platform still works on the upload."""
    body = json.dumps({"id": "9", "url": url}).encode()
    assert API.media(answer(body, status_code)) == ("9", ready)
    assert API.media(answer(b'{"id": 9}')) == ("9", True)


@pytest.mark.parametrize(
    ("code", "body", "outcome"),
    [
        (200, b"{}", "ok"),
        (202, b"{}", "ok"),
        (302, b"", "failed"),
        (401, b"{}", "expired"),
        (403, b"{}", "failed"),
        (404, b"{}", "gone"),
        (410, b"{}", "gone"),
        (422, b"{}", "failed"),
        (429, b"{}", "limited"),
        (500, b"", "failed"),
        (405, b"", "unsupported"),
        (501, b"", "unsupported"),
        (400, b'{"error": {"code": "content_policy_violation"}}', "blocked"),
        (400, b'{"error": "no"}', "failed"),
    ],
)
def test_status_becomes_an_outcome(code, body, outcome):
    """Every status has its outcome."""
    assert API.outcome("like", answer(body, code)) == outcome


def test_missing_path_without_an_id_is_an_unsupported_action():
    """404 for a path that names nothing means that the platform has no such action."""
    assert API.outcome("trends", answer(b"{}", 404)) == "unsupported"


def test_fault_of_the_wire_is_the_outcome():
    """Without an answer, the client's own word counts."""
    assert API.outcome("home", answer(b"").failed("timeout", "late")) == "timeout"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("2020-01-01T00:00:00Z", 0.0),
        ("soon", None),
        ("-3", None),
        ("9" * 40, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text, seconds):
    """Both forms of Retry-After are read; nonsense is nothing."""
    assert API.retry_after_s(answer(b"", 429, retry_after=text)) == seconds


def test_image_is_decoded():
    """The generated image comes out of its base64."""
    assert API.image(answer(b'{"data": [{"b64_json": "aGk="}]}')) == b"hi"


def talk(steps, *answers):
    """The requests of a conversation that is given these answers, and what came of it."""
    requests = [next(steps)]
    for each in answers[:-1]:
        requests.append(steps.send(each))
    with pytest.raises(StopIteration) as end:
        steps.send(answers[-1])
    return requests, end.value.value


APP = answer(b'{"client_id": "c", "client_secret": "s"}')
TOKEN = answer(b'{"access_token": "t"}')
WHO = answer(b'{"id": "42"}')
KEYS = {"client_id": "c", "client_secret": "s", "app_token": "a"}
FACE = Profile("ada_7", "Ada", "Hi.", "fr_FR")
LOGIN = Login("ada_7", "pw")
ADA = Account(7, "42", "ada_7", b"Authorization: Bearer t\r\n")


def test_joining_gives_the_application_and_its_token():
    """Registration and token follow one another."""
    requests, keys = talk(API.join(), APP, answer(b'{"access_token": "a"}'))
    assert [request.target for request in requests] == [b"/api/v1/apps", b"/oauth/token"]
    assert keys == KEYS | {"redirect_uri": "urn:ietf:wg:oauth:2.0:oob", "scope": "read write follow"}


def test_joining_where_applications_get_no_token_leaves_sign_in():
    """The application's own token is needed to sign up only."""
    _, keys = talk(API.join(), APP, answer(b'{"error": "unsupported_grant_type"}', 400))
    assert "app_token" not in keys
    with pytest.raises(PlatformError, match="sign up"):
        next(API.sign_up(keys, 7, LOGIN, FACE))


def test_sign_up_gives_an_account_with_id_and_credentials():
    """The token that signing up gives is the account's, which tells its id."""
    (first, second), account = talk(API.sign_up(KEYS, 7, LOGIN, FACE), TOKEN, WHO)
    assert b"username=ada_7" in first.body
    assert b"locale=fr" in first.body
    assert (first.headers[:24], second.target) == (
        b"Authorization: Bearer a\r",
        b"/api/v1/accounts/verify_credentials",
    )
    assert account == ADA


def test_name_that_is_taken_is_told_from_other_refusals():
    """Only what says so is a taken name."""
    signing = API.sign_up(KEYS, 7, LOGIN, FACE)
    next(signing)
    with pytest.raises(NameTaken):
        signing.send(answer(b'{"error": "Validation failed: Username has already been taken"}', 422))
    signing = API.sign_up(KEYS, 7, LOGIN, FACE)
    next(signing)
    with pytest.raises(PlatformError) as refused:
        signing.send(answer(b'{"error": "Validation failed: Password is too short"}', 422))
    assert not isinstance(refused.value, NameTaken)


def test_sign_in_by_token_asks_who_it_is_only():
    """A token from a file needs no password and no registration."""
    (request,), account = talk(API.sign_in({}, 7, Login("ada_7", token="t")), WHO)
    assert (request.target, account) == (b"/api/v1/accounts/verify_credentials", ADA)


def test_renewal_refreshes_or_signs_in_again():
    """A refresh token is used first; without one, or when it is refused, the password is."""
    old = Account(7, "42", "ada_7", b"Authorization: Bearer old\r\n", "r")
    fresh = answer(b'{"access_token": "t", "refresh_token": "r2", "expires_in": 60}')
    _, account = talk(API.renew(KEYS, old, LOGIN), fresh)
    assert (account.id, account.auth, account.refresh) == ("42", ADA.auth, "r2")
    assert account.expires_s < time.time() + 61
    requests, account = talk(API.renew(KEYS, old, LOGIN), answer(b"{}", 400), TOKEN, WHO)
    assert b"grant_type=password" in requests[1].body
    assert account == ADA


def test_token_with_a_line_end_is_refused():
    """A platform cannot put headers into our requests by its tokens."""
    signing = API.sign_up(KEYS, 7, LOGIN, FACE)
    next(signing)
    with pytest.raises(PlatformError):
        signing.send(answer(b'{"access_token": "a\\r\\nX: y"}'))


def test_nothing_shown_holds_credentials():
    """Neither accounts nor requests show the token when printed."""
    shown = repr(ACCOUNT) + repr(API.read("home", ACCOUNT, 20))
    assert "s3cret" not in shown


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["id", "account", "reblog", "tags", "created_at", "data", "error", "statuses", "name"]
            )
            | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)
BODIES = st.binary(max_size=200) | JSON_VALUES.map(lambda value: json.dumps(value).encode())


@given(BODIES, st.sampled_from(sorted(READS)), st.binary(max_size=80))
def test_any_answer_to_a_read_is_items_or_a_platform_error(body, action, link):
    """Whatever comes back, a read gives a page or raises PlatformError."""
    made = answer(body)
    made.headers = {b"link": link}
    try:
        page = API.page(action, made)
    except PlatformError:
        return
    assert all(isinstance(item, Item) for item in page.items)


@given(BODIES, st.integers(0, 999), st.binary(max_size=40))
def test_any_other_answer_is_a_value_or_a_platform_error(body, code, retry_after):
    """Whatever comes back, the other parsers give what they promise or raise PlatformError."""
    made = answer(body, code)
    made.headers = {b"retry-after": retry_after}
    assert API.outcome("home", made) in OUTCOMES
    assert API.retry_after_s(made) is None or API.retry_after_s(made) >= 0
    for parse, kind in ((lambda a: API.made("post", a), str), (API.media, tuple), (API.image, bytes)):
        try:
            assert isinstance(parse(made), kind)
        except PlatformError:
            continue


def test_deep_nesting_is_a_platform_error():
    """A body nested beyond the parser's depth is refused, not a crash."""
    with pytest.raises(PlatformError):
        API.page("home", answer(b"[" * 100_000))


@given(st.text())
def test_number_of_any_id_fits_int64(identifier):
    """Every id has a stable number that the record can hold."""
    assert 0 <= number(identifier) < 1 << 63
    assert number(identifier) == number(identifier)
