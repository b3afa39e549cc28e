"""What every adapter of the table owes the crowd, whatever its platform answers."""

import inspect
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_http import SOCIAL

from flashcrowd.core.errors import PlatformError
from flashcrowd.core.events import ACTIONS, BRACKETS, OUTCOMES
from flashcrowd.load.adapters import ADAPTERS
from flashcrowd.load.adapters.adapter import Adapter
from flashcrowd.load.adapters.item import Account, Draft, Item, Login
from flashcrowd.load.adapters.mapping import checked_mapping
from flashcrowd.load.request import Request
from flashcrowd.load.wire import Answer
from flashcrowd.sim.profiles import Profile

SECRET = b"Authorization: Bearer s3cret\r\n"
ADA = Account(7, "did:plc:ada", "ada", SECRET)
BEA = Account(8, "did:plc:bea", "bea", b"Authorization: Bearer other\r\n")
LOGIN = Login("ada", "pass word")
FACE = Profile("ada", "Ada", "Hi.", "fr_FR")
REF = "cid at://x/y/1 cid at://did:plc:ada/app.bsky.graph.follow/1"
ITEM = Item("at://x/y/1", "at://x/y/1", "did:plc:bea", ref=REF)
READS = ("home", "public", "thread", "profile", "search", "trends", "notifications")
TABLE = list(ADAPTERS.table)
ODD = (b"", b"null", b"[]", b"{}", b"[{}]", b"[" * 5000, b'{"feed": 1}', b'{"id": "1"}')
STATUSES = (0, 200, 202, 204, 301, 400, 401, 403, 404, 409, 410, 418, 422, 429, 500, 503)
KEYS = {"client_id": "c", "client_secret": "s", "app_token": "a", "domain": ".test"}


def made(name):
    """The adapter of a name; the one that needs a mapping gets one."""
    return ADAPTERS.get(name)(*([checked_mapping(SOCIAL, "social.yaml")] if name == "http" else []))


def answer(body, status=200):
    """An answer with a body."""
    said = Answer(0)
    said.status, said.body = status, body
    return said


def conversations(api):
    """Every conversation that an adapter can have."""
    draft = Draft("A lighthouse #art", "k")
    return [
        api.inspect(),
        api.join(),
        api.sign_up(KEYS, 7, LOGIN, FACE),
        api.sign_in(KEYS, 7, LOGIN),
        api.sign_in(KEYS, 7, Login("ada", token="t")),
        api.renew(KEYS, Account(7, "1", "ada", SECRET, "refresh"), LOGIN),
        api.introduce(ADA, FACE, b""),
        api.introduce(ADA, FACE, b"PNG"),
        api.follow(ADA, BEA),
        api.find(ADA, draft),
        *(api.erase(what, ADA, LOGIN, "at://x/y/1") for what in ("post", "follow", "account")),
    ]


@pytest.mark.parametrize("name", TABLE)
def test_adapter_has_every_method_of_the_protocol(name):
    """Names and parameters are those of the seam."""
    kind = ADAPTERS.get(name)
    for method, wanted in inspect.getmembers(Adapter, inspect.isfunction):
        if not method.startswith("_"):
            assert list(inspect.signature(getattr(kind, method)).parameters) == list(
                inspect.signature(wanted).parameters
            ), method


@pytest.mark.parametrize("name", TABLE)
def test_every_supported_action_is_a_request_with_credentials_and_an_endpoint(name):
    """What is not declared as unsupported can be built, carries the account's header, and stays one line."""
    api = made(name)
    about = {"thread": ITEM.root, "profile": ITEM.author, "search": "art & more"}
    built = {action: lambda a=action: api.read(a, ADA, 20, about=about.get(a, "")) for action in READS}
    for action in ("like", "repost", "follow", "unfollow", "report"):
        built[action] = lambda a=action: api.act(a, ADA, ITEM)
    for action in ("post", "reply", "quote"):
        draft = Draft("hé", "k1", "fr", None if action == "post" else ITEM)
        built[action] = lambda a=action, d=draft: api.write(a, ADA, d)
    built["generate"] = lambda: api.generate(ADA, "a cat")
    built["upload"] = lambda: api.upload(ADA, b"PNG", "a cat")
    wanted = set(ACTIONS) - set(BRACKETS) - {"login", "signup"}
    assert set(built) == wanted
    for action in wanted - api.unsupported:
        request = built[action]()
        assert isinstance(request, Request)
        assert request.action == action
        assert SECRET in request.headers
        assert request.target.startswith(b"/")
        assert not set(b" \r\n") & set(request.target)
        assert request.headers.endswith(b"\r\n")
        assert " /" in api.endpoint(action)
        assert "s3cret" not in repr(request)


@pytest.mark.parametrize("name", TABLE)
@given(body=st.binary(max_size=60) | st.sampled_from(ODD), status=st.sampled_from(STATUSES))
def test_malformed_answers_are_values_or_platform_errors(name, body, status):
    """No answer makes a parser do anything but what it promises, or raise PlatformError."""
    api, said = made(name), answer(body, status)
    assert api.outcome("home", said) in OUTCOMES
    assert api.outcome("generate", said) in OUTCOMES
    waits_s = api.retry_after_s(said)
    assert waits_s is None or waits_s >= 0.0
    parsers = [lambda a=action: list(api.page(a, said).items) for action in READS]
    parsers += [lambda: api.made("post", said), lambda: api.media(said), lambda: api.image(said)]
    for parse in parsers:
        try:
            assert parse() is not None
        except PlatformError:
            continue


@pytest.mark.parametrize("name", TABLE)
@given(body=st.binary(max_size=40) | st.sampled_from(ODD), status=st.sampled_from(STATUSES))
def test_conversations_with_a_talker_of_nonsense_end(name, body, status):
    """Whatever a platform says to sign-up, sign-in and the rest, it ends soon, well or as PlatformError."""
    for steps in conversations(made(name)):
        try:
            request = next(steps)
            for _ in range(20):
                assert isinstance(request, Request)
                request = steps.send(answer(body, status))
            raise AssertionError("endless")
        except (StopIteration, PlatformError):
            continue


@pytest.mark.parametrize("name", TABLE)
def test_credentials_and_limits_have_their_outcomes(name):
    """401 asks for new credentials, 429 to slow down; 5xx are failures; no answer is a time-out."""
    api = made(name)
    for status, outcomes in (
        (401, {"expired", "failed"}),
        (429, {"limited"}),
        (500, {"failed"}),
        (503, {"failed"}),
    ):
        assert api.outcome("post", answer(b"{}", status)) in outcomes
    lost = answer(b"")
    lost.failed("timeout", "late")
    assert api.outcome("post", lost) == "timeout"
    assert json.dumps(sorted(api.unsupported))
