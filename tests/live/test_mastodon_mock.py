"""A server of the Mastodon API that nobody here wrote: mastodon-mock from PyPI."""

import json

import pytest
from mastodon_mock_server import mastodon_mock
from test_json_server import SCENARIO, VERDICTS, flashcrowd

from flashcrowd.core.runlog import RunReader

pytestmark = pytest.mark.live


def test_members_live_on_mastodon_mock(tmp_path):
    """Probed, provisioned once, loaded, cleaned: every action that it has goes well, and no request fails."""
    scenario, run = tmp_path / "evening.yaml", tmp_path / "run"
    scenario.write_text(
        SCENARIO.replace("follow: 0.3", "follow: 0.3, quote: 0.05, report: 0.05, unfollow: 0.02")
    )
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
    assert (made["accounts_made"], made["posts_made"], again["accounts_made"]) == (60, 100, 0)
    wanted = {
        "home",
        "thread",
        "profile",
        "notifications",
        "post",
        "like",
        "repost",
        "reply",
        "follow",
        "quote",
    }
    assert wanted <= set(ok[ok > 0].index)
    assert set(rows.outcome) <= {"ok", "abandoned", "timeout"}
    assert removed["posts"] == 100
