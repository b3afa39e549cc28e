"""What cannot be had is refused with the right status in Mastodon's words, and nothing is changed by it."""

from collections.abc import Callable

import httpx
import pytest

from .conftest import SCOPES, Crowd, Member

HOME = "/api/v1/timelines/home"


def _error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", HOME),
        ("GET", "/api/v1/notifications"),
        ("GET", "/api/v1/accounts/verify_credentials"),
        ("POST", "/api/v1/statuses"),
        ("POST", "/api/v1/accounts/1/follow"),
        ("POST", "/api/v2/media"),
        ("GET", "/api/v2/search"),
        ("POST", "/api/v1/reports"),
        ("POST", "/api/v1/accounts"),
    ],
)
def test_caller_without_token_is_refused(crowd: Crowd, method: str, path: str) -> None:
    """What belongs to a member needs a token."""
    assert _error(crowd.http.request(method, path)) == (401, "The access token is invalid")


def test_unknown_token_is_refused_even_where_none_is_needed(crowd: Crowd) -> None:
    """A wrong token is an error, not a public reader."""
    headers = {"Authorization": "Bearer wrong"}
    assert _error(crowd.http.get("/api/v1/timelines/public", headers=headers))[0] == 401


def test_token_of_an_app_is_no_member(crowd: Crowd) -> None:
    """Client credentials cannot read a home feed."""
    headers = {"Authorization": f"Bearer {crowd.token}"}
    assert _error(crowd.http.get(HOME, headers=headers)) == (
        422,
        "This method requires an authenticated user",
    )


def test_scope_bounds_what_a_token_may_do(crowd: Crowd, member: Callable[[], Member]) -> None:
    """A token that may read only cannot write; one that may write statuses only cannot follow."""
    ann, bob = member(), member()
    for scope, path in (
        ("read", "/api/v1/statuses"),
        ("write:statuses", f"/api/v1/accounts/{bob.id}/follow"),
    ):
        form = {"grant_type": "password", "username": ann.name, "password": "a password for tests only"}
        token = crowd.grant(**form, scope=scope).json()["access_token"]
        answer = crowd.http.post(path, data={"status": "x"}, headers={"Authorization": f"Bearer {token}"})
        assert _error(answer) == (403, "This action is outside the authorized scopes")


def test_app_gets_no_more_scopes_than_it_registered(crowd: Crowd) -> None:
    """Asking for more is refused, so is a scope that does not exist."""
    assert _error(crowd.grant(grant_type="client_credentials", scope="push")) == (400, "invalid_scope")
    answer = crowd.http.post("/api/v1/apps", data={"client_name": "x", "scopes": "everything"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "client_credentials", "client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "magic"}, 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "wrong"}, 400, "invalid_grant"),
        ({"grant_type": "password", "username": "nobody", "password": "x"}, 400, "invalid_grant"),
    ],
)
def test_wrong_grant_gives_no_token(crowd: Crowd, form: dict[str, str], status: int, error: str) -> None:
    """OAuth errors have the codes of RFC 6749, section 5.2."""
    assert _error(crowd.grant(**form)) == (status, error)


def test_log_in_page_refuses_a_wrong_password(crowd: Crowd) -> None:
    """The page is shown again with status 401, and no code is given."""
    form = {**crowd.credentials(), "redirect_uri": "urn:ietf:wg:oauth:2.0:oob", "scope": SCOPES}
    answer = crowd.http.post("/oauth/authorize", data={**form, "username": "nobody", "password": "x"})
    assert answer.status_code == 401
    assert "Invalid name or password." in answer.text


def test_log_in_page_refuses_an_unregistered_redirect(crowd: Crowd) -> None:
    """Codes are sent nowhere else than where the app registered."""
    params = {"client_id": crowd.app["client_id"], "redirect_uri": "https://evil.example/"}
    assert _error(crowd.http.get("/oauth/authorize", params=params)) == (400, "invalid_client")


def test_registered_redirect_gets_code_and_state(crowd: Crowd, member: Callable[[], Member]) -> None:
    """A web client's redirect URI receives the code, which buys a token of that member."""
    ann, redirect = member(), "https://client.example/back?from=here"
    form = {"client_name": "web", "redirect_uris": redirect, "scopes": "read"}
    app = crowd.http.post("/api/v1/apps", data=form).json()
    form = {"client_id": app["client_id"], "redirect_uri": redirect, "state": "a&b", "username": ann.name}
    answer = crowd.http.post("/oauth/authorize", data={**form, "password": "a password for tests only"})
    target = httpx.URL(answer.headers["location"])
    assert (answer.status_code, target.host, target.params["state"]) == (302, "client.example", "a&b")
    form = {"client_id": app["client_id"], "client_secret": app["client_secret"], "redirect_uri": redirect}
    form |= {"grant_type": "authorization_code", "code": target.params["code"]}
    token = crowd.http.post("/oauth/token", data=form).json()["access_token"]
    own = crowd.http.get("/api/v1/accounts/verify_credentials", headers={"Authorization": f"Bearer {token}"})
    assert own.json()["id"] == ann.id


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"username": "two words"}, "username", "ERR_INVALID"),
        ({"username": ""}, "username", "ERR_BLANK"),
        ({"email": "nowhere"}, "email", "ERR_INVALID"),
        ({"password": "short"}, "password", "ERR_TOO_SHORT"),
        ({"agreement": "false"}, "agreement", "ERR_ACCEPTED"),
    ],
)
def test_wrong_sign_up_names_its_field(crowd: Crowd, changes: dict[str, str], field: str, code: str) -> None:
    """422 with details as Mastodon gives them."""
    answer = crowd.sign_up(**changes)
    assert answer.status_code == 422
    assert answer.json()["details"][field][0]["error"] == code


def test_taken_mail_address_is_refused_whatever_its_case(crowd: Crowd) -> None:
    """Names and addresses are compared without case."""
    crowd.sign_up(email="Case@mail.example").raise_for_status()
    answer = crowd.sign_up(email="case@MAIL.example")
    assert answer.json()["details"]["email"][0]["error"] == "ERR_TAKEN"


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"status": "  "}, 422, "Text can't be blank"),
        ({"status": "x" * 501}, 422, "limit of 500"),
        ({"status": "x", "visibility": "secret"}, 422, "Visibility"),
        ({"status": "x", "media_ids[]": "12345"}, 422, "Media 12345"),
        ({"status": "x", "media_ids[]": "abc"}, 422, "media_ids"),
        ({"status": "x", "in_reply_to_id": "12345"}, 404, "does not appear to exist"),
        ({"status": "x", "in_reply_to_id": "abc"}, 422, "in_reply_to_id must be a number"),
        ({"status": "x", "poll": "yes"}, 422, "poll is not supported"),
    ],
)
def test_impossible_status_is_refused(
    member: Callable[[], Member], form: dict[str, str], status: int, words: str
) -> None:
    """The answer says what is wrong, and nothing is posted."""
    ann = member()
    answer = ann.http.post("/api/v1/statuses", data=form)
    assert answer.status_code == status
    assert words in answer.json()["error"]
    assert ann.get(HOME) == []


def test_body_that_is_not_what_it_says_is_refused(member: Callable[[], Member]) -> None:
    """Broken JSON and a multipart body without a boundary are 400."""
    http = member().http
    for mime, body in (
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("multipart/form-data", b"x"),
    ):
        answer = http.post("/api/v1/statuses", content=body, headers={"Content-Type": mime})
        assert answer.status_code == 400


def test_file_that_is_no_image_is_refused(member: Callable[[], Member]) -> None:
    """Only images are taken; a missing file is named."""
    http = member().http
    answer = http.post("/api/v2/media", files={"file": ("x.png", b"not a picture", "image/png")})
    assert _error(answer)[0] == 422
    assert _error(http.post("/api/v2/media")) == (422, "Validation failed: File can't be blank")


def test_picture_of_somebody_else_cannot_be_attached(member: Callable[[], Member]) -> None:
    """Media belong to who uploaded them."""
    from flashcrowd.reference.images import picture

    ann, bob = member(), member()
    files = {"file": ("x.png", picture(256, 256, 1), "image/png")}
    media = ann.http.post("/api/v2/media", files=files).json()["id"]
    assert bob.http.post("/api/v1/statuses", data={"media_ids[]": media}).status_code == 422
    assert bob.http.get(f"/api/v1/media/{media}").status_code == 404
    assert ann.http.put(f"/api/v1/media/{media}", data={"description": "new"}).json()["description"] == "new"


@pytest.mark.parametrize(
    "path", ["/api/v1/statuses/abc", "/api/v1/statuses/1", "/api/v1/accounts/1", "/media/x.png"]
)
def test_missing_thing_is_not_found(crowd: Crowd, path: str) -> None:
    """404 in Mastodon's words."""
    assert _error(crowd.http.get(path)) == (404, "Record not found")


def test_member_cannot_follow_itself(member: Callable[[], Member]) -> None:
    """403, and no count changes."""
    ann = member()
    assert ann.http.post(f"/api/v1/accounts/{ann.id}/follow").status_code == 403
    assert ann.get(f"/api/v1/accounts/{ann.id}")["following_count"] == 0


def test_status_of_somebody_else_cannot_be_deleted(member: Callable[[], Member]) -> None:
    """404, as Mastodon answers, and it is still there."""
    ann, bob = member(), member()
    made = ann.say("mine")
    assert bob.http.delete(f"/api/v1/statuses/{made['id']}").status_code == 404
    assert ann.get(f"/api/v1/statuses/{made['id']}")["id"] == made["id"]


def test_faults_cannot_be_switched_by_a_wrong_name(crowd: Crowd) -> None:
    """A misspelt fault is refused: otherwise a test would pass without its fault."""
    assert crowd.http.post("/faults", json={"latency": 5}).status_code == 422
