"""The adapter that a mapping file makes: requests as the file says, items from whatever answers hold."""

import base64
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from collections_server import collections_server
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.errors import PlatformError, UsageError
from flashcrowd.core.events import OUTCOMES
from flashcrowd.core.runlog import RunReader
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.adapters.http import Http
from flashcrowd.load.adapters.item import Account, Draft, Item, Login
from flashcrowd.load.adapters.mapping import checked_mapping, load_mapping
from flashcrowd.load.adapters.openapi import draft
from flashcrowd.load.adapters.opening import open_adapter
from flashcrowd.load.conversation import converse
from flashcrowd.load.staging import Stage
from flashcrowd.load.wire import Answer
from flashcrowd.sim.profiles import Profile

ROOT = Path(__file__).parents[2]
TOY = ROOT / "loadtests" / "mappings" / "json_server.yaml"
COLLECTIONS = ("users", "posts", "likes", "shares", "follows", "reports")
ADA = Account(7, "42", "ada", b"Authorization: Bearer t\r\n")
ITEM = Item(id="12", root="11", author="5")
LOGIN = Login("ada", "pw")
FACE = Profile("ada", "Ada", "Hi.", "en_US")

SOCIAL = {
    "name": "social",
    "accounts": {
        "sign_up": {
            "path": "/signup",
            "body": {"name": "{login.name}", "pass": "{login.password}"},
            "id": "user.id",
            "token": "jwt",
            "refresh": "refresh",
            "expires_in": "lasts",
        },
        "sign_in": {
            "path": "/login",
            "form": {"u": "{login.email}", "p": "{login.password}"},
            "id": "user.id",
            "token": "jwt",
        },
        "renew": {"path": "/renew", "body": {"refresh": "{refresh}"}, "token": "jwt"},
        "headers": {"Authorization": "Bearer {token}", "X-Key": "k"},
    },
    "item": {
        "author": "by.id",
        "likes": "stats.likes",
        "created": "at",
        "tags": "tags[].name",
        "text": "text",
        "reposted_by": "via",
        "root": "original || id",
    },
    "actions": {
        "home": {
            "method": "GET",
            "path": "/feed?n={limit}&after={cursor}",
            "items": "data.posts",
            "paging": {"next": "data.next"},
        },
        "profile": {"method": "GET", "path": "/users/{about}/posts", "items": "data.posts"},
        "post": {
            "path": "/posts",
            "body": {"text": "{draft.text}", "media": "{draft.media}"},
            "id": "post.id",
        },
        "like": {"path": "/posts/{item.root}/like", "statuses": {409: "ok"}},
        "upload": {
            "path": "/media",
            "multipart": {"f": "{file}", "alt": "{description}"},
            "id": "id",
            "ready": "done",
            "state": "/media/{media}",
        },
        "generate": {"path": "/images", "body": {"prompt": "{prompt}"}, "image": "image"},
    },
    "remove": {"post": {"method": "DELETE", "path": "/posts/{id}"}},
}
API = Http(checked_mapping(SOCIAL, "social.yaml"))


def answer(value, status=200):
    """An answer that holds a value as JSON."""
    made = Answer(0)
    made.status, made.body = status, value if isinstance(value, bytes) else json.dumps(value).encode()
    return made


def talk(steps, *answers):
    """What comes of a conversation with these answers, and its requests."""
    requests, rest = [], iter(answers)

    def send(request):
        requests.append(request)
        return next(rest)

    return converse(steps, send), requests


def changed(path, value):
    """The mapping with one field replaced."""
    data = json.loads(json.dumps(SOCIAL))
    *parents, leaf = path.split(".")
    place = data
    for parent in parents:
        place = place[parent]
    place[leaf] = value
    return data


def test_feed_becomes_items_and_a_cursor():
    """Expressions find the list, the parts of each entry, and the next page."""
    post = {
        "id": 3,
        "by": {"id": "u5"},
        "stats": {"likes": 2},
        "at": 1772366400000,
        "tags": [{"name": "#Art"}],
    }
    page = API.page("home", answer({"data": {"posts": [post], "next": "c/2"}}))
    assert list(page.items) == [
        Item("3", "3", "u5", "", 2, 0, 0, 1772366400.0, 1772366400.0, False, "", ("art",))
    ]
    assert API.read("home", ADA, 20, page.cursor).target == b"/feed?n=20&after=c%2F2"


def test_values_stay_in_their_place():
    """No id, text or name can reach another path, parameter, header or line."""
    evil = "../x?y=1&z\r\nHost: evil"
    hostile = Item("1", evil, evil)
    assert API.act("like", ADA, hostile).target == b"/posts/..%2Fx%3Fy%3D1%26z%0D%0AHost%3A%20evil/like"
    steps = API.sign_in({}, 7, Login("ada", token="a\r\nX: y"))
    account, _ = talk(steps)
    assert account.auth == b"Authorization: Bearer aX: y\r\nX-Key: k\r\n"


def test_bodies_keep_the_types_of_their_values():
    """A place alone becomes its value, a list too; inside a text it is written."""
    request = API.write("post", ADA, Draft("hé", "k", media=("m1", "m2")))
    assert json.loads(request.body) == {"text": "hé", "media": ["m1", "m2"]}
    assert b"Content-Type: application/json" in request.headers


def test_accounts_by_sign_up_sign_in_and_renewal():
    """Id, token, refresh token and their time come from where the file says."""
    said = {"user": {"id": 42}, "jwt": "t", "refresh": "r", "lasts": 60}
    account, (asked,) = talk(API.sign_up({}, 7, LOGIN, FACE), answer(said, 201))
    assert json.loads(asked.body) == {"name": "ada", "pass": "pw"}
    assert (account.id, account.auth, account.refresh) == ("42", ADA.auth + b"X-Key: k\r\n", "r")
    assert account.expires_s < math.inf
    again, (asked,) = talk(API.sign_in({}, 7, LOGIN), answer(said))
    assert (again.id, asked.body) == ("42", b"u=ada%40flashcrowd.example&p=pw")
    renewed, (asked,) = talk(API.renew({}, account, LOGIN), answer({"jwt": "t2"}))
    assert (renewed.id, renewed.auth[:24]) == ("42", b"Authorization: Bearer t2")
    assert json.loads(asked.body) == {"refresh": "r"}


def test_image_is_uploaded_asked_after_and_generated():
    """Multipart with the file at its field; an upload may take a while; an image is base64, or a data URL."""
    request = API.upload(ADA, b"PNG", "a cat")
    assert b'name="f"; filename="image.png"' in request.body
    assert b'name="alt"\r\n\r\na cat' in request.body
    assert API.media(answer({"id": 9, "done": False})) == ("9", False)
    assert API.media_state(ADA, "9").target == b"/media/9"
    image = base64.b64encode(b"PNG").decode()
    assert API.image(answer({"image": image})) == API.image(
        answer({"image": f"data:image/png;base64,{image}"})
    )


def test_what_is_not_mapped_is_declared_and_left_out():
    """Actions without a request are unsupported; a status may mean something else than usual."""
    assert {"repost", "search", "trends"} <= API.unsupported
    assert "home" not in API.unsupported
    assert API.outcome("like", answer({}, 409)) == "ok"
    assert [API.outcome("like", answer({}, code)) for code in (401, 404, 422)] == [
        "expired",
        "gone",
        "failed",
    ]
    assert API.outcome("home", answer({}, 404)) == "unsupported"


def test_pages_are_counted_when_the_platform_counts_them():
    """Where answers hold no cursor, pages or items are counted from the request's own place."""
    api = open_adapter(str(TOY))
    request = api.read("home", ADA, 20)
    assert b"_page=1" in request.target
    for expected in ("2", "3"):
        made = answer([{"id": 1, "userId": 2}])
        made.request = request
        cursor = api.page("home", made).cursor
        assert cursor == expected
        request = api.read("home", ADA, 20, cursor)


def test_own_post_is_found_by_its_text():
    """A post whose answer was lost is recognised on its author's profile."""
    posts = {"data": {"posts": [{"id": 1, "text": "no"}, {"id": 2, "text": "yes"}]}}
    assert talk(API.find(ADA, Draft("yes", "k")), answer(posts))[0] == "2"
    assert talk(API.find(ADA, Draft("other", "k")), answer(posts))[0] == ""


def test_removal_without_a_way_is_told():
    """What the file has no request for cannot be taken back; what is gone already is fine."""
    assert talk(API.erase("post", ADA, LOGIN, "3"), answer({}, 404))[1][0].target == b"/posts/3"
    with pytest.raises(PlatformError, match="no remove"):
        talk(API.erase("account", ADA, LOGIN, "42"))


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("actions.hom", {"path": "/x"}, "actions.hom is not a known action; did you mean home?"),
        ("actions.home.items", None, "actions.home.items is missing"),
        ("actions.home.items", "data.[", "actions.home.items is 'data.['; is no JMESPath expression"),
        ("actions.home.path", "feed", "actions.home.path is 'feed'"),
        ("actions.home.pth", "/feed", "actions.home.pth is not a known key"),
        ("actions.like.path", "/posts/{item.rot}", "{item.rot} is not a known place"),
        ("actions.like.body", {"a": ["{item.id|number}"]}, "number is not one of"),
        ("actions.like.headers", {"X": "{env.NO_SUCH_NAME}"}, "environment holds no NO_SUCH_NAME"),
        ("actions.post.id", None, "actions.post.id is missing"),
        ("actions.home.paging", {"next": "a", "count": "pages"}, "needs one of next, below, count"),
        ("actions", {"home": {"path": "/", "items": "@"}}, "actions.post is missing"),
        ("accounts.headers", {"A": "{tokn}"}, "accounts.headers: {tokn} is not a known place"),
    ],
)
def test_wrong_mapping_is_one_line_that_names_the_field(path, value, reason):
    """A mistake is said once, with the field, before anything is sent."""
    with pytest.raises(UsageError) as error:
        checked_mapping(changed(path, value), "mine.yaml")
    assert reason in str(error.value)
    assert str(error.value).startswith("mine.yaml: ")
    assert "\n" not in str(error.value)


def test_file_that_is_no_mapping_is_one_line(tmp_path):
    """Not there, not YAML, not a mapping: one line each."""
    for text in (None, "a: [", "- 1", ""):
        path = tmp_path / "m.yaml"
        if text is not None:
            path.write_text(text)
        with pytest.raises(UsageError, match=r"^m\.yaml: "):
            load_mapping(path)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "posts", "next", "id", "by", "stats", "likes", "at", "tags", "name", "image"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=24,
)
BODIES = st.binary(max_size=80) | VALUES.map(lambda value: json.dumps(value).encode())


@given(BODIES, st.integers(0, 999))
def test_any_answer_is_a_value_or_a_platform_error(body, status):
    """Whatever comes back, each parser gives what it promises or raises PlatformError."""
    made = answer(body, status)
    assert API.outcome("home", made) in OUTCOMES
    parsers = (
        (lambda a: API.page("home", a).cursor, str),
        (lambda a: list(API.page("profile", a).items), list),
        (lambda a: API.made("post", a), str),
        (API.media, tuple),
        (API.image, bytes),
    )
    for parse, kind in parsers:
        try:
            assert isinstance(parse(made), kind)
        except PlatformError:
            continue


OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Art Space!"},
    "servers": [{"url": "https://art.example/v2"}],
    "paths": {
        "/register": {"post": {"summary": "Make an account"}},
        "/login": {"post": {}},
        "/feed/home": {"get": {"operationId": "readHome"}},
        "/posts": {"post": {}, "get": {}},
        "/posts/{postId}/like": {"post": {}, "delete": {}},
        "/posts/{postId}/comments": {"post": {}, "get": {}},
        "/users/{id}/follow": {"put": {}, "delete": {}},
        "/x": {"get": "nonsense", "parameters": []},
    },
}


def test_mapping_begun_from_openapi_can_be_completed(tmp_path):
    """Guesses stand at their actions under the document's own base path; the whole file can be read."""
    path = tmp_path / "begun.yaml"
    path.write_text(draft(OPENAPI, "openapi.json"))
    mapping = load_mapping(path)
    paths = {name: action.path for name, action in mapping.actions.items()}
    assert (mapping.name, paths["home"]) == ("art-space", "/v2/feed/home?limit={limit}")
    assert paths["like"] == "/v2/posts/{item.root}/like"
    assert paths["follow"] == "/v2/users/{item.author}/follow"
    assert paths["reply"] == "/v2/posts/{item.root}/comments"
    assert mapping.accounts.sign_up.path == "/v2/register"
    assert "#   DELETE /v2/users/{id}/follow" in path.read_text()


@given(VALUES)
def test_any_document_is_a_mapping_file_or_one_line(document):
    """Whatever is given as OpenAPI makes a text, or a UsageError."""
    try:
        assert draft({"paths": document}, "x").startswith("# A mapping")
    except UsageError:
        return


def test_members_live_on_a_server_known_by_its_mapping_alone(tmp_path):
    """Accounts, follows, history, a live run and cleaning on a server that no line of Python is about."""
    changes = {"population.members": 200, "load.members": 30, "load.history_posts": 30, "load.duration": 4.0}
    changes |= {"load.warm_up": 0.5, "load.time_lapse": 600.0, "content.posts_per_day": 5.0, "name": "toy"}
    changes |= {"reactions.like": 0.2, "reactions.repost": 0.1, "reactions.reply": 0.1}
    chosen = Scenario().changed(**changes)
    (tmp_path / "toy.yaml").write_text(json.dumps(chosen.resolved()))
    run, vault = tmp_path / "run", tmp_path / "v.jsonl"
    with collections_server(*COLLECTIONS) as server:
        made = Stage(chosen, server.url, (), str(TOY), vault).provision()
        arguments = [
            "load",
            tmp_path / "toy.yaml",
            "--target",
            server.url,
            "--adapter",
            TOY,
            "--vault",
            vault,
        ]
        program = "from flashcrowd.cli.main import main; main()"
        command = [sys.executable, "-c", program, *map(str, arguments), "--out", str(run), "--quiet"]
        done = subprocess.run(command, text=True, capture_output=True, timeout=120, check=False)
        assert RunReader(run).manifest["state"] == "finished", done.stderr
        rows = RunReader(run).table("requests").to_pandas()
        sent = rows[rows.outcome == "ok"].action.value_counts()
        tables = {name: len(rows) for name, rows in server.tables.items()}
        gone = Stage(chosen, server.url, (), str(TOY), vault).clean()
    assert set(rows.outcome) <= {"ok", "abandoned"}
    assert (made.accounts_made, made.posts_made, tables["users"]) == (30, 30, 30)
    assert tables["posts"] == 30 + sent.get("post", 0) + sent.get("reply", 0)
    assert (tables["likes"], tables["shares"]) == (sent["like"], sent["repost"])
    assert sent["home"] > 5
    assert "notifications" in RunReader(run).manifest["unsupported"]
    assert (gone.posts, gone.accounts, gone.left) == (30, 30, 0)
