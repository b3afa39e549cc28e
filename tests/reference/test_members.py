"""What members see of each other: visibility, pages, once-only posts."""

from collections.abc import Callable

import httpx
import pytest

from .conftest import Crowd, Member

HOME = "/api/v1/timelines/home"


def _ids(found: list[dict[str, str]]) -> list[str]:
    return [one["id"] for one in found]


def _pages(http: httpx.Client, url: str, rel: str) -> list[dict[str, str]]:
    """Everything from a URL on along its Link headers."""
    found: list[dict[str, str]] = []
    while url:
        answer = http.get(url).raise_for_status()
        page = answer.json()
        found = found + page if rel == "next" else page + found
        url = answer.links.get(rel, {}).get("url", "") if page else ""
    return found


@pytest.mark.parametrize("limit", [1, 4, 40])
def test_links_lead_through_a_feed_both_ways(member: Callable[[], Member], limit: int) -> None:
    """rel=next reaches the oldest status, rel=prev comes back to the newest; other parameters are kept."""
    ann = member()
    made = [ann.say(f"number {number}")["id"] for number in range(9)]
    down = _pages(ann.http, f"{HOME}?limit={limit}&local=true", "next")
    assert _ids(down) == made[::-1]
    up = _pages(ann.http, f"{HOME}?limit={limit}&min_id={made[0]}", "prev")
    assert _ids(up) == made[:0:-1]


def test_cursors_mean_what_mastodon_says(member: Callable[[], Member]) -> None:
    """since_id gives the newest of the newer ones, min_id those next to it, max_id the older ones."""
    ann = member()
    made = [ann.say(f"number {number}")["id"] for number in range(8)]
    assert _ids(ann.get(HOME, limit=2, since_id=made[1])) == [made[7], made[6]]
    assert _ids(ann.get(HOME, limit=2, min_id=made[1])) == [made[3], made[2]]
    assert _ids(ann.get(HOME, limit=2, max_id=made[4])) == [made[3], made[2]]
    assert _ids(ann.get(HOME, limit=9, max_id=made[6], min_id=made[3])) == [made[5], made[4]]


def test_page_holds_no_more_than_allowed(member: Callable[[], Member]) -> None:
    """A limit above 40 is cut, one below 1 is raised, as Mastodon does."""
    ann = member()
    for number in range(45):
        ann.say(f"number {number}")
    assert [len(ann.get(HOME, limit=limit)) for limit in (100, 0, 20)] == [40, 1, 20]
    assert len(ann.get(HOME)) == 20


@pytest.mark.parametrize(
    ("visibility", "stranger", "follower", "mentioned"),
    [
        ("public", True, True, True),
        ("unlisted", True, True, True),
        ("private", False, True, True),
        ("direct", False, False, True),
    ],
)
def test_visibility_decides_who_sees_a_status(
    member: Callable[[], Member], visibility: str, stranger: bool, follower: bool, mentioned: bool
) -> None:
    """Strangers, followers and people mentioned see what Mastodon shows them, and only that."""
    ann, other, fan, friend = member(), member(), member(), member()
    fan.post(f"/api/v1/accounts/{ann.id}/follow")
    made = ann.say(f"for @{friend.name}", visibility=visibility)["id"]
    for viewer, is_seen in ((other, stranger), (fan, follower), (friend, mentioned)):
        assert (viewer.http.get(f"/api/v1/statuses/{made}").status_code == 200) == is_seen
        assert (made in _ids(viewer.get(f"/api/v1/accounts/{ann.id}/statuses"))) == is_seen
    assert (made in _ids(other.get("/api/v1/timelines/public", limit=40))) == (visibility == "public")
    assert (made in _ids(fan.get(HOME))) == follower
    assert (friend.get("/api/v1/notifications")[0]["status"]["id"] == made) == mentioned


def test_private_status_cannot_be_boosted_by_others(member: Callable[[], Member]) -> None:
    """A follower who may see it may not spread it."""
    ann, fan = member(), member()
    fan.post(f"/api/v1/accounts/{ann.id}/follow")
    made = ann.say("for friends", visibility="private")["id"]
    assert fan.http.post(f"/api/v1/statuses/{made}/reblog").status_code == 404


def test_idempotency_key_posts_once(member: Callable[[], Member]) -> None:
    """The same key gives the same status; another member's or another key gives a new one."""
    ann, bob = member(), member()

    def post(who: Member, key: str) -> str:
        headers = {"Idempotency-Key": key}
        made: str = who.http.post("/api/v1/statuses", data={"status": "once"}, headers=headers).json()["id"]
        return made

    first = post(ann, "key")
    assert post(ann, "key") == first
    assert len({first, post(ann, "other"), post(bob, "key")}) == 3
    assert len(ann.get(HOME)) == 2


def test_json_and_form_mean_the_same(member: Callable[[], Member]) -> None:
    """Clients may send either."""
    ann = member()
    body = {
        "status": "as json",
        "sensitive": True,
        "spoiler_text": "careful",
        "media_ids": [],
        "language": None,
    }
    made = ann.http.post("/api/v1/statuses", json=body).json()
    assert (made["sensitive"], made["spoiler_text"], made["language"]) == (True, "careful", None)


def test_boosting_or_liking_twice_counts_once(member: Callable[[], Member]) -> None:
    """Repeated actions change nothing; a boost of a boost is a boost of the original."""
    ann, bob, eve = member(), member(), member()
    made = ann.say("popular")["id"]
    for _ in range(2):
        bob.post(f"/api/v1/statuses/{made}/favourite")
        boost = bob.post(f"/api/v1/statuses/{made}/reblog")
    again = eve.post(f"/api/v1/statuses/{boost['id']}/reblog")
    assert again["reblog"]["id"] == made
    seen = ann.get(f"/api/v1/statuses/{made}")
    assert (seen["favourites_count"], seen["reblogs_count"]) == (1, 2)
    assert len(ann.get("/api/v1/notifications")) == 3


def test_people_are_listed_by_pages(crowd: Crowd, member: Callable[[], Member]) -> None:
    """Followers and followees come newest first along their Link headers; relationships agree."""
    ann, fans = member(), [member() for _ in range(5)]
    for fan in fans:
        fan.post(f"/api/v1/accounts/{ann.id}/follow")
    listed = _pages(crowd.http, f"/api/v1/accounts/{ann.id}/followers?limit=2", "next")
    assert _ids(listed) == [fan.id for fan in reversed(fans)]
    assert _ids(fans[0].get(f"/api/v1/accounts/{fans[0].id}/following")) == [ann.id]
    found = ann.get("/api/v1/accounts/relationships", **{"id[]": [fans[0].id, ann.id]})
    assert [(one["id"], one["following"], one["followed_by"]) for one in found] == [
        (fans[0].id, False, True),
        (ann.id, False, False),
    ]


def test_account_statuses_are_filtered(member: Callable[[], Member]) -> None:
    """Replies and boosts can be left out, media asked for."""
    from flashcrowd.reference.images import picture

    ann, bob = member(), member()
    plain = ann.say("plain")["id"]
    answer = ann.say("answer", in_reply_to_id=bob.say("question")["id"])["id"]
    boost = ann.post(f"/api/v1/statuses/{bob.say('theirs')['id']}/reblog")["id"]
    files = {"file": ("x.png", picture(256, 256, 1), "image/png")}
    media = ann.http.post("/api/v1/media", files=files).json()["id"]
    image = ann.say("", **{"media_ids[]": media})["id"]
    path = f"/api/v1/accounts/{ann.id}/statuses"
    assert _ids(bob.get(path)) == [image, boost, answer, plain]
    assert _ids(bob.get(path, exclude_replies="true")) == [image, boost, plain]
    assert _ids(bob.get(path, exclude_reblogs="true")) == [image, answer, plain]
    assert _ids(bob.get(path, only_media="true")) == [image]


def test_notifications_are_chosen_paged_and_dismissed(member: Callable[[], Member]) -> None:
    """Kinds can be chosen, pages lead to the end, and what is dismissed is gone."""
    ann, bob = member(), member()
    made = ann.say("hello")["id"]
    bob.post(f"/api/v1/accounts/{ann.id}/follow")
    bob.post(f"/api/v1/statuses/{made}/favourite")
    bob.say("answer", in_reply_to_id=made)
    path = "/api/v1/notifications"
    assert [one["type"] for one in ann.get(path, **{"types[]": ["follow", "mention"]})] == [
        "mention",
        "follow",
    ]
    assert [one["type"] for one in ann.get(path, **{"exclude_types[]": "mention"})] == ["favourite", "follow"]
    told = _pages(ann.http, f"{path}?limit=1", "next")
    assert [one["type"] for one in told] == ["mention", "favourite", "follow"]
    assert ann.get(f"{path}/{told[1]['id']}")["status"]["id"] == made
    ann.post(f"{path}/{told[1]['id']}/dismiss")
    assert ann.get(f"{path}/unread_count") == {"count": 2}
    ann.post(f"{path}/clear")
    assert ann.get(path) == []


def test_hashtag_timeline_holds_public_statuses(member: Callable[[], Member]) -> None:
    """A tag finds its statuses whatever the case, private ones left out."""
    ann = member()
    made = ann.say("for #EverybodyHere")["id"]
    ann.say("for #everybodyhere only", visibility="private")
    assert _ids(ann.get("/api/v1/timelines/tag/EVERYBODYhere")) == [made]


def test_profile_is_changed(member: Callable[[], Member]) -> None:
    """Name, note and picture of a profile are shown to others at once."""
    from flashcrowd.reference.images import picture

    ann, bob = member(), member()
    files = {"avatar": ("a.png", picture(256, 256, 2), "image/png")}
    form = {"display_name": "Ann <3", "note": "I paint"}
    ann.http.patch("/api/v1/accounts/update_credentials", data=form, files=files).raise_for_status()
    seen = bob.get(f"/api/v1/accounts/{ann.id}")
    assert (seen["display_name"], seen["note"]) == ("Ann <3", "<p>I paint</p>")
    assert bob.http.get(seen["avatar"]).content == picture(256, 256, 2)


def test_browser_clients_may_call(crowd: Crowd) -> None:
    """A web client on another origin is let in, by preflight and by answer."""
    preflight = crowd.http.options(HOME)
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "Link" in crowd.http.get("/api/v1/instance").headers["access-control-expose-headers"]


def test_thread_of_the_public_is_bounded(crowd: Crowd, member: Callable[[], Member]) -> None:
    """A member sees every answer of a thread, depth first; the public 60 of them."""
    ann = member()
    made = ann.say("start")["id"]
    answers = [ann.say(f"answer {number}", in_reply_to_id=made)["id"] for number in range(65)]
    nested = ann.say("nested", in_reply_to_id=answers[1])["id"]
    path = f"/api/v1/statuses/{made}/context"
    assert _ids(ann.get(path)["descendants"]) == [*answers[:2], nested, *answers[2:]]
    assert len(crowd.http.get(path).json()["descendants"]) == 60
