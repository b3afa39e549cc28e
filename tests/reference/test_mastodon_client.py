"""An existing client library, Mastodon.py, that knows nothing of this project works on the platform."""

import itertools

import httpx
import pytest
from mastodon import Mastodon
from mastodon.errors import MastodonAPIError, MastodonIllegalArgumentError, MastodonNotFoundError

from flashcrowd.reference.images import picture
from flashcrowd.reference.process import ReferencePlatform

PASSWORD = "a password for tests only"
SERIAL = itertools.count(1)
PICTURE = picture(256, 256, 1)


@pytest.fixture
def people(platform: ReferencePlatform) -> tuple[Mastodon, Mastodon]:
    """Two members, each with a client of its own; the second follows the first."""
    ann, bob = _signed_up(platform, "ann"), _signed_up(platform, "bob")
    bob.account_follow(ann.me().id)
    return ann, bob


def _signed_up(platform: ReferencePlatform, name: str) -> Mastodon:
    client_id, secret = Mastodon.create_app("tests", api_base_url=platform.url)
    client = Mastodon(client_id, secret, api_base_url=platform.url, ratelimit_method="throw")
    name = f"{name}_{next(SERIAL)}"
    client.create_account(name, PASSWORD, f"{name}@mail.example", agreement=True)
    return client


def test_member_logs_in_by_password(platform: ReferencePlatform) -> None:
    """A token obtained by e-mail and password belongs to the account that signed up."""
    ann = _signed_up(platform, "ann")
    name = ann.me().username
    ann.access_token = None
    ann.log_in(f"{name}@mail.example", PASSWORD)
    assert ann.me().username == name


def test_wrong_password_is_refused(platform: ReferencePlatform) -> None:
    """A wrong password gives no token."""
    ann = _signed_up(platform, "ann")
    with pytest.raises(MastodonIllegalArgumentError, match="invalid_grant"):
        ann.log_in(f"{ann.me().username}@mail.example", "something else")


def test_member_logs_in_by_out_of_band_code(platform: ReferencePlatform) -> None:
    """The code shown after the log-in page buys a token once."""
    ann = _signed_up(platform, "ann")
    name, url = ann.me().username, httpx.URL(ann.auth_request_url())
    with httpx.Client(trust_env=False) as browser:
        assert "asks for: read write follow" in browser.get(url).text
        form = {**dict(url.params), "username": name, "password": PASSWORD}
        page = browser.post(url.copy_with(query=None), data=form).text
    code = page.partition("<code>")[2].partition("</code>")[0]
    ann.access_token = None
    ann.log_in(code=code)
    assert ann.me().username == name
    with pytest.raises(MastodonIllegalArgumentError, match="invalid_grant"):
        ann.log_in(code=code)


def test_revoked_token_is_refused(platform: ReferencePlatform) -> None:
    """After a revocation the token opens nothing."""
    ann = _signed_up(platform, "ann")
    token = ann.access_token
    ann.revoke_access_token(allow_http=True)
    ann.access_token = token
    with pytest.raises(MastodonAPIError, match="The access token is invalid"):
        ann.me()


def test_taken_name_is_explained(platform: ReferencePlatform) -> None:
    """The details of a refused sign-up name field and reason as Mastodon does."""
    ann = _signed_up(platform, "ann")
    name = ann.me().username
    token, problem = ann.create_account(
        name, PASSWORD, "other@mail.example", agreement=True, return_detailed_error=True
    )
    assert token is None
    assert problem.details.username[0].error == "ERR_TAKEN"


def test_post_with_image_reaches_the_follower(people: tuple[Mastodon, Mastodon]) -> None:
    """A follower sees text, hashtag, mention and image; the image file is served as it was uploaded."""
    ann, bob = people
    media = ann.media_post(PICTURE, mime_type="image/png", description="clouds")
    made = ann.status_post(f"look #Clouds @{bob.me().username} <3", media_ids=[media], visibility="public")
    seen = bob.timeline_home()[0]
    assert seen.id == made.id
    assert "look" in seen.content
    assert "&lt;3" in seen.content
    assert [tag.name for tag in seen.tags] == ["clouds"]
    assert [mention.username for mention in seen.mentions] == [bob.me().username]
    assert seen.media_attachments[0].description == "clouds"
    assert seen.media_attachments[0].meta.original.width == 256
    with httpx.Client(trust_env=False) as browser:
        assert browser.get(seen.media_attachments[0].url).content == PICTURE


def test_favourite_and_boost_are_counted_and_told(people: tuple[Mastodon, Mastodon]) -> None:
    """Counts, the viewer's flags, the lists of people and the author's notifications agree."""
    ann, bob = people
    made = ann.status_post("like me")
    bob.status_favourite(made)
    boost = bob.status_reblog(made)
    assert boost.id != made.id
    assert boost.reblog.id == made.id
    seen = bob.status(made)
    assert (seen.favourites_count, seen.reblogs_count) == (1, 1)
    assert (seen.favourited, seen.reblogged) == (True, True)
    assert (ann.status(made).favourited, ann.status(made).reblogged) == (False, False)
    assert [one.id for one in ann.status_favourited_by(made)] == [bob.me().id]
    assert [one.id for one in ann.status_reblogged_by(made)] == [bob.me().id]
    told = [(one.type, one.account.id) for one in ann.notifications()]
    assert told == [("reblog", bob.me().id), ("favourite", bob.me().id), ("follow", bob.me().id)]


def test_favourite_and_boost_are_taken_back(people: tuple[Mastodon, Mastodon]) -> None:
    """Undoing leaves no count, no flag, no boost in the feed and no notification."""
    ann, bob = people
    made = ann.status_post("like me")
    bob.status_favourite(made)
    bob.status_reblog(made)
    bob.status_unfavourite(made)
    bob.status_unreblog(made)
    seen = bob.status(made)
    assert (seen.favourites_count, seen.reblogs_count, seen.favourited, seen.reblogged) == (
        0,
        0,
        False,
        False,
    )
    assert [one.id for one in bob.timeline_home()] == [made.id]
    assert [one.type for one in ann.notifications()] == ["follow"]


def test_reply_stands_in_the_thread(people: tuple[Mastodon, Mastodon]) -> None:
    """A reply is a descendant of what it answers, whose author is told; what it answers is its ancestor."""
    ann, bob = people
    made = ann.status_post("question")
    first = bob.status_reply(made, "answer")
    second = ann.status_reply(first, "thanks")
    thread = ann.status_context(made)
    assert [one.id for one in thread.descendants] == [first.id, second.id]
    assert [one.id for one in ann.status_context(second).ancestors] == [made.id, first.id]
    assert ann.status(made).replies_count == 1
    assert ann.notifications()[0].status.id == first.id


def test_home_is_read_to_its_end_by_pages(people: tuple[Mastodon, Mastodon]) -> None:
    """The client's own paging finds every status once, newest first."""
    ann, bob = people
    made = [ann.status_post(f"number {number}").id for number in range(13)]
    first = bob.timeline_home(limit=5)
    assert [one.id for one in bob.fetch_remaining(first)] == made[::-1]
    newer = bob.fetch_previous(bob.timeline_home(limit=5, max_id=made[5]))
    assert [one.id for one in newer] == made[9:4:-1]


def test_unfollowed_author_leaves_the_home_feed(people: tuple[Mastodon, Mastodon]) -> None:
    """After an unfollow nothing of the author is in the feed, and the counts are back."""
    ann, bob = people
    ann.status_post("soon gone")
    assert ann.me().followers_count == 1
    assert bob.account_unfollow(ann.me().id).following is False
    assert bob.timeline_home() == []
    assert (ann.me().followers_count, bob.me().following_count) == (0, 0)


def test_deleted_status_is_gone_everywhere(people: tuple[Mastodon, Mastodon]) -> None:
    """Deleting takes a status out of feeds, boosts, threads and search, and gives its source text back."""
    ann, bob = people
    made = ann.status_post("regrettable zebra")
    answer = bob.status_reply(made, "why?")
    bob.status_reblog(made)
    assert ann.status_delete(made).text == "regrettable zebra"
    with pytest.raises(MastodonNotFoundError):
        ann.status(made)
    assert [one.id for one in bob.timeline_home()] == [answer.id]
    assert bob.status(answer).in_reply_to_id is None
    assert bob.search("zebra").statuses == []


def test_search_finds_people_statuses_and_hashtags(people: tuple[Mastodon, Mastodon]) -> None:
    """One query finds each kind by its own rule: words, beginnings of names, beginnings of hashtags."""
    ann, bob = people
    ann.account_update_credentials(display_name="Quixotic Painter", note="paints")
    made = ann.status_post("a quixotic quest #quixotry")
    found = bob.search("quixotic")
    assert [one.id for one in found.statuses] == [made.id]
    assert [one.id for one in found.accounts] == [ann.me().id]
    assert [tag.name for tag in bob.search("#quixot").hashtags] == ["quixotry"]
    assert bob.account_lookup(ann.me().username).display_name == "Quixotic Painter"


def test_engaging_status_and_its_hashtag_trend(people: tuple[Mastodon, Mastodon]) -> None:
    """A liked status trends; its hashtag has a history."""
    ann, bob = people
    made = ann.status_post("everyone talks about #trendingthing")
    bob.status_favourite(made)
    bob.status_reblog(made)
    asked = (bob.trending_statuses(limit=40) for _ in range(20_000))  # they are computed anew once a second
    assert any(made.id in [one.id for one in page] for page in asked)
    assert int(bob.tag("trendingthing").history[0].uses) == 1


def test_report_is_taken(people: tuple[Mastodon, Mastodon]) -> None:
    """A report names its target and its statuses."""
    ann, bob = people
    made = ann.status_post("spam")
    report = bob.report(ann.me().id, status_ids=[made], comment="spam", category="spam")
    assert report.target_account.id == ann.me().id
    assert report.category == "spam"


def test_instance_is_described(people: tuple[Mastodon, Mastodon]) -> None:
    """Clients learn version and limits from both forms of the instance document."""
    ann, _ = people
    assert ann.instance_v2().configuration.statuses.max_characters == 500
    assert ann.instance_v1().registrations is True
    assert ann.retrieve_mastodon_version() == "4.3.0"
