"""The schema of the record: every column of every table is named here and nowhere else.

Integers use -1 for "none" (no post, no cause, no request); floats use NaN. `t` is scenario time in seconds.
"""

from typing import Final

import pyarrow as pa

SCHEMA_VERSION: Final = 1

ACTIONS: Final = (
    "home",
    "public",
    "thread",
    "profile",
    "search",
    "trends",
    "notifications",
    "post",
    "upload",
    "generate",
    "like",
    "reply",
    "repost",
    "quote",
    "follow",
    "unfollow",
    "report",
    "login",
    "signup",
    "session_start",
    "session_end",
)
"""Every action by name; an action's code is its place in this tuple."""

ACTION_CODE: Final = {name: code for code, name in enumerate(ACTIONS)}

READS: Final = ("home", "public", "thread", "profile", "search", "trends", "notifications")
"""Actions that only read."""

WRITES: Final = ("post", "reply", "repost", "quote")
"""Actions that put something into other members' feeds: the writes of the read/write ratio."""

BRACKETS: Final = ("session_start", "session_end")
"""Rows that bracket a session: nothing that a member did, and no request."""

ORIGINALS: Final = ("post", "reply", "quote")
"""Actions that create an item of their own (`root` of a post or quote is itself)."""

OUTCOMES: Final = (
    "ok",
    "abandoned",
    "failed",
    "blocked",
    "dropped",
    "timeout",
    "refused",
    "limited",
    "unsupported",
    "expired",
    "gone",
)
"""How an action ended.

ok · abandoned: the member gave up waiting · failed: the platform answered with an error, or with nonsense ·
blocked: a policy refused it · dropped: it was due and never sent · timeout: no answer in time · refused: no
connection · limited: the platform asked to slow down (429) · unsupported: the platform has no such action ·
expired: the member's credentials had run out · gone: what it was about is no more (404, 410).
"""

OUTCOME_CODE: Final = {name: code for code, name in enumerate(OUTCOMES)}

ERRORS: Final = ("failed", "timeout", "refused", "limited", "gone")
"""Outcomes that count against the platform: blocked prompts are policy, abandoned waits a choice."""

LATE_NS: Final = 50_000_000
"""A request sent later than this after it was due counts as late (ns)."""

PHASES: Final = ("warm_up", "measured", "drain", "check")
"""Where in a live run a request falls; only `measured` is judged.

`check`: not of a visit: the harness looks whether what was written can be seen, and still can later.
"""

PHASE_CODE: Final = {name: code for code, name in enumerate(PHASES)}

DICTIONARY: Final = pa.dictionary(pa.int8(), pa.string())

ACTIONS_SCHEMA: Final = pa.schema(
    [
        ("seq", pa.int64()),  # place in the record; rows are in order of scenario ticks
        ("t", pa.float64()),  # s, scenario clock
        ("member", pa.int32()),
        ("action", DICTIONARY),
        ("post", pa.int64()),  # the item created or acted on
        ("root", pa.int64()),  # the original post of that item's cascade
        ("cause", pa.int64()),  # `seq` of the post or repost row that exposed the member, -1 = spontaneous
        ("author", pa.int32()),  # of the item acted on; for a follow: the member followed
        ("position", pa.int16()),  # place in the feed, 0 = top
        ("topic", pa.int16()),
        ("ai", pa.bool_()),  # the item carries an AI image
        ("request", pa.int64()),  # row of `requests`, -1 offline
        ("outcome", DICTIONARY),
    ]
)

REQUESTS_SCHEMA: Final = pa.schema(
    [
        ("request", pa.int64()),
        ("session", pa.int64()),
        ("member", pa.int32()),
        ("action", DICTIONARY),
        ("intended_ns", pa.int64()),  # when it should have been sent; monotonic, relative to the run's start
        ("start_ns", pa.int64()),  # when it was sent, -1 = never
        ("first_byte_ns", pa.int64()),
        ("end_ns", pa.int64()),
        ("status", pa.int16()),  # HTTP status, 0 = no answer
        ("bytes_in", pa.int64()),
        ("bytes_out", pa.int64()),
        ("outcome", DICTIONARY),
        ("attempt", pa.int8()),  # 1 = the first
        ("phase", DICTIONARY),
        ("worker", pa.int16()),
    ]
)

MEMBERS_SCHEMA: Final = pa.schema(
    [
        ("member", pa.int32()),
        ("persona", DICTIONARY),
        ("community", pa.int32()),
        ("region", DICTIONARY),
        ("followers", pa.int32()),
        ("followees", pa.int32()),
        ("joined", pa.float64()),  # s, NaN = before the run, infinite = not yet
        ("left", pa.float64()),  # s, NaN = still there
        ("live", pa.bool_()),
    ]
)

EXPOSURES_SCHEMA: Final = pa.schema(
    [
        ("t", pa.float64()),
        ("member", pa.int32()),
        ("post", pa.int64()),
        ("root", pa.int64()),
        ("position", pa.int16()),
        ("source", DICTIONARY),  # the read that showed it: home, trends, …
    ]
)

JUDGES: Final = ("classifier", "people", "appeal")
"""Who judged a post: the classifier, people who were brought to it, people to whom its author appealed."""

VERDICTS: Final = ("none", "label", "downrank", "remove", "review", "restore", "limit", "pending")
"""What came of a judgement: nothing · a label, less reach, removal · people judge next · back as it was · the
post is removed, and from now on its author is limited · it has been made, and waits to be judged."""

VERDICTS_SCHEMA: Final = pa.schema(
    [
        ("t", pa.float64()),  # s, scenario clock: when it was judged
        ("post", pa.int64()),
        ("author", pa.int32()),
        ("harmful", pa.bool_()),  # the truth, which no judge knows
        ("by", DICTIONARY),
        ("verdict", DICTIONARY),
        ("posted", pa.float64()),  # s, when the post was made
        ("opened", pa.float64()),  # s, when the case came before the judge: its wait began
    ]
)
"""Every post that does harm has a row by the classifier, `pending`, from the moment in which it was made:
those too are known that nobody has judged by the end of the run. What comes of it is a row of its own."""

SIGHTINGS_SCHEMA: Final = pa.schema(
    [
        ("post", pa.int64()),  # a new post, looked for in the home feed of a follower
        ("author", pa.int32()),
        ("follower", pa.int32()),
        ("sent_ns", pa.int64()),  # when the post was sent; monotonic, relative to the run's start, as below
        ("made_ns", pa.int64()),  # when the platform had acknowledged it
        ("hidden_ns", pa.int64()),  # when the last read that did not show it was sent, -1 = there was none
        ("seen_ns", pa.int64()),  # when the first read that showed it was answered, -1 = none did
        ("ended_ns", pa.int64()),  # when looking ended
        ("reads", pa.int16()),
    ]
)

REREADS_SCHEMA: Final = pa.schema(
    [
        ("post", pa.int64()),  # a post or reply of the run, read again after its end
        ("author", pa.int32()),
        ("action", DICTIONARY),
        ("made_ns", pa.int64()),  # when the platform had acknowledged it; relative to the run's start
        ("read_ns", pa.int64()),
        ("found", pa.bool_()),
        ("likes", pa.int32()),  # acknowledged to our members during the run
        ("reposts", pa.int32()),
        ("replies", pa.int32()),
        ("shown_likes", pa.int32()),  # what the platform says, -1 = it was not found
        ("shown_reposts", pa.int32()),
        ("shown_replies", pa.int32()),
    ]
)

TABLES: Final = {
    "actions": ACTIONS_SCHEMA,
    "requests": REQUESTS_SCHEMA,
    "exposures": EXPOSURES_SCHEMA,
    "harm": EXPOSURES_SCHEMA,
    "verdicts": VERDICTS_SCHEMA,
    "sightings": SIGHTINGS_SCHEMA,
    "rereads": REREADS_SCHEMA,
    "members": MEMBERS_SCHEMA,
}
"""Table name -> schema. `members` is one file; the others are written in parts. `harm`: every exposure of any
member to a post that does harm."""

VOCABULARY: Final = {
    "action": ACTIONS,
    "outcome": OUTCOMES,
    "phase": PHASES,
    "source": READS,
    "by": JUDGES,
    "verdict": VERDICTS,
}
"""Dictionary column -> the words that its integer codes stand for."""
