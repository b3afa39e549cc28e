"""A server of the Mastodon API that nobody here wrote: mastodon-mock from PyPI."""

import json

import pytest
from mastodon_mock_server import mastodon_mock
from test_json_server import VERDICTS, flashcrowd

from flashcrowd.core.runlog import RunReader

pytestmark = pytest.mark.live

SCENARIO = """
purpose: A lively evening on a small server, as many requests as its one thread answers.
population: {members: 200, dormant: 0}
sessions: {per_day: 24}
content: {posts_per_day: 10}
reactions: {like: 0.3, repost: 0.2, reply: 0.15, quote: 0.15, report: 0.1, follow: 0.5, unfollow: 0.05}
load: {members: 15, duration: 20s, warm_up: 2s, time_lapse: 200, history_posts: 20, timeout: 20s}
"""


def test_members_live_on_mastodon_mock(tmp_path):
    """Probed, provisioned once, loaded, cleaned: every action that it has goes well, and no request fails."""
    scenario, run = tmp_path / "evening.yaml", tmp_path / "run"
    scenario.write_text(SCENARIO)
    with mastodon_mock() as url:
        found = json.loads(flashcrowd("probe", url, "--vault", tmp_path / "probe", "--json"))
        target = ("--target", url, "--vault", tmp_path / "v.jsonl")
        made = json.loads(flashcrowd("provision", scenario, *target, "--json"))
        again = json.loads(flashcrowd("provision", scenario, *target, "--json"))
        report = json.loads(flashcrowd("load", scenario, *target, "--out", run, "--json", codes=VERDICTS))
        removed = json.loads(flashcrowd("provision", scenario, *target, "--clean", "--json"))
    rows = RunReader(run).table("requests").to_pandas()
    ok = rows[rows.outcome == "ok"].action.value_counts()
    print(f"\n{report['verdict']['word']}: {ok[ok > 0].to_dict()}")
    assert (found["adapter"], found["broken"], found["left_out"]) == ("mastodon", [], ["generate"])
    assert (made["accounts_made"], made["posts_made"], again["accounts_made"]) == (15, 20, 0)
    wanted = {"home", "like", "repost", "reply", "quote", "report"}
    assert wanted <= set(ok[ok > 0].index)
    assert set(rows.outcome) <= {"ok", "abandoned", "timeout"}
    assert removed["posts"] == 20
