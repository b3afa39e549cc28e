"""The Mastodon adapter on servers that speak the API otherwise than Mastodon does."""

import json

import pytest
from odd_server import Manners, odd_server

from flashcrowd.core.errors import TargetError
from flashcrowd.core.runlog import RunReader
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.staging import Stage, probe

FEW = ("v2", "search2")
SERVERS = {
    "gotosocial": Manners(
        has=("v2", "report", "search2", "media2"), oauth=("pages",), media="null", locked=True
    ),
    "pleroma": Manners(has=("trends", "report", "search2", "media2"), media="later"),
    "takahe": Manners(sign_up="closed", has=("v2", "trends", "search2", "media2"), oauth=("pages", "pkce")),
    "pixelfed": Manners(sign_up="closed", has=FEW, nulls=True, numbers=True, oauth=("pages", "oob-refused")),
    "friendica": Manners(sign_up="closed", has=("report",), numbers=True, pages="page", oauth=("pages",)),
    "mitra": Manners(sign_up="account", has=("v2", "media2"), pages="", has_profiles=False),
    "misskey": Manners(has=("v2", "report", "search2", "media2"), silent=True, twice=400),
    "all at once": Manners(
        sign_up="account",
        has=(),
        nulls=True,
        numbers=True,
        pages="",
        oauth=("pages", "oob-refused", "pkce", "basic"),
        media="null",
        silent=True,
        twice=422,
        locked=True,
        limits=(("RateLimit", '"default";r=0;t=0'),),
        has_profiles=False,
    ),
}
"""Deviations as they are known of each software, and the worst of all."""

LEFT_OUT = {
    "gotosocial": {"trends"},
    "takahe": {"report"},
    "pixelfed": {"trends", "report"},
    "friendica": {"trends"},
    "mitra": {"trends", "report"},
    "misskey": {"trends"},
    "all at once": {"trends", "report"},
}
NOWHERE = {"quote", "generate"}


def accounts(server, folder, many):
    """A file of accounts that the server has, as where nobody may sign up."""
    lines = ["username,password,email"]
    for number in range(many):
        server.add(f"own{number}", "pw")
        lines.append(f"own{number},pw,own{number}@odd.example")
    (folder / "accounts.csv").write_text("\n".join(lines))
    return folder / "accounts.csv"


@pytest.mark.parametrize("name", SERVERS)
def test_everything_that_a_server_has_works(name, tmp_path):
    """Probed with accounts signed up or given: what is there works, what is not is left out."""
    manners = SERVERS[name]
    with odd_server(manners) as server:
        given = accounts(server, tmp_path, 2) if manners.sign_up == "closed" else None
        spoken, found = probe(server.url, (), None, tmp_path / "vault", given, lambda said: None)
    assert (spoken, found.broken, found.is_fit) == ("mastodon", [], True)
    assert set(found.left_out) == NOWHERE | LEFT_OUT.get(name, set())
    assert found.visible_s < 15.0


def test_members_live_on_a_server_that_deviates_in_all_of_it(tmp_path):
    """Accounts, accepted follows, history, a live run and cleaning: no request fails but those that the
    server limits, and what it has not is told."""
    from flashcrowd.load.engine import run_live

    changes = {"population.members": 200, "load.members": 20, "load.history_posts": 30, "load.duration": 9.0}
    changes |= {"load.warm_up": 0.5, "load.time_lapse": 600.0, "content.posts_per_day": 20.0, "name": "odd"}
    changes |= {"sessions.per_day": 60.0, "population.dormant": 0.0, "reactions.report": 0.1}
    changes |= {f"reactions.{name}": 0.8 for name in ("like", "repost", "reply", "follow")}
    scenario, vault = Scenario().changed(**changes), tmp_path / "vault"
    with odd_server(SERVERS["all at once"]) as server:
        made = Stage(scenario, server.url, (), "mastodon", vault).provision()
        run = run_live(scenario, tmp_path / "run", server.url, vault=vault, quiet=True)
        follows, limited = len(server.state.follows), server.state.refused
        gone = Stage(scenario, server.url, (), "mastodon", vault).clean()
    rows = RunReader(run).table("requests").to_pandas()
    assert set(rows.outcome) <= {"ok", "abandoned", "limited"}
    assert {"home", "like", "repost", "reply", "search"} <= set(rows[rows.outcome == "ok"].action)
    assert (made.accounts_made, made.profiles_failed, made.posts_made) == (20, 20, 30)
    assert follows >= made.follows_made > 0
    assert limited > 0
    assert set(RunReader(run).manifest["unsupported"]) == {"quote", "trends", "report", "generate"}
    assert gone.posts == 30


@pytest.mark.parametrize(
    ("sign_up", "said"),
    [("waiting", "not usable yet: awaiting approval. Someone"), ("closed", "--accounts FILE")],
)
def test_accounts_that_cannot_be_had_end_in_one_line(sign_up, said, tmp_path):
    """Closed registrations, and accounts that somebody has to approve, are told with the way out."""
    scenario = Scenario().changed(**{"population.members": 200, "load.members": 5})
    with odd_server(Manners(sign_up=sign_up)) as server, pytest.raises(TargetError, match=said) as refused:
        Stage(scenario, server.url, (), "mastodon", tmp_path / "vault").provision()
    assert "\n" not in str(refused.value)


def test_a_second_like_where_it_is_refused_is_no_failure(tmp_path):
    """What is the case already is as wanted; a refusal for another reason is a failure."""
    from flashcrowd.load.adapters.mastodon import Mastodon
    from flashcrowd.load.wire import Answer

    said = Answer(0)
    said.status, said.body = 422, json.dumps({"error": "Status has already been taken"}).encode()
    assert Mastodon().outcome("like", said) == "ok"
    assert Mastodon().made("repost", said) == ""
    assert Mastodon().outcome("post", said) == "failed"
    said.body = b'{"error": "Text is too long"}'
    assert Mastodon().outcome("like", said) == "failed"
