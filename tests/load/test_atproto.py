"""The AT Protocol adapter: requests as the lexicons want them; answers of a real network, and others."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.adapter import NameTaken
from flashcrowd.load.adapters.atproto import COLLECTIONS, READS, ATProto
from flashcrowd.load.adapters.atproto_records import DIGITS, KeyClock
from flashcrowd.load.adapters.item import Account, Draft, Item, Login
from flashcrowd.load.wire import Answer

RECORDED = Path(__file__).parent / "recorded" / "atproto"
AUTH = b"Authorization: Bearer s3cret\r\n"
ADA = "did:plc:izhtcib5b4lpodp3fpj4fii3"
BEA = "did:plc:djuuguaxd2fverqqkcv3mlh6"
ACCOUNT = Account(8, BEA, "bea.test", AUTH, "r3fresh", 12.0)
LOGIN = Login("bea_8_ab12", "pa55word")
POST = f"at://{ADA}/app.bsky.feed.post/3n37k4ppje22g"
CID = "bafyreigs34ybaivz3rpbbkiuebz6omogjyyya23jquyoxxb4ltbcnixoyi"
FOLLOW = f"at://{BEA}/app.bsky.graph.follow/3n37k4pnpqc2g"
API = ATProto()


def answer(body: bytes | str, status: int = 200, **headers: str) -> Answer:
    """An answer with this body, or with the recorded one of this name."""
    made = Answer(0)
    made.status = status
    made.body = body if isinstance(body, bytes) else (RECORDED / f"{body}.json").read_bytes()
    made.headers = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return made


def item_shown() -> Item:
    """Ada's post as Bea's feed showed it."""
    return API.page("home", answer("home")).items[1]


def talk(steps, *answers):
    """Have a conversation; its requests, and what came of it."""
    requests = [next(steps)]
    try:
        for each in answers:
            requests.append(steps.send(each))
    except StopIteration as end:
        return requests, end.value
    raise AssertionError("the conversation goes on")


def test_home_page_gives_items_and_the_next_cursor():
    """A timeline becomes items with counts, tags and author; the cursor is the platform's own."""
    page = API.page("home", answer("home"))
    item = page.items[1]
    assert (item.id, item.root, item.author, item.reposted_by) == (POST, POST, ADA, "")
    assert (item.likes, item.reposts, item.replies, item.tags) == (1, 1, 1, ("crypto",))
    assert item.created_s == item.entered_s == 1795691556.0
    assert page.cursor.startswith("1795691556000__")


def test_repost_keeps_both_addresses():
    """A repost has its own address and time, and the original's root, author and counts."""
    item = API.page("home", answer("home")).items[2]
    assert item.id == f"at://{BEA}/app.bsky.feed.repost/3n37k4pzgqc2g"
    assert (item.root, item.author, item.reposted_by, item.likes) == (POST, ADA, BEA, 1)


def test_images_and_replies_are_told():
    """An image embed shows, and a reply names what it answers."""
    image, reply = API.page("home", answer("home_older")).items
    assert (image.has_image, image.reply_to, reply.has_image, reply.reply_to) == (True, "", False, POST)


@pytest.mark.parametrize(
    ("action", "name", "found"),
    [
        ("thread", "thread", 1),
        ("profile", "profile", 2),
        ("search", "search", 1),
        ("notifications", "notifications", 0),
    ],
)
def test_other_reads_give_their_items(action, name, found):
    """Answers below a post, an author's posts, what a search finds; notifications show no items."""
    assert len(API.page(action, answer(name)).items) == found


def test_reads_say_what_they_are_about():
    """Ids and cursors stand in the query, encoded."""
    assert API.read("home", ACCOUNT, 20, "a b&c").target == (
        b"/xrpc/app.bsky.feed.getTimeline?limit=20&cursor=a%20b%26c"
    )
    assert API.read("thread", ACCOUNT, 20, about=POST).target.endswith(
        b"&uri=at%3A%2F%2Fdid%3Aplc%3Aizhtcib5b4lpodp3fpj4fii3%2Fapp.bsky.feed.post%2F3n37k4ppje22g"
    )
    assert b"?limit=5&actor=did%3Aplc%3A" in API.read("profile", ACCOUNT, 5, about=ADA).target
    assert API.read("search", ACCOUNT, 5, about="#art\r\nHost: x").target.endswith(
        b"&q=%23art%0D%0AHost%3A%20x"
    )


@pytest.mark.parametrize("action", ["like", "repost"])
def test_reaction_names_address_and_hash(action):
    """A like or repost is a record in the member's repository whose subject is the original."""
    request = API.act(action, ACCOUNT, item_shown())
    body = json.loads(request.body)
    assert request.target == b"/xrpc/com.atproto.repo.createRecord"
    assert (body["repo"], body["collection"]) == (BEA, f"app.bsky.feed.{action}")
    assert body["record"]["$type"] == body["collection"]
    assert body["record"]["subject"] == {"uri": POST, "cid": CID}


def test_follow_needs_no_feed_and_unfollow_undoes_the_one_shown():
    """A follow names the author; unfollowing deletes the record that the feed told of."""
    follow = json.loads(API.act("follow", ACCOUNT, Item("", "", ADA)).body)
    assert (follow["collection"], follow["record"]["subject"]) == ("app.bsky.graph.follow", ADA)
    request = API.act("unfollow", ACCOUNT, item_shown())
    assert request.target == b"/xrpc/com.atproto.repo.deleteRecord"
    assert json.loads(request.body) == {
        "repo": BEA,
        "collection": "app.bsky.graph.follow",
        "rkey": FOLLOW.rpartition("/")[2],
    }


def test_report_names_the_post():
    """A report goes to the moderation service with the post's address and hash."""
    body = json.loads(API.act("report", ACCOUNT, item_shown()).body)
    assert body["subject"] == {"$type": "com.atproto.repo.strongRef", "uri": POST, "cid": CID}


@pytest.mark.parametrize("action", ["like", "repost", "report", "unfollow"])
def test_acting_on_what_no_feed_showed_is_a_platform_error(action):
    """Without the hash nothing can be said about a post."""
    with pytest.raises(PlatformError):
        API.act(action, ACCOUNT, Item(POST, POST, ADA))


def test_post_marks_its_hashtags_in_bytes():
    """Hashtags become facets whose bounds count bytes of UTF-8; text, language and time are there."""
    record = json.loads(API.write("post", ACCOUNT, Draft("hé #art", "k", "fr")).body)["record"]
    facet = {"$type": "app.bsky.richtext.facet#tag", "tag": "art"}
    assert record["facets"] == [{"index": {"byteStart": 4, "byteEnd": 8}, "features": [facet]}]
    assert (record["text"], record["langs"]) == ("hé #art", ["fr"])
    assert record["createdAt"].endswith("Z")


def test_reply_in_a_thread_names_its_top_and_its_parent():
    """Whoever answers an answer names the post on top of the thread as root."""
    reply = API.page("home", answer("home_older")).items[1]
    named = json.loads(API.write("reply", ACCOUNT, Draft("x", "k", reply_to=reply)).body)["record"]["reply"]
    assert named["root"] == {"uri": POST, "cid": CID}
    assert named["parent"]["uri"] == reply.root


def test_post_embeds_images_and_quotes():
    """Uploaded blobs are embedded as the platform described them; with a quote, both are."""
    blob, ready = API.media(answer("upload"))
    draft = Draft("a cat", "k", media=(blob,))
    images = json.loads(API.write("post", ACCOUNT, draft).body)["record"]["embed"]
    assert ready
    assert images["images"] == [{"image": json.loads(blob), "alt": "a cat"}]
    draft.quotes = item_shown()
    both = json.loads(API.write("quote", ACCOUNT, draft).body)["record"]["embed"]
    assert both["$type"] == "app.bsky.embed.recordWithMedia"
    assert both["record"]["record"] == {"uri": POST, "cid": CID}
    assert both["media"] == images
    draft.media = ()
    quote = json.loads(API.write("quote", ACCOUNT, draft).body)["record"]["embed"]
    assert quote == {"$type": "app.bsky.embed.record", "record": {"uri": POST, "cid": CID}}


def test_long_text_is_cut_to_the_limit():
    """The lexicon allows 300 graphemes, never more than characters."""
    assert len(json.loads(API.write("post", ACCOUNT, Draft("é" * 400, "k")).body)["record"]["text"]) == 300


def test_upload_is_the_image_itself():
    """The body is the image, its type told by its first bytes."""
    request = API.upload(ACCOUNT, b"\xff\xd8\xff", "")
    assert (request.body, b"Content-Type: image/jpeg\r\n" in request.headers) == (b"\xff\xd8\xff", True)
    assert b"Content-Type: image/png\r\n" in API.upload(ACCOUNT, b"\x89PNG", "").headers


@pytest.mark.parametrize("action", ["post", "reply", "quote", "repost"])
def test_made_is_the_new_address(action):
    """Whatever makes a record tells its address."""
    assert API.made(action, answer(action)).startswith("at://did:plc:")


@pytest.mark.parametrize(
    ("status", "name", "outcome"),
    [
        (200, "home", "ok"),
        (400, "expired", "expired"),
        (400, "badauth", "expired"),
        (401, "noauth", "expired"),
        (400, "thread_missing", "gone"),
        (501, "unknown", "unsupported"),
        (502, "trends", "failed"),
        (500, "post_again", "failed"),
        (400, "taken", "failed"),
        (429, "trends", "limited"),
    ],
)
def test_answer_becomes_an_outcome(status, name, outcome):
    """Status and name of the error tell how a request ended."""
    assert API.outcome("home", answer(name, status)) == outcome


def test_fault_of_the_wire_is_the_outcome():
    """Without an answer, the client's own word counts."""
    assert API.outcome("home", answer(b"").failed("timeout", "late")) == "timeout"


def test_rate_limit_says_until_when():
    """Retry-After counts; else the end of the limit, when it was reached."""
    assert API.retry_after_s(answer(b"", 429, ratelimit_reset="12")) == 12.0
    assert API.retry_after_s(answer(b"", 429, ratelimit_reset="12", retry_after="3")) == 3.0
    assert API.retry_after_s(answer(b"", 200, ratelimit_reset="12")) is None
    assert API.retry_after_s(answer(b"", 429, ratelimit_reset="soon")) is None


def test_every_action_has_an_endpoint():
    """Method and path are known for all that is supported."""
    assert API.endpoint("like") == "POST /xrpc/com.atproto.repo.createRecord"
    assert API.endpoint("home") == "GET /xrpc/app.bsky.feed.getTimeline"
    assert {API.endpoint(action) for action in ("upload", "report", "unfollow", "login", "signup")}


def test_signing_up_is_a_conversation_without_io():
    """The server's domain, then the account; the name is cut at its front, the account holds the session."""
    requests, keys = talk(API.join(), answer("server"))
    assert (requests[0].target, keys) == (b"/xrpc/com.atproto.server.describeServer", {"domain": ".test"})
    requests, account = talk(
        API.sign_up(keys, 7, Login("Maximilian_7_ab12", "pw"), None), answer("create_account")
    )
    assert json.loads(requests[0].body)["handle"] == "maximilian-7-ab12.test"
    assert (account.member, account.id, account.handle) == (7, ADA, "ada-7-691555.test")
    assert account.auth.startswith(b"Authorization: Bearer ey")
    assert account.refresh.startswith("ey")
    assert account.expires_s == 1795698755.0


@pytest.mark.parametrize("name", ["taken", "taken_email"])
def test_taken_name_is_told_from_other_errors(name):
    """A name or address that is somebody's can be answered by signing in."""
    with pytest.raises(NameTaken):
        talk(API.sign_up({"domain": ".test"}, 7, LOGIN, None), answer(name, 400))


def test_server_that_wants_invitations_cannot_be_joined():
    """Nobody can be signed up where each account takes an invitation."""
    with pytest.raises(PlatformError, match="invitation"):
        talk(API.join(), answer(b'{"availableUserDomains": [".test"], "inviteCodeRequired": true}'))


def test_session_is_refreshed_or_opened_anew():
    """The refresh token is used while it holds, then the password."""
    requests, account = talk(API.renew({}, ACCOUNT, LOGIN), answer("refresh"))
    assert requests[0].target == b"/xrpc/com.atproto.server.refreshSession"
    assert requests[0].headers == b"Authorization: Bearer r3fresh\r\n"
    assert (account.member, account.auth != AUTH) == (8, True)
    requests, account = talk(API.renew({}, ACCOUNT, LOGIN), answer("expired", 400), answer("session"))
    assert json.loads(requests[1].body) == {"identifier": BEA, "password": "pa55word"}
    with pytest.raises(PlatformError, match="Invalid identifier"):
        talk(API.renew({}, ACCOUNT, LOGIN), answer("expired", 400), answer("session_bad", 401))


def test_profile_is_written_with_its_picture():
    """An avatar is uploaded first, then named in the profile record."""
    face = SimpleNamespace(display_name="Ada", bio="Hi.")
    requests, _ = talk(API.introduce(ACCOUNT, face, b"\x89PNG"), answer("upload"), answer("post"))
    record = json.loads(requests[1].body)["record"]
    assert (record["displayName"], record["avatar"]["mimeType"]) == ("Ada", "image/png")


def test_what_was_made_is_taken_back():
    """Posts are deleted by address, follows after asking for theirs; what is gone is fine."""
    own = f"at://{BEA}/app.bsky.feed.post/3k"
    requests, _ = talk(API.erase("post", ACCOUNT, LOGIN, own), answer("delete"))
    assert json.loads(requests[0].body)["rkey"] == "3k"
    requests, _ = talk(API.erase("follow", ACCOUNT, LOGIN, ADA), answer("getprofile"), answer("delete"))
    assert json.loads(requests[1].body)["rkey"] == FOLLOW.rpartition("/")[2]
    requests, _ = talk(API.erase("follow", ACCOUNT, LOGIN, ADA), answer(b'{"viewer": {}}'))
    assert len(requests) == 1
    with pytest.raises(PlatformError):
        talk(API.erase("post", ACCOUNT, LOGIN, POST), answer("delete"))


def test_own_post_is_found_by_its_text():
    """Whether a post arrived whose answer was lost is asked from its author's repository."""
    stored = (
        b'{"records": [{"uri": "at://a", "value": {"text": "x"}}, {"uri": "at://b", "value": {"text": "y"}}]}'
    )
    assert talk(API.find(ACCOUNT, Draft("y", "k")), answer(stored))[1] == "at://b"
    assert talk(API.find(ACCOUNT, Draft("z", "k")), answer(stored))[1] == ""


def test_record_keys_grow_and_are_well_formed():
    """Keys are 13 digits of the protocol's alphabet, each above the one before."""
    clock = KeyClock()
    keys = [clock.next() for _ in range(1000)]
    assert sorted(set(keys)) == keys
    assert all(len(key) == 13 and set(key) <= set(DIGITS) and key[0] in "234567abcdefghij" for key in keys)


def test_nothing_shown_holds_credentials():
    """Neither accounts nor requests show token or password when printed."""
    shown = repr(ACCOUNT) + repr(LOGIN) + repr(API.read("home", ACCOUNT, 20))
    assert not [secret for secret in ("s3cret", "r3fresh", "pa55word") if secret in shown]


def test_token_with_a_line_end_is_refused():
    """A platform cannot put headers into our requests by its tokens."""
    body = b'{"did": "d", "handle": "h", "accessJwt": "a\\r\\nX: y", "refreshJwt": "r"}'
    with pytest.raises(PlatformError):
        talk(API.sign_up({}, 7, LOGIN, None), answer(body))


FIELDS = [
    *("feed", "post", "uri", "cid", "author", "did", "viewer", "following", "record", "reply", "root"),
    *("parent", "facets", "features", "tag", "embed", "$type", "media", "likeCount", "indexedAt", "reason"),
    *("by", "thread", "replies", "posts", "notifications", "cursor", "blob", "error", "message"),
]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=20,
)
BODIES = st.binary(max_size=200) | JSON_VALUES.map(lambda value: json.dumps(value).encode())


@given(BODIES, st.sampled_from(sorted(READS)))
def test_any_answer_to_a_read_is_items_or_a_platform_error(body, action):
    """Whatever comes back, a read gives a page or raises PlatformError."""
    try:
        page = API.page(action, answer(body))
    except PlatformError:
        return
    assert all(isinstance(item, Item) for item in page.items)


@given(st.data(), st.sampled_from(["home", "home_older", "thread", "profile", "search"]))
def test_damaged_recorded_answer_is_items_or_a_platform_error(data, name):
    """A real answer with one value replaced gives a page, whose items can be acted on, or an error."""
    tree = json.loads((RECORDED / f"{name}.json").read_bytes())
    places = list(containers(tree))
    holder = data.draw(st.sampled_from(places))
    holder[data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))] = (
        data.draw(JSON_VALUES)
    )
    action = "home" if name.startswith("home") else name
    try:
        for item in API.page(action, answer(json.dumps(tree).encode())).items:
            assert API.act("like", ACCOUNT, item).body
    except PlatformError:
        return


def containers(value):
    """Every object and list inside a JSON value that holds something."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if inner:
        yield value
    for each in inner:
        yield from containers(each)


@given(BODIES, st.integers(100, 599), st.binary(max_size=40))
def test_any_other_answer_is_a_value_or_a_platform_error(body, status, reset):
    """Whatever comes back, the other parsers give what they promise or raise PlatformError."""
    made = answer(body, status)
    made.headers = {b"ratelimit-reset": reset, b"retry-after": reset}
    known = ("ok", "failed", "limited", "unsupported", "blocked", "expired", "gone")
    assert API.outcome("home", made) in known
    assert (API.retry_after_s(made) or 0.0) >= 0
    for parse, kind in ((lambda a: API.made("post", a), str), (API.media, tuple), (API.image, bytes)):
        try:
            assert isinstance(parse(made), kind)
        except PlatformError:
            continue


@given(BODIES, st.integers(100, 599))
def test_any_answer_in_a_conversation_goes_on_or_is_a_platform_error(body, status):
    """No answer to signing up, in, or renewing makes anything but an account, a next request, or an error."""
    talks = (
        API.inspect(),
        API.join(),
        API.sign_up({"domain": ".test"}, 1, LOGIN, None),
        API.sign_in({}, 1, LOGIN),
        API.sign_in({}, 1, Login("a", token="t")),
        API.renew({}, ACCOUNT, LOGIN),
        API.find(ACCOUNT, Draft("x", "k")),
        API.erase("follow", ACCOUNT, LOGIN, ADA),
    )
    for steps in talks:
        next(steps)
        try:
            steps.send(answer(body, status))
        except (PlatformError, StopIteration):
            continue


def test_every_record_that_is_made_has_its_collection():
    """The table of collections names all that makes a record."""
    assert set(COLLECTIONS) == {"post", "reply", "quote", "like", "repost", "follow"}
