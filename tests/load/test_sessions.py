"""Visits in virtual time: what members do about latency, errors and time-outs, against closed forms."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
from scenes import MEMBERS, scene_of, society

from flashcrowd.core.draws import Purpose, fold, root_key, uniform
from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.load.adapters.item import Login
from flashcrowd.load.adapters.mastodon import Mastodon
from flashcrowd.load.guard import Breaker, Ceiling
from flashcrowd.load.line import Line
from flashcrowd.load.notices import Notices
from flashcrowd.load.schedule import Arrival
from flashcrowd.load.sessions import Session
from flashcrowd.load.wire import Answer


class VirtualWire:
    """A platform whose clock is the visit's: answers after `latency_s`, as `answers` says for each action."""

    def __init__(self, latency_s=0.0, statuses=None, bodies=None, error_share=0.0) -> None:
        self.now_ns = 0
        self.latency_s = latency_s
        self.statuses = statuses or {}
        self.bodies = bodies or {}
        self.requests = []
        self.error_share = error_share

    def send(self, request, timeout_s):
        self.requests.append(request)
        answer = Answer(self.now_ns)
        waited_s = min(self.latency_s, timeout_s)
        self.now_ns = answer.end_ns = answer.start_ns + int(waited_s * 1e9)
        if self.latency_s > timeout_s:
            return answer.failed("timeout", "late")
        answer.first_byte_ns = answer.end_ns
        answer.status = self.statuses.get(request.action, 200)
        if uniform(fold(root_key(1, Purpose.NULL), len(self.requests))) < self.error_share:
            answer.status = 503
        answer.body = self.bodies.get(
            request.action, b'{"statuses": []}' if request.action == "search" else b"[]"
        )
        return answer


def live(scene, wire, budget_s, sessions=MEMBERS):
    """Let members visit one after the other, each for its budget; their requests and actions."""
    for number, member in enumerate(scene.cast.members[:sessions].tolist()):
        wire.now_ns = 0
        session = Session(scene, number, Arrival(0.0, member, 0.0, budget_s), 0)
        run(session.live(), wire)
        while scene.errands:
            due_ns, errand = scene.errands.pop()
            wire.now_ns = due_ns
            run(errand, wire)
    tables = scene.recorder.take()
    return SimpleNamespace(**{name: SimpleNamespace(**columns) for name, columns in tables.items()})


def run(task, wire):
    """Step a task to its end, moving the clock to when each step is due."""
    for due_ns in task:
        wire.now_ns = max(wire.now_ns, due_ns)


def code(name):
    """The code of an action or outcome."""
    return ACTION_CODE[name] if name in ACTION_CODE else OUTCOME_CODE[name]


def pages(rows):
    """Pages read."""
    return int(np.isin(rows.requests.action, [code("home"), code("trends"), code("search")]).sum())


def test_pages_fall_as_the_closed_form_of_think_and_latency():
    """Session time stays, pages fall: proportional to 1 / (think + 1.9 latency), within 5 % from 0 to 3 s."""
    changes = {"sessions.think": 5.0, "content.posts_per_day": 0.001, "feedback.abandonment": False}
    counts = {}
    for latency_s in (0.0, 1.0, 3.0):
        wire = VirtualWire(latency_s)
        counts[latency_s] = pages(live(scene_of(society(**changes), wire), wire, 4000.0, sessions=30))
    for latency_s in (1.0, 3.0):
        expected = counts[0.0] * 5.0 / (5.0 + 1.9 * latency_s)
        assert counts[latency_s] == pytest.approx(expected, rel=0.05)


def test_without_pace_only_the_wait_itself_counts():
    """With the switch off pages are proportional to 1 / (think + latency)."""
    changes = {
        "sessions.think": 5.0,
        "content.posts_per_day": 0.001,
        "feedback.abandonment": False,
        "feedback.pace": False,
    }
    counts = {}
    for latency_s in (0.0, 2.0):
        wire = VirtualWire(latency_s)
        counts[latency_s] = pages(live(scene_of(society(**changes), wire), wire, 4000.0, sessions=30))
    assert counts[2.0] == pytest.approx(counts[0.0] * 5.0 / 7.0, rel=0.05)


def test_members_leave_a_slow_feed_at_the_configured_hazard():
    """At 2 s of latency 1 - 2^(-1/2) of the pages are given up (+-4 standard errors)."""
    wire = VirtualWire(2.0)
    rows = live(scene_of(society(**{"content.posts_per_day": 0.001}), wire), wire, 500.0)
    feeds = np.isin(rows.requests.action, [code("home"), code("trends"), code("search")])
    abandoned = rows.requests.outcome[feeds] == code("abandoned")
    share = 1.0 - 2.0**-0.5
    assert abandoned.mean() == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / feeds.sum()))
    ends = rows.actions.outcome[rows.actions.action == code("session_end")]
    assert (ends == code("abandoned")).sum() == abandoned.sum()


def test_abandonment_switched_off_keeps_everybody():
    """With the switch off members wait as long as their client."""
    wire = VirtualWire(9.0)
    quiet = {"feedback.abandonment": False, "content.posts_per_day": 0.001}
    rows = live(scene_of(society(**quiet), wire), wire, 100.0, sessions=20)
    assert set(rows.requests.outcome.tolist()) == {code("ok")}


def test_thirty_percent_of_errors_amplify_as_the_closed_form():
    """A request sent up to three times costs 1 + p + p^2 attempts, and fails for good with p^3.

    +-4 standard errors: attempts are 1, 2 or 3 with 1 - p, p (1 - p) and p^2.
    """
    p = 0.3
    wire = VirtualWire(0.0, error_share=p)
    quiet = {"content.posts_per_day": 0.001, "feedback.leaving": False, "sessions.think": 5.0}
    rows = live(scene_of(society(**quiet), wire), wire, 1000.0, sessions=60).requests
    first = int((rows.attempt == 1).sum())
    mean = 1 + p + p * p
    deviation = math.sqrt(1 - p + 4 * p * (1 - p) + 9 * p * p - mean * mean)
    assert len(rows.attempt) / first == pytest.approx(mean, abs=4 * deviation / math.sqrt(first))
    lost = (rows.attempt == 3) & (rows.outcome != code("ok"))
    assert lost.sum() / first == pytest.approx(p**3, abs=4 * math.sqrt(p**3 / first))
    assert first > 5000


def test_slow_visit_may_cost_the_next_one():
    """After visits at 5 s a page about 7.5 % leave out their next one (+-4 standard errors)."""
    wire = VirtualWire(5.0)
    scene = scene_of(society(**{"feedback.abandonment": False}), wire)
    live(scene, wire, 100.0)
    expected = 5.0 * 0.015
    skipping = len(scene.skipping)
    assert skipping / MEMBERS == pytest.approx(expected, abs=4 * math.sqrt(expected / MEMBERS))
    member = next(iter(scene.skipping))
    assert (scene.stays_away(member), scene.stays_away(member)) == (True, False)


def test_failed_requests_are_tried_three_times_each_later_than_the_last():
    """Attempts follow the end of the one before by 1 s, then 2 s, give or take a half."""
    wire = VirtualWire(0.1, statuses={"home": 503, "trends": 503})
    rows = live(scene_of(society(), wire), wire, 300.0, sessions=40).requests
    for n in np.flatnonzero(rows.attempt > 1).tolist():
        gap_s = (rows.intended_ns[n] - rows.end_ns[n - 1]) / 1e9
        longest = 2.0 ** (rows.attempt[n] - 2)
        assert 0.5 * longest <= gap_s <= 1.5 * longest
    assert rows.attempt.max() == 3


def test_three_failures_in_a_row_end_the_visit():
    """A member whose requests fail leaves after the third; a few never come back."""
    wire = VirtualWire(0.0, statuses={"home": 500, "trends": 500, "search": 500})
    scene = scene_of(society(**{"feedback.retry": False}), wire)
    rows = live(scene, wire, 1e6)
    ends = rows.actions.outcome[rows.actions.action == code("session_end")]
    assert (ends == code("failed")).all()
    assert pages(rows) == 3 * MEMBERS
    assert 0 < len(scene.left_at_s) < 0.08 * MEMBERS


def test_leaving_and_retry_switched_off_go_on_after_every_failure():
    """With the switches off every failed page is one request, and the visit lasts its time."""
    wire = VirtualWire(0.0, statuses={"home": 500, "trends": 500, "search": 500})
    off = {"feedback.retry": False, "feedback.leaving": False, "sessions.think": 10.0}
    rows = live(scene_of(society(**off), wire), wire, 2000.0, sessions=30)
    assert pages(rows) == pytest.approx(30 * 200, rel=0.1)
    assert rows.requests.attempt.max() == 1


WILLING = {"content.posts_per_day": 300.0, "content.ai_share": 1.0, "sessions.think": 20.0}


def test_image_is_asked_for_uploaded_and_posted():
    """One generation, one upload, one post with the uploaded media inside."""
    image = json.dumps({"data": [{"b64_json": "aGk="}]}).encode()
    bodies = {"generate": image, "upload": b'{"id": "77", "url": "x"}', "post": json.dumps(POST).encode()}
    wire = VirtualWire(0.0, bodies=bodies)
    rows = live(scene_of(society(**WILLING), wire), wire, 300.0, sessions=30)
    made = [request for request in wire.requests if request.action == "post"]
    counted = [(rows.requests.action == code(name)).sum() for name in ("generate", "upload")]
    with_media = [json.loads(request.body) for request in made if b"media_ids" in request.body]
    assert counted[0] == counted[1] == len(with_media) > 5
    assert all(draft["media_ids"] == ["77"] for draft in with_media)
    posts = rows.actions.action == code("post")
    assert (rows.actions.post[posts] == rows.actions.root[posts]).all()


POST = {"id": "500", "account": {"id": "1"}}


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (500, b"", "failed"),
        (200, b"{}", "failed"),
        (429, b"{}", "limited"),
        (400, b'{"error": {"code": "content_policy_violation"}}', "blocked"),
    ],
)
def test_image_that_does_not_come_is_no_post(status, body, outcome):
    """Whatever goes wrong with the image: one row says so, it is not tried again, nothing is posted."""
    wire = VirtualWire(0.0, statuses={"generate": status}, bodies={"generate": body})
    rows = live(scene_of(society(**WILLING), wire), wire, 300.0, sessions=30)
    asked = rows.requests.action == code("generate")
    assert asked.sum() > 5
    assert set(rows.requests.outcome[asked].tolist()) == {code(outcome)}
    assert set(rows.requests.attempt[asked].tolist()) == {1}
    assert not any(b"media_ids" in request.body for request in wire.requests)
    assert code("upload") not in rows.requests.action


def test_generator_slower_than_every_patience_is_given_up():
    """A member waits for its image as long as its patience, and then does without."""
    wire = VirtualWire(1e6)
    scene = scene_of(society(**WILLING | {"feedback.leaving": False, "feedback.abandonment": True}), wire)
    wire.latency_s = 0.0
    original = wire.send

    def send(request, timeout_s):
        wire.latency_s = 1e6 if request.action == "generate" else 0.0
        return original(request, timeout_s)

    wire.send = send
    rows = live(scene, wire, 300.0, sessions=30).requests
    asked = rows.action == code("generate")
    assert set(rows.outcome[asked].tolist()) == {code("abandoned")}
    waited_s = (rows.end_ns[asked] - rows.start_ns[asked]) / 1e9
    assert 20.0 < np.median(waited_s) < 180.0


def test_members_unfollow_once_whom_they_follow():
    """What does not interest makes those who follow its author stop, once each; nobody else, and then no
    notification of the author's posts reaches them."""
    only = {
        "reactions.unfollow": 1.0,
        "reactions.report": 0.0,
        "reactions.like": 0.0,
        "reactions.repost": 0.0,
    }
    scene = scene_of(society(**only), wire := VirtualWire(0.0))
    author = int(np.argmax(scene.world.graph.followers[scene.cast.members]))
    author = int(scene.cast.members[author])
    status = {"id": "9", "created_at": "1970-01-01T00:00:00Z", "account": {"id": str(author)}, "content": "x"}
    wire.bodies["home"] = json.dumps([status]).encode()
    for member in scene.cast.members.tolist():
        scene.vault.keep_follow(member, author)
    rows = live(scene, wire, 600.0).actions
    left = rows.action == code("unfollow")
    assert left.sum() > 10
    assert set(rows.author[left].tolist()) == {author}
    assert len(set(rows.member[left].tolist())) == left.sum()
    assert all(author in scene.world.graph.followees_of(member) for member in rows.member[left].tolist())
    assert not any(scene.follows(member, str(author)) for member in rows.member[left].tolist())
    members = scene.cast.members
    kept = scene.vault.follows.holds(members, np.full(len(members), author, np.int32))
    assert set(members[~kept].tolist()) == set(rows.member[left].tolist())
    scene.notices = SimpleNamespace(
        of_post=lambda *post: [Arrival(0.0, m, 0.0, 1.0) for m in rows.member[left]]
    )
    scene.note_post(author, 9, 0.0)
    assert scene.callers == []


def test_later_steps_are_intended_for_the_answer_before_plus_the_think_time():
    """After the first request, each is due when the one before was answered plus the member's own time."""
    wire = VirtualWire(0.5)
    rows = live(scene_of(society(**{"feedback.abandonment": False}), wire), wire, 900.0, sessions=20).requests
    for session in np.unique(rows.session):
        own = rows.session == session
        assert rows.intended_ns[own][0] == 0
        assert (rows.intended_ns[own][1:] >= rows.end_ns[own][:-1]).all()
        assert (rows.start_ns[own] == rows.intended_ns[own]).all()


def test_unsupported_trends_are_left_out_after_the_first_answer():
    """A platform without trends is asked once; from then on members read home."""
    wire = VirtualWire(0.0, statuses={"trends": 404})
    scene = scene_of(society(), wire)
    rows = live(scene, wire, 2000.0, sessions=40).requests
    assert (rows.action == code("trends")).sum() == 1
    assert "trends" in scene.line.unsupported


def test_real_ceiling_drops_and_counts_what_is_over_it():
    """Beyond the ceiling requests are dropped, each with its row."""
    wire = VirtualWire(0.0)
    scenario = society()
    scene = scene_of(scenario, wire)
    scene.line = Line(Mastodon(), wire, scene.recorder, Ceiling(0.5), Breaker())
    rows = live(scene, wire, 300.0, sessions=40).requests
    dropped = rows.outcome == code("dropped")
    assert dropped.sum() > 20
    assert (rows.start_ns[dropped] == -1).all()
    assert (~dropped).sum() == len(wire.requests)


def test_post_of_a_member_calls_its_followers():
    """Every post that succeeds, an image's too, brings followers back; one that fails brings nobody."""
    image = json.dumps({"data": [{"b64_json": "aGk="}]}).encode()
    bodies = {"generate": image, "upload": b'{"id": "77", "url": "x"}', "post": json.dumps(POST).encode()}
    changes = WILLING | {"content.ai_share": 0.5, "sessions.push_share": 0.3}
    for status in (200, 422):
        wire = VirtualWire(0.0, statuses={"post": status}, bodies=bodies)
        scene = scene_of(society(**changes), wire)
        scene.notices = Notices(scene.world, scene.accounts)
        rows = live(scene, wire, 300.0, sessions=30).actions
        made = (rows.action == code("post")) & (rows.outcome == code("ok"))
        expected = [
            visit
            for author, t in zip(rows.member[made].tolist(), rows.t[made].tolist(), strict=True)
            for visit in scene.notices.of_post(author, 500, t)
        ]
        assert sorted(scene.callers) == sorted(expected)
        assert bool(expected) == (status == 200)
        assert {True, False} == set(rows.ai[rows.action == code("post")].tolist())


def test_caused_visit_gives_way_to_one_of_the_members_own_accord():
    """A visit that a notification caused ends at its next page when the member has come by itself."""
    wire = VirtualWire(0.0)
    scene = scene_of(society(), wire)
    member = int(scene.cast.members[0])
    scene.present[member] = 1
    run(Session(scene, 0, Arrival(0.0, member, 0.0, 1e6, caused=True), 0).live(), wire)
    assert [request.action for request in wire.requests].count("home") == 1
    assert scene.present == {member: 1}


class OneHourWire(VirtualWire):
    """A platform on which the first token runs out at once, and a refreshed one never does."""

    def send(self, request, timeout_s):
        answer = super().send(request, timeout_s)
        if request.action == "login":
            answer.body = b'{"access_token": "fresh", "refresh_token": "r2"}'
        elif b"fresh" not in request.headers:
            answer.status = 401
        return answer


def test_credentials_that_run_out_are_renewed_once_and_remembered():
    """The first request is refused, the credentials are refreshed, and it is sent again with new ones."""
    wire = OneHourWire(0.1)
    scene = scene_of(society(), wire)
    member = int(scene.cast.members[0])
    scene.accounts[member].refresh = "r1"
    scene.vault.keep_login(member, Login("ada", "pw"))
    run(Session(scene, 0, Arrival(0.0, member, 0.0, 1e4), 0).live(), wire)
    asked = [request.action for request in wire.requests]
    assert asked.count("login") == 1
    assert asked[0] == asked[2]
    assert b"refresh_token=r1" in wire.requests[1].body
    rows = SimpleNamespace(**scene.recorder.take()["requests"])
    assert rows.outcome.tolist()[:3] == [code("expired"), code("ok"), code("ok")]
    assert rows.attempt.tolist()[:3] == [1, 1, 2]
    assert scene.vault.accounts[member].refresh == "r2"


def test_members_search_where_there_are_no_trends():
    """A platform without trends is searched for topics of interest instead; with neither, home is read."""
    for absent, feed in ((("trends",), "search"), (("trends", "search"), "home")):
        wire = VirtualWire(0.0)
        scene = scene_of(society(**{"content.posts_per_day": 0.001, "platform.discovery_share": 1.0}), wire)
        scene.line.unsupported |= set(absent)
        live(scene, wire, 500.0, sessions=20)
        asked = {request.action for request in wire.requests}
        assert feed in asked
        assert asked.isdisjoint(absent)
