"""Every adapter of the table on the recorded answers of real servers: a day lived there, played again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recording import FOLDER, READS, Replay, adapter_of, answer_of, day

from flashcrowd.core.errors import PlatformError
from flashcrowd.core.events import ACTIONS, BRACKETS, OUTCOMES
from flashcrowd.load.adapters import ADAPTERS
from flashcrowd.load.adapters.item import Account, Item

RECORDED = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
LIVED = {"first", "second", "repost", "reply"}
ADA = Account(7, "did:plc:ada", "ada", b"Authorization: Bearer s\r\n")


@pytest.fixture(scope="module", params=RECORDED)
def played(request):
    """The adapter and what came of the day."""
    kept = RECORDED[request.param]
    api = adapter_of(kept["adapter"])
    return api, day(api, Replay(kept["exchanges"]), tuple(kept["names"]))


def test_every_adapter_of_the_table_is_recorded():
    """Whoever adds an adapter records a server."""
    assert {kept["adapter"] for kept in RECORDED.values()} == set(ADAPTERS.table)


def test_two_members_live_their_day(played):
    """Every request is the recorded one; every action that the server has goes well."""
    api, lived = played
    assert all(lived.made[name] for name in ("first", "second", "reply"))
    assert len({lived.made[name] for name in LIVED}) == len(LIVED)  # json-server gives a repost no id
    assert lived.made["found"] == lived.made["first"]
    ended = {step: outcome for step, outcome in lived.outcomes.items() if step != "stranger"}
    assert set(ended.values()) == {"ok"}
    wanted = set(ACTIONS) - set(BRACKETS) - {"login", "signup", "follow"} - api.unsupported
    assert wanted <= {step.split()[0] for step in ended}


def test_what_was_written_is_read(played):
    """The follower's feed shows the post with author, tag, image and time; the thread shows the answer."""
    api, lived = played
    ada, bea = lived.accounts
    (item,) = [item for item in lived.shown["home"] if item.id == lived.made["first"]]
    assert (item.root, item.author, item.reposted_by) == (item.id, ada.id, "")
    assert item.has_image == ("upload" not in api.unsupported)
    assert item.created_s == item.entered_s > 1.7e9
    after = {item.id: item for item in lived.shown["home then"] + lived.shown["profile then"]}
    counted = after[lived.made["first"]]
    assert counted.likes >= 1
    answered = {item.id: item for item in lived.shown["thread then"]}[lived.made["reply"]]
    assert (answered.author, answered.reply_to) == (bea.id, lived.made["first"])
    assert ada.id != bea.id


def mutations():
    """A recorded answer with one value replaced, and how it was asked for."""
    return st.sampled_from(
        [(name, n) for name, kept in RECORDED.items() for n in range(len(kept["exchanges"]))]
    )


def places(value, path=()):
    """Where values are inside a JSON value."""
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in entries:
        yield (*path, key)
        yield from places(inner, (*path, key))


def replaced(value, path, new):
    """A JSON value with one inside replaced."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


ANYTHING = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.just([])
    | st.just({})
    | st.just([{}])
)


@given(mutations(), st.data())
def test_damaged_answer_of_a_real_server_is_a_value_or_a_platform_error(which, data):
    """One value of a real answer replaced by anything: parsers give what they promise, or PlatformError."""
    kept = RECORDED[which[0]]
    exchange, api = kept["exchanges"][which[1]], adapter_of(kept["adapter"])
    spots = list(places(exchange["body"])) if not isinstance(exchange["body"], str) else []
    body = exchange["body"]
    if spots:
        body = replaced(body, data.draw(st.sampled_from(spots)), data.draw(ANYTHING))
    said = answer_of(exchange | {"body": body})
    assert api.outcome("home", said) in OUTCOMES
    for action in READS:
        try:
            page = api.page(action, said)
            assert all(isinstance(item, Item) for item in page.items)
            assert isinstance(page.cursor, str)
        except PlatformError:
            continue
    for parse, kind in ((lambda a: api.made("post", a), str), (api.media, tuple), (api.image, bytes)):
        try:
            assert isinstance(parse(said), kind)
        except PlatformError:
            continue


@given(mutations(), st.data())
def test_day_with_a_damaged_answer_goes_on_or_ends_as_a_platform_error(which, data):
    """In the middle of a conversation: the same, and no request leaves its line."""
    kept = RECORDED[which[0]]
    exchanges = list(kept["exchanges"])
    exchange = exchanges[which[1]]
    spots = list(places(exchange["body"])) if not isinstance(exchange["body"], str) else []
    if not spots:
        return
    body = replaced(exchange["body"], data.draw(st.sampled_from(spots)), data.draw(ANYTHING))
    exchanges[which[1]] = exchange | {"body": body}

    class Loose(Replay):
        """Does not insist on the same requests: ids may be others now."""

        def __call__(self, request):
            assert not set(b" \r\n") & set(request.target)
            kept = next(self._rest, None)
            if kept is None:
                raise PlatformError("the tape is over")
            return answer_of(kept)

        def forget(self):
            raise PlatformError("not shown")

    try:
        day(adapter_of(kept["adapter"]), Loose(exchanges), tuple(kept["names"]))
    except PlatformError:
        return
