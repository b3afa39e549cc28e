"""Visits: members come, read, react, create and leave. Nothing here writes what other members read."""

from typing import Any, Final

import numpy as np

from flashcrowd.core.clock import TICK
from flashcrowd.core.draws import fold, uniform
from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE
from flashcrowd.sim import agenda, behaviour, content, discovery, notify, reunion, session
from flashcrowd.sim.compiled import hot, inner
from flashcrowd.sim.kernel.candidates import NONE_KEPT
from flashcrowd.sim.kernel.columns import N_FREE_VISITS, N_ITEMS, N_ROWS, VIEWS
from flashcrowd.sim.kernel.feeds import discovered, home
from flashcrowd.sim.kernel.marks import address_of, offence_of, zeal_of
from flashcrowd.sim.kernel.prefetch import prefetch
from flashcrowd.sim.kernel.rows import has_room, note_exposure, put, put_plain
from flashcrowd.sim.kernel.ties import follows_now
from flashcrowd.sim.kernel.wheel import push
from flashcrowd.sim.member import SHOWN

POST: Final = ACTION_CODE["post"]
GENERATE: Final = ACTION_CODE["generate"]
FOLLOW: Final = ACTION_CODE["follow"]
THREAD: Final = ACTION_CODE["thread"]
PROFILE: Final = ACTION_CODE["profile"]
NOTIFICATIONS: Final = ACTION_CODE["notifications"]
UNFOLLOW: Final = ACTION_CODE["unfollow"]
REPORT: Final = ACTION_CODE["report"]
SIGNUP: Final = ACTION_CODE["signup"]
SESSION_START: Final = ACTION_CODE["session_start"]
SESSION_END: Final = ACTION_CODE["session_end"]
OK: Final = OUTCOME_CODE["ok"]
BLOCKED: Final = OUTCOME_CODE["blocked"]
FAILED: Final = OUTCOME_CODE["failed"]
HOME: Final = ACTION_CODE["home"]
FAR: Final = 6
NEAR: Final = 3
"""How many entries ahead memory is asked for."""

LAST_INSTANT: Final = TICK - 0.001
"""Actions of a page stay inside its tick."""


@hot
def admit(s: Any, due: Any, key: Any) -> None:
    """Give every visit that begins its row; a member in the midst of one does not come twice, one who has not
    signed up, or has left, not at all."""
    for i in range(len(due.member)):
        if due.kind[i] != agenda.BEGIN:
            continue
        u, reason = due.member[i], due.arg[i]
        if s.members[u].slot >= 0 or not (s.members[u].there or reason == agenda.JOINING):
            due.arg[i] = -1
            continue
        pushed = reason == agenda.PUSHED
        budget_s = notify.visit_budget(s.rules.budget_s, pushed)
        s.count[N_FREE_VISITS] -= 1
        slot = s.free[s.count[N_FREE_VISITS]]
        s.members[u].slot = slot
        due.arg[i] = slot
        s.visits[slot].reason = reason
        _begin(s.visits[slot], u, due.t[i], session.session_key(key, u, due.t[i]), budget_s)
        if only_glances(s, reason):
            s.visits[slot].end = due.t[i] + agenda.GLANCE_S
        s.visits[slot].posting_mood = notify.visit_mood(s.visits[slot].posting_mood, pushed)


@inner
def only_glances(s: Any, reason: int) -> bool:
    """Whether a visit is over after one page, because of what brings it about."""
    event = agenda.event_of(reason)
    return event >= 0 and bool(s.glances[event] >= 0)


@inner
def _begin(visit: Any, u: int, t: float, key: Any, budget_s: float) -> None:
    visit.member = u
    visit.key = key
    visit.end = t + session.time_budget(key, budget_s)
    visit.next = t
    visit.page = 0
    visit.pace = session.pace(key)
    visit.posting_mood = session.posting_mood(key)
    visit.engaging_mood = session.engaging_mood(key)
    visit.exhausted = False
    visit.shown_n = 0
    visit.kept_n = NONE_KEPT


@inner
def has_reposted(s: Any, u: int, root: int) -> bool:
    """Whether the member has passed on the original before: its own chain knows."""
    at = s.newest[u]
    while at >= root:
        if s.links[at].root == root:
            return True
        at = s.links[at].previous
    return False


@inner
def has_decided_to_follow(s: Any, lane: Any, u: int, author: int) -> bool:
    """Whether `u` follows `author`: when the tick began, or by what it has decided since."""
    rows = lane.rows
    place = lane.count[N_ROWS] - 1
    while place >= 0 and rows[place].member == u:
        if rows[place].action in (FOLLOW, UNFOLLOW) and rows[place].author == author:
            return bool(rows[place].action == FOLLOW)
        place -= 1
    return bool(follows_now(s, u, author))


@inner
def object_to(
    s: Any, lane: Any, t: float, u: int, item: int, position: int, fit: float, draw: float, address: Any
) -> bool:
    """Let a member report an item that gives offence, or stop following the author of one that does not fit;
    whether it would."""
    number = s.links[item].root
    root, rules = s.items[number], s.rules
    if behaviour.reports(draw, rules.report, offence_of(s, number)):
        cause = s.items[item].seq
        put(lane, t, u, REPORT, number, cause, root.author, position, root.topic, root.ai, OK, address)
        return True
    if item != number or not behaviour.unfollows(draw, rules.report, rules.unfollow, fit):
        return False
    if has_decided_to_follow(s, lane, u, root.author):
        put_plain(lane, t, u, UNFOLLOW, root.author, address)
    return True


@inner
def expose(
    s: Any, lane: Any, t: float, key: Any, item: int, position: int, u: int, divided: float, mood: float
) -> None:
    """Show one item to a member and put down what it does about it."""
    me, rules = s.members[u], s.rules
    number = s.links[item].root
    root = s.items[number]
    address = fold(key, fold(s.item_key, address_of(s, number)))
    share = behaviour.interest(root.topic, me.main_topic, me.side_topic, me.own_topic, rules.topics)
    fit = behaviour.match(share)
    attended = behaviour.attention(position, divided, fit, mood)
    attended *= s.fervour[root.topic] * zeal_of(s, number)
    draw = uniform(address)
    proof = behaviour.social_proof(rules.social_proof, root.likes)
    answering = proof * rules.like * me.like + (rules.reply + rules.quote) * me.reply
    if draw >= behaviour.reaction_ceiling(
        attended, rules.repost * me.repost, root.appeal, root.transfer, answering, root.allure
    ):
        if behaviour.may_object(draw, rules.report, rules.unfollow):
            object_to(s, lane, t, u, item, position, fit, draw, address)
        return
    fresh = content.freshness(t - root.t, root.shelf_life_s, root.evergreen)
    repost = behaviour.repost_probability(
        rules.repost, attended, me.repost, root.appeal, fresh, item != number, root.transfer, root.reposts
    )
    raw_appeal = np.float64(root.raw_appeal)  # a compiled log of float32 is less precise than Python's
    like = proof * behaviour.like_probability(rules.like, attended, me.like, raw_appeal)
    reply = behaviour.reply_probability(rules.reply, attended, me.reply, raw_appeal)
    quote = behaviour.quote_probability(rules.quote, attended, me.reply, raw_appeal)
    done = behaviour.reaction(address, repost, like, reply, quote)
    if object_to(s, lane, t, u, item, position, fit, draw, address):
        return
    if done == behaviour.NOTHING or (done == behaviour.REPOST and has_reposted(s, u, number)):
        return
    cause = s.items[item].seq
    if done == behaviour.REPLY:
        put(lane, t, u, THREAD, number, cause, root.author, position, root.topic, root.ai, OK, address)
    put(lane, t, u, done, number, cause, root.author, position, root.topic, root.ai, OK, address)
    if behaviour.follows_author(address, rules.follow, me.follow) and not has_decided_to_follow(
        s, lane, u, root.author
    ):
        put_plain(lane, t, u, PROFILE, root.author, address)
        put_plain(lane, t, u, FOLLOW, root.author, address)


@inner
def create(s: Any, lane: Any, t: float, key: Any, u: int, mood: float) -> None:
    """Let a member post, or ask for an AI image to post."""
    me = s.members[u]
    if behaviour.posts(key, behaviour.post_probability(me.posts_per_page, mood)):
        make(s, lane, t, key, u, -1, me.ai_share)


@inner
def make(s: Any, lane: Any, t: float, key: Any, u: int, topic: int, ai_share: float) -> None:
    """Put down a post about a topic (-1 = one of the member's interests), or a request for its image."""
    me = s.members[u]
    if topic < 0:
        own = fold(key, 9)
        topic = behaviour.topic_of_interest(own, me.main_topic, me.side_topic, me.own_topic, s.rules.topics)
    if not behaviour.wants_image(key, ai_share):
        put(lane, t, u, POST, -1, -1, u, -1, topic, False, OK, key)
    elif behaviour.prompt_is_blocked(key, s.rules.blocked):
        put(lane, t, u, GENERATE, -1, -1, u, -1, topic, True, BLOCKED, key)
    else:
        put(lane, t, u, GENERATE, -1, -1, u, -1, topic, True, OK, key)


@inner
def sought(s: Any, key: Any, u: int, subject: int) -> int:
    """The topic of a search: what the member came for, else one of its interests."""
    if subject >= 0:
        return subject
    me, own = s.members[u], fold(key, 13)
    return behaviour.topic_of_interest(own, me.main_topic, me.side_topic, me.own_topic, s.rules.topics)


@inner
def page(
    s: Any, lane: Any, score: Any, t: float, think_s: float, last: float, key: Any, slot: int, visible: int
) -> None:
    """Let a member read one page, react to what it shows, and perhaps post."""
    visit, found = s.visits[slot], lane.found
    u = visit.member
    event = agenda.event_of(visit.reason)
    subject = s.topics[event] if event >= 0 else -1
    read = session.page_read(key, visit.page, visit.exhausted, s.rules.discovery_share, subject >= 0)
    put_plain(lane, t, u, read, -1, key)
    wanted = session.items_examined(key, s.rules.items_per_page * visit.pace)
    if only_glances(s, visit.reason):
        wanted = s.glances[event]
    if read == session.HOME:
        n = min(wanted, home(s, lane, score, key, u, slot, t, wanted, visible))
        visit.exhausted = n < wanted
    else:
        topic = sought(s, key, u, subject) if read == session.SEARCH else discovery.TRENDING
        n = discovered(s, key, u, slot, t, wanted, found, topic)
    lane.count[VIEWS] += n
    divided = behaviour.divided_attention(s.members[u].degree)
    for i in range(n):
        at = min(t + think_s * (i + 1) / (n + 1), last)
        s.shown[slot, visit.shown_n % SHOWN] = s.links[found[i]].root
        visit.shown_n += 1
        if s.members[u].sampled or (s.rules.governed and s.marks[s.links[found[i]].root].harmful):
            note_exposure(s, lane, at, u, found[i], i, read)
        expose(s, lane, at, key, found[i], i, u, divided, visit.engaging_mood)
    if event >= 0 and visit.page == 0 and behaviour.is_urged(key, s.urges[event]):
        make(s, lane, min(t + think_s, last), key, u, subject, s.images[event])
    else:
        create(s, lane, min(t + think_s, last), key, u, visit.posting_mood)


@inner
def arrive(lane: Any, visit: Any) -> None:
    """Put down that a visit begins; some begin with a sign-up, or a look at the notifications."""
    put_plain(lane, visit.next, visit.member, SESSION_START, -1, visit.key)
    if visit.reason == agenda.JOINING:
        put_plain(lane, visit.next, visit.member, SIGNUP, -1, visit.key)
    if session.reads_notifications(visit.key):
        put_plain(lane, visit.next, visit.member, NOTIFICATIONS, -1, visit.key)


@inner
def find_again(s: Any, lane: Any, visit: Any) -> None:
    """Let a member look for one of those whom it followed elsewhere, and follow it if it is here."""
    u = visit.member
    first, many = s.missed_start[u], s.missed_start[u + 1] - s.missed_start[u]
    if many == 0 or not reunion.looks_for_somebody(visit.key, s.rules.finds):
        return
    found = s.missed[first + reunion.whom(visit.key, many)]
    if s.members[found].there and not has_decided_to_follow(s, lane, u, found):
        put_plain(lane, visit.next, u, PROFILE, found, visit.key)
        put_plain(lane, visit.next, u, FOLLOW, found, visit.key)


@inner
def visit_tick(s: Any, lane: Any, score: Any, tick: int, visible: int, slot: int) -> bool:
    """Let one member read until the tick or its visit is over; False when it stopped for want of room."""
    end_of_tick, last = (tick + 1) * TICK, tick * TICK + LAST_INSTANT
    visit = s.visits[slot]
    while visit.next < end_of_tick:
        if not has_room(lane):
            return False
        if visit.page == 0:
            arrive(lane, visit)
            if s.rules.finds > 0.0:
                find_again(s, lane, visit)
        if visit.next >= visit.end:
            put_plain(lane, visit.next, visit.member, SESSION_END, -1, visit.key)
            s.members[visit.member].floor = visible
            visit.next = -1.0
            break
        key = session.page_key(visit.key, visit.page)
        think_s = session.think_time(key, s.rules.think_s)
        page(s, lane, score, visit.next, think_s, last, key, slot, visible)
        visit.page += 1
        visit.next = min(visit.next + think_s, visit.end)
    return True


@inner
def expect(s: Any, due: Any, far: int, near: int) -> None:
    """Ask for what an entry ahead will need: far ahead its rows, near ahead what they point to."""
    if due.kind[far] != agenda.PUBLISH and due.arg[far] >= 0:
        slot = due.arg[far]
        prefetch(s.members, due.member[far])
        prefetch(s.graph.start, due.member[far])
        prefetch(s.visits, slot)
        prefetch(s.kept, slot)
        prefetch(s.kept_root, slot)
        prefetch(s.shown, slot)
    if s.graph.is_stored:
        prefetch(s.graph.followees, s.graph.start[due.member[near]])


@hot
def visit_some(s: Any, lane: Any, score: Any, tick: int, first: int, end: int, due: Any) -> int:
    """Let what is due happen from entry `first` to `end`; the entry at which it stopped for want of room."""
    visible = s.count[N_ITEMS]
    for i in range(first, end):
        if not has_room(lane):
            return i
        expect(s, due, min(i + FAR, end - 1), min(i + NEAR, end - 1))
        u, slot = due.member[i], due.arg[i]
        if due.kind[i] == agenda.PUBLISH:
            put(lane, due.t[i], u, POST, -1, -1, u, -1, slot, True, OK, np.uint64(0))
            continue
        if due.kind[i] == agenda.TURNED_AWAY:
            put(lane, due.t[i], u, HOME, -1, -1, -1, -1, -1, False, FAILED, np.uint64(0))
            continue
        if slot < 0:
            continue
        if not visit_tick(s, lane, score, tick, visible, slot):
            return i
    return end


@hot
def depart(s: Any, due: Any) -> None:
    """After a tick: put the next page of each visit on the wheel, and free the rows of those that ended."""
    for i in range(len(due.member)):
        u, slot = due.member[i], due.arg[i]
        if due.kind[i] == agenda.PUBLISH or slot < 0:
            continue
        visit = s.visits[slot]
        if visit.next >= 0.0:
            push(s, u, agenda.PAGE, visit.next, slot)
            continue
        if session.returns_soon(visit.key, s.rules.return_share) and not only_glances(s, visit.reason):
            push(s, u, agenda.BEGIN, visit.end + session.return_gap(visit.key), agenda.OWN)
        s.members[u].slot = -1
        s.free[s.count[N_FREE_VISITS]] = slot
        s.count[N_FREE_VISITS] += 1
