"""Freshness and correctness against known truth: a platform with stale feeds, and one that loses writes."""

import subprocess
import sys

import httpx
import pytest

from flashcrowd.core.runlog import RunReader
from flashcrowd.load.lookout import MOST_PAGES
from flashcrowd.reference.process import ReferencePlatform
from flashcrowd.reference.settings import Settings

SCENARIO = """
name: tiny
population: {members: 300}
sessions: {per_day: 12}
content: {posts_per_day: 20, ai_share: 0}
reactions: {repost: 0.4, like: 0.4, reply: 0.1, follow: 0.5}
load: {members: 60, duration: 4s, warm_up: 500ms, time_lapse: 900, history_posts: 30, timeout: 3s}
freshness: {reads_per_s: 20, limit: 2s}
"""
LIVE = """
import sys
from pathlib import Path
from flashcrowd.load.engine import run_live
from flashcrowd.core.scenario import load_scenario
scenario, out, target, vault = sys.argv[1:]
run_live(load_scenario(scenario), Path(out), target, vault=Path(vault), quiet=True)
"""
LIMIT_S = 90
STALE_NS = 1_000_000_000
READS_PER_S = 20
CLOCK_NS = 5_000_000
"""The platform's ids tell milliseconds, and two clocks of one machine may drift apart by some in a run."""


@pytest.fixture(scope="module")
def platform():
    """A reference platform that outlives the runs."""
    with ReferencePlatform(Settings()) as running:
        yield running


@pytest.fixture(scope="module")
def live(platform, tmp_path_factory):
    """Runs the scenario with some faults, in a process of its own; its record."""
    folder = tmp_path_factory.mktemp("town")
    (folder / "tiny.yaml").write_text(SCENARIO)

    def run(**faults) -> RunReader:
        httpx.post(f"{platform.url}/faults", json=faults).raise_for_status()
        out = folder / "-".join(["run", *faults])
        places = (folder / "tiny.yaml", out, platform.url, folder / "vault")
        command = [sys.executable, "-c", LIVE, *map(str, places)]
        done = subprocess.run(command, text=True, capture_output=True, timeout=LIMIT_S, check=False)
        httpx.post(f"{platform.url}/faults", json={}).raise_for_status()
        assert done.returncode == 0, done.stderr
        return RunReader(out)

    return run


def test_measured_staleness_is_the_one_that_was_set(live):
    """Feeds that show nothing younger than 1 s: every post's interval of visibility holds that second.

    Also, the reads are marked, none is among those of members, and their rate is bounded.
    """
    record = live(stale_s=1.0)
    rows = record.table("sightings").to_pandas()
    seen = rows[rows.seen_ns >= 0]
    assert len(seen) > 0
    assert (seen.seen_ns - seen.sent_ns >= STALE_NS - CLOCK_NS).all()
    hidden = rows[rows.hidden_ns >= 0]
    assert len(hidden) > 0
    assert (hidden.hidden_ns - hidden.made_ns <= STALE_NS + CLOCK_NS).all()
    requests = record.table("requests").to_pandas()
    checks = requests[requests.phase == "check"]
    assert set(checks.action) == {"home", "profile"}
    feeds = checks[checks.action == "home"]
    assert len(feeds) >= rows.reads.sum()
    span_s = (feeds.start_ns.max() - feeds.start_ns.min()) / 1e9
    assert len(feeds) <= MOST_PAGES + READS_PER_S * span_s
    assert (checks.session == -1).all()
    assert (requests[requests.phase != "check"].session >= 0).all()


def test_lost_writes_and_wrong_counts_are_the_ones_of_the_platform(live, platform):
    """Half of all writes to statuses are forgotten: what is called lost is not there, what is found is.

    Counts are the platform's, and nobody sees a lost post.
    """
    record = live(lost_write_share=0.5, only="POST /api/v1/statuses")
    rows = record.table("rereads").to_pandas()
    assert set(rows.found) == {True, False}
    for row in rows.itertuples():
        answer = httpx.get(f"{platform.url}/api/v1/statuses/{row.post}")
        assert (answer.status_code == 200) == row.found
        if row.found:
            status = answer.json()
            counts = (status["favourites_count"], status["reblogs_count"], status["replies_count"])
            assert (row.shown_likes, row.shown_reposts, row.shown_replies) == counts
        else:
            assert (row.shown_likes, row.shown_reposts, row.shown_replies) == (-1, -1, -1)
    lost = set(rows.post[~rows.found])
    sightings = record.table("sightings").to_pandas()
    assert (sightings.seen_ns[sightings.post.isin(lost)] == -1).all()


def test_sound_platform_loses_nothing_and_miscounts_nothing(live):
    """Without a fault every write is found, with at least the reactions that were acknowledged."""
    rows = live().table("rereads").to_pandas()
    assert len(rows) > 0
    assert rows.found.all()
    for count in ("likes", "reposts", "replies"):
        assert (rows[f"shown_{count}"] >= rows[count]).all()
