"""Runs made up through the real writer: heavy-tailed cascades, sessions, AI images, requests with a stall.

They have the shape of real records, and answers that are known because they were put in.
"""

from pathlib import Path
from typing import Any

import numpy as np

from flashcrowd.core.events import ACTION_CODE, OUTCOME_CODE, PHASE_CODE
from flashcrowd.core.runlog import RunWriter
from flashcrowd.core.scenario import Scenario

PERSONAS = ["lurker", "casual", "creator", "ai_artist"]
REGIONS = ["americas", "europe"]
DAY = 86400.0
ENDPOINT_OF = {
    "home": "GET /api/v1/timelines/home",
    "public": "GET /api/v1/timelines/public",
    "thread": "GET /api/v1/statuses/{id}/context",
    "post": "POST /api/v1/statuses",
    "reply": "POST /api/v1/statuses",
    "like": "POST /api/v1/statuses/{id}/favourite",
    "repost": "POST /api/v1/statuses/{id}/reblog",
    "generate": "POST /v1/images/generations",
    "upload": "POST /api/v2/media",
}
MIX = {
    "home": 0.72,
    "public": 0.09,
    "thread": 0.06,
    "post": 0.035,
    "like": 0.05,
    "repost": 0.02,
    "reply": 0.01,
    "generate": 0.01,
    "upload": 0.005,
}
MEDIAN_MS = {"generate": 900.0, "upload": 18.0, "home": 7.0, "public": 6.0}


def action_rows(n: int, **columns: Any) -> dict[str, Any]:
    """`n` rows of `actions`: what is not given means none; words for `action` and `outcome` are allowed."""
    rows = {
        "seq": np.arange(n),
        "t": np.arange(n, dtype=np.float64),
        "member": np.zeros(n, np.int32),
        "action": np.full(n, ACTION_CODE["home"]),
        **{
            name: np.full(n, -1)
            for name in ("post", "root", "cause", "author", "position", "topic", "request")
        },
        "ai": np.zeros(n, bool),
        "outcome": np.zeros(n, np.int8),
        **columns,
    }
    for name, codes in (("action", ACTION_CODE), ("outcome", OUTCOME_CODE)):
        coded = [codes[word] if isinstance(word, str) else word for word in rows[name]]
        rows[name] = np.asarray(coded, np.int8)
    return {name: np.asarray(values) for name, values in rows.items()}


def tree_rows(parents: list[int], t: list[float] | None = None, first: int = 0) -> dict[str, Any]:
    """One cascade as rows of `actions`: node 0 is the original, `parents[i]` the parent of node i + 1."""
    n = len(parents) + 1
    return action_rows(
        n,
        seq=np.arange(first, first + n),
        t=np.arange(n, dtype=np.float64) if t is None else np.asarray(t, np.float64),
        member=np.arange(n, dtype=np.int32),
        action=["post"] + ["repost"] * (n - 1),
        post=np.arange(first, first + n),
        root=np.full(n, first),
        cause=np.asarray([-1, *(first + parent for parent in parents)]),
        author=np.zeros(n, np.int32),
    )


def stacked(*tables: dict[str, Any]) -> dict[str, Any]:
    """Tables one below the other."""
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def sighting_rows(made_ms: Any, hidden_ms: Any, seen_ms: Any, ended_ms: Any) -> dict[str, Any]:
    """Rows of `sightings` by their times in ms after the run's beginning; -1 = none."""
    times = {"made_ns": made_ms, "hidden_ns": hidden_ms, "seen_ns": seen_ms, "ended_ns": ended_ms}
    columns = {name: np.asarray(values, np.float64) for name, values in times.items()}
    rows = {name: np.where(at >= 0, at * 1_000_000, -1).astype(np.int64) for name, at in columns.items()}
    n = len(rows["made_ns"])
    rows |= {name: np.arange(n) for name in ("post", "author", "follower")}
    return rows | {"sent_ns": rows["made_ns"] - 5_000_000, "reads": np.ones(n, np.int16)}


def reread_rows(n: int, **columns: Any) -> dict[str, Any]:
    """`n` rows of `rereads`: posts with two likes, found as they should be, unless told otherwise."""
    counts = {"likes": 2, "reposts": 0, "replies": 0}
    rows = {
        "post": np.arange(n),
        "author": np.zeros(n, np.int32),
        "action": np.full(n, ACTION_CODE["post"], np.int8),
        "made_ns": np.arange(n),
        "read_ns": np.full(n, 10**9),
        "found": np.ones(n, bool),
        **{name: np.full(n, count) for name, count in counts.items()},
        **{f"shown_{name}": np.full(n, count) for name, count in counts.items()},
        **columns,
    }
    return {name: np.asarray(values) for name, values in rows.items()}


def request_rows(n: int, **columns: Any) -> dict[str, Any]:
    """`n` rows of `requests`: home pages due every 10 ms, answered in 5 ms, all measured and ok."""
    intended = np.arange(n) * 10_000_000
    rows = {
        "request": np.arange(n),
        "session": np.zeros(n, np.int64),
        "member": np.zeros(n, np.int32),
        "action": np.full(n, ACTION_CODE["home"], np.int8),
        "intended_ns": intended,
        "start_ns": intended,
        "first_byte_ns": intended + 4_000_000,
        "end_ns": intended + 5_000_000,
        "status": np.full(n, 200, np.int16),
        "bytes_in": np.full(n, 20_000),
        "bytes_out": np.full(n, 200),
        "outcome": np.zeros(n, np.int8),
        "attempt": np.ones(n, np.int8),
        "phase": np.full(n, PHASE_CODE["measured"], np.int8),
        "worker": np.zeros(n, np.int16),
        **columns,
    }
    return {name: np.array(values) for name, values in rows.items()}


def members_columns(n: int, n_live: int = 0, seed: int = 1) -> dict[str, Any]:
    """Columns of `members.parquet`."""
    random = np.random.default_rng(seed)
    return {
        "member": np.arange(n),
        "persona": random.choice(len(PERSONAS), n, p=[0.6, 0.3, 0.08, 0.02]),
        "community": np.arange(n) // 100,
        "region": random.integers(0, len(REGIONS), n),
        "followers": (5 * random.pareto(1.3, n)).astype(np.int32),
        "followees": random.poisson(40, n),
        "joined": np.full(n, np.nan),
        "left": np.full(n, np.nan),
        "live": np.arange(n) < n_live,
    }


def society_rows(
    n_members: int, span_s: float, n_posts: int, n_reads: int, seed: int, begin: float = 0.0
) -> Any:
    """Posts, cascades, likes, reads, sessions and images of a society, in order of time."""
    random = np.random.default_rng(seed)
    authors = (n_members * random.power(0.25, n_posts)).astype(np.int64) % n_members
    t_post = begin + np.sort(random.uniform(0, span_s, n_posts))
    ai = random.random(n_posts) < 0.3
    reposts = np.where(random.random(n_posts) < 0.06, random.pareto(0.9, n_posts).astype(np.int64) + 1, 0)
    reposts = np.minimum(reposts, n_members // 4)
    root = np.repeat(np.arange(n_posts), reposts)
    number = np.arange(len(root)) - np.repeat(np.cumsum(reposts) - reposts, reposts) + 1
    hub = np.repeat(random.beta(6, 2, n_posts), reposts)
    elder = np.where(random.random(len(root)) < hub, 0, (random.random(len(root)) * number).astype(np.int64))
    delay = random.lognormal(7.9, 2.0, len(root))
    t_repost = t_post[root] + delay[np.lexsort((delay, root))]
    n_likes = 3 * len(root) + n_posts
    liked = random.choice(root, n_likes) if len(root) else np.zeros(n_likes, np.int64)
    n_sessions = max(1, n_reads // 6)
    begun = begin + random.uniform(0, span_s, n_sessions)
    visitor = random.integers(0, n_members, n_sessions)
    asked = np.flatnonzero(ai)
    blocked = random.random(len(asked)) < 0.05
    node_row = np.arange(n_posts + len(root))
    first = n_posts + np.cumsum(reposts) - reposts
    parent = np.where(elder == 0, root, first[root] + elder - 1)
    blocks = [
        action_rows(
            n_posts,
            t=t_post,
            member=authors,
            action=np.full(n_posts, ACTION_CODE["post"]),
            post=np.arange(n_posts),
            root=np.arange(n_posts),
            author=authors,
            ai=ai,
        ),
        action_rows(
            len(root),
            t=t_repost,
            member=random.integers(0, n_members, len(root)),
            action=np.full(len(root), ACTION_CODE["repost"]),
            post=n_posts + np.arange(len(root)),
            root=root,
            cause=node_row[parent],
            author=authors[root],
            ai=ai[root],
        ),
        action_rows(
            n_likes,
            t=t_post[liked] + random.lognormal(7.5, 2, n_likes),
            member=random.integers(0, n_members, n_likes),
            action=np.full(n_likes, ACTION_CODE["like"]),
            post=liked,
            root=liked,
            cause=node_row[liked],
            author=authors[liked],
            ai=ai[liked],
        ),
        action_rows(
            n_reads,
            t=begin + random.uniform(0, span_s, n_reads),
            member=random.integers(0, n_members, n_reads),
            action=random.choice(
                [ACTION_CODE["home"], ACTION_CODE["public"], ACTION_CODE["thread"]],
                n_reads,
                p=[0.8, 0.12, 0.08],
            ),
        ),
        action_rows(
            n_sessions, t=begun, member=visitor, action=np.full(n_sessions, ACTION_CODE["session_start"])
        ),
        action_rows(
            n_sessions,
            t=begun + random.wald(540, 700, n_sessions),
            member=visitor,
            action=np.full(n_sessions, ACTION_CODE["session_end"]),
        ),
        action_rows(
            len(asked),
            t=t_post[asked] - random.lognormal(2.5, 0.6, len(asked)),
            member=authors[asked],
            action=np.full(len(asked), ACTION_CODE["generate"]),
            ai=np.ones(len(asked), bool),
        ),
        action_rows(
            int(blocked.sum()),
            t=t_post[asked[blocked]],
            member=authors[asked[blocked]],
            action=np.full(int(blocked.sum()), ACTION_CODE["generate"]),
            outcome=np.full(int(blocked.sum()), OUTCOME_CODE["blocked"]),
        ),
    ]
    rows = stacked(*blocks)
    order = np.argsort(rows["t"], kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    rows["cause"] = np.where(rows["cause"] >= 0, place[rows["cause"]], -1)
    rows = {name: column[order] for name, column in rows.items()}
    rows["seq"] = np.arange(len(order))
    kept = (rows["t"] <= begin + span_s) & (rows["t"] >= begin)
    return {name: column[kept] for name, column in rows.items()}


def make_offline(
    path: Path,
    members: int = 5000,
    days: float = 3,
    posts: int = 4000,
    reads: int = 60_000,
    seed: int = 1,
    state: str = "finished",
    **changes: Any,
) -> Path:
    """A finished (or killed: state "running") offline run."""
    scenario = Scenario().changed(
        **{
            "name": "launch_day",
            "population.members": members,
            "duration": days * DAY,
            "seed": seed,
            **changes,
        }
    )
    writer = RunWriter(
        path,
        scenario,
        "offline",
        {
            "engine": "kernel",
            "members": members,
            "edges": 40 * members,
            "wall_s": {"population": 0.2, "graph": 0.9, "run": 1.4},
            "views": 20 * reads,
        },
    )
    writer.append("actions", society_rows(members, days * DAY, posts, reads, seed))
    writer.write_members(members_columns(members), PERSONAS, REGIONS)
    _end(writer, state)
    return path


def make_live(
    path: Path,
    seconds: float = 60,
    rate: float = 80,
    stall_s: float = 2.0,
    members: int = 1000,
    seed: int = 1,
    state: str = "finished",
    details: dict[str, Any] | None = None,
    slo: tuple[str, ...] = ("home.p95 < 300ms", "errors < 1%", "late < 1%"),
    **changes: Any,
) -> Path:
    """A live run whose platform stood still for `stall_s` seconds in the middle."""
    scenario = Scenario().changed(
        **{"name": "launch_day", "slo": slo, "seed": seed, "load.members": members, **changes}
    )
    requests = live_requests(seconds, rate, stall_s, members, seed)
    sent = requests["start_ns"] >= 0
    counts: dict[str, int] = {}
    for name, endpoint in ENDPOINT_OF.items():
        counts[endpoint] = counts.get(endpoint, 0) + int(
            (sent & (requests["action"] == ACTION_CODE[name])).sum()
        )
    writer = RunWriter(path, scenario, "live", {
        "target": "http://127.0.0.1:38123", "adapter": "mastodon",
        "live_members": members, "time_lapse": 60.0,
        "worker_cpu_share": 0.31, "sessions": {"offered": 410, "started": 408, "dropped": 2, "finished": 377},
        "provision": {"accounts": members, "follows": 12_000, "posts": 200, "wall_s": 6.1},
        "unsupported": ["quote"], "platform_counts": counts, "endpoint_of": ENDPOINT_OF, **(details or {}),
    })  # fmt: skip
    begin = scenario.load.starts_at
    reads = int(seconds * rate * 0.87)
    writer.append(
        "actions", society_rows(members, seconds * 60, int(seconds * rate * 0.04), reads, seed, begin)
    )
    writer.append("requests", requests)
    random = np.random.default_rng(seed)
    made_ms = np.arange(40) * 1000.0
    seen_ms = made_ms + random.lognormal(5, 1, 40)
    writer.append("sightings", sighting_rows(made_ms, np.full(40, -1), seen_ms, seen_ms))
    writer.append("rereads", reread_rows(120))
    writer.write_members(members_columns(members, members), PERSONAS, REGIONS)
    _end(writer, state)
    return path


def live_requests(seconds: float, rate: float, stall_s: float, members: int, seed: int) -> dict[str, Any]:
    """Poisson requests with log-normal service times; those under way in the stall end with it."""
    random = np.random.default_rng(seed)
    n = int(rate * (seconds + 5))
    names = np.array(list(MIX))[random.choice(len(MIX), n, p=list(MIX.values()))]
    due = np.sort(random.uniform(0, seconds + 5, n))
    start = due + random.exponential(0.0015, n)
    median = np.array([MEDIAN_MS.get(name, 9.0) for name in names]) / 1000
    end = start + median * random.lognormal(0, 0.5, n)
    middle = 5 + seconds / 2
    stalled = (start < middle + stall_s) & (end > middle)
    end[stalled] = middle + stall_s + random.exponential(0.05, int(stalled.sum()))
    outcome = np.zeros(n, np.int8)
    status = np.full(n, 200, np.int16)
    failed = random.random(n) < 0.003
    outcome[failed], status[failed] = OUTCOME_CODE["failed"], 503
    blocked = (names == "generate") & (random.random(n) < 0.06)
    outcome[blocked], status[blocked] = OUTCOME_CODE["blocked"], 400
    gone = (names == "generate") & (end - due > 2.0)
    outcome[gone] = OUTCOME_CODE["abandoned"]
    dropped = random.random(n) < 0.002
    outcome[dropped], status[dropped] = OUTCOME_CODE["dropped"], 0
    start_ns = np.where(dropped, -1, (start * 1e9).astype(np.int64))
    end_ns = np.where(dropped, -1, (end * 1e9).astype(np.int64))
    rows = request_rows(
        n, member=random.integers(0, members, n), session=random.integers(0, 400, n),
        action=np.array([ACTION_CODE[name] for name in names], np.int8),
        intended_ns=(due * 1e9).astype(np.int64), start_ns=start_ns, end_ns=end_ns,
        first_byte_ns=np.where(dropped, -1, end_ns - 300_000), status=status, outcome=outcome,
        phase=np.where(due < 5, PHASE_CODE["warm_up"], PHASE_CODE["measured"]).astype(np.int8),
    )  # fmt: skip
    order = np.argsort(np.where(dropped, (due * 1e9).astype(np.int64), end_ns), kind="stable")
    return {name: column[order] for name, column in rows.items()} | {"request": np.arange(n)}


def make_empty(path: Path, kind: str = "offline", state: str = "finished") -> Path:
    """A run that recorded nothing."""
    _end(RunWriter(path, Scenario(name="empty"), kind), state)
    return path


def _end(writer: RunWriter, state: str) -> None:
    """Close the record, or leave it as `kill -9` would after a flush."""
    if state == "running":
        writer.flush()
    else:
        writer.close(state)
