"""Actions, sessions, images, the pulse and the platform's counts."""

import made_runs
import numpy as np
import pytest

from flashcrowd.core.events import ACTION_CODE
from flashcrowd.report.metrics.behaviour import behaviour, behaviour_metrics, session_lengths
from flashcrowd.report.metrics.images import image_metrics, images, queue_length
from flashcrowd.report.metrics.pulse import pulse
from flashcrowd.report.metrics.reconciliation import reconciliation, reconciliation_metrics
from flashcrowd.report.metrics.traffic import traffic

NO_REQUESTS = traffic(made_runs.request_rows(0))


def test_behaviour_counts_reads_writes_and_rates():
    """Proves the read/write ratio (likes are no writes), active members and rates per member-day."""
    rows = made_runs.action_rows(
        6,
        action=["session_start", "home", "thread", "like", "repost", "session_end"],
        member=np.array([0, 0, 0, 0, 3, 0]),
    )
    found = behaviour(rows, members=10, member_days=20.0)
    assert (found.total, found.reads, found.writes, found.active) == (4, 2, 1, 2)
    assert found.read_write == 2
    assert found.per_member_day("repost") == 0.05
    assert "session_start" not in found.counts


def test_session_length_is_from_start_to_the_same_members_end():
    """Proves pairing by member; a session without an end has no length."""
    rows = made_runs.action_rows(
        5,
        t=np.array([0.0, 10.0, 100.0, 130.0, 500.0]),
        member=np.array([1, 2, 1, 2, 1]),
        action=["session_start", "session_start", "session_end", "session_end", "session_start"],
    )
    assert sorted(session_lengths(rows).tolist()) == [100, 120]


def test_behaviour_of_nobody_is_no_metric():
    """Proves that the empty table has a defined answer."""
    found = behaviour(made_runs.action_rows(0), 10, 0.0)
    assert behaviour_metrics(found) == []
    assert np.isnan(found.read_write)
    assert np.isnan(found.per_member_day("post"))


def test_images_are_counted_by_outcome():
    """Proves blocked, given up, failed and posted on rows counted by hand."""
    rows = made_runs.action_rows(
        7,
        action=["generate", "generate", "generate", "generate", "post", "post", "repost"],
        outcome=["ok", "blocked", "abandoned", "timeout", "ok", "ok", "ok"],
        ai=np.array([True, True, True, True, True, False, True]),
    )
    found = images(rows, NO_REQUESTS)
    assert (found.requested, found.blocked, found.abandoned, found.failed) == (4, 1, 1, 1)
    assert (found.posted, found.posts, found.post_share, found.repost_share) == (1, 2, 0.5, 1)


def test_offline_wait_for_an_image_is_from_asking_to_posting():
    """Proves that each image is matched with its own member's next post."""
    rows = made_runs.action_rows(
        4,
        t=np.array([0.0, 5.0, 12.0, 45.0]),
        member=np.array([1, 2, 1, 2]),
        action=["generate", "generate", "post", "post"],
        ai=np.ones(4, bool),
    )
    found = images(rows, NO_REQUESTS)
    assert (found.wait_s.p50, found.wait_s.max, found.wall) == (12, 40, False)
    assert found.longest_queue == 2


def test_live_wait_for_an_image_is_its_response_time():
    """Proves that a live run tells wall time, from when the image was due to be asked for."""
    requests = made_runs.request_rows(2, action=np.full(2, ACTION_CODE["generate"]))
    requests["end_ns"] = requests["intended_ns"] + 3_000_000_000
    found = images(made_runs.action_rows(0), traffic(requests, None))
    assert (found.wait_s.p50, found.wall) == (3.0, True)


def test_images_of_nobody_are_no_metric():
    """Proves that the empty table has a defined answer."""
    found = images(made_runs.action_rows(0), NO_REQUESTS)
    assert image_metrics(found) == []
    assert np.isnan(found.longest_queue)


def test_queue_shows_a_peak_that_is_shorter_than_a_bin():
    """Proves that bins hold the largest length, not the length at some instant."""
    begun = np.concatenate([[0.0], np.full(5, 50.0)])
    ended = np.concatenate([[1000.0], np.full(5, 50.001)])
    _, most = queue_length(begun, ended, points=10)
    assert most.max() == 6
    assert most[-1] == 1


def test_pulse_counts_every_action_of_full_bins_and_leaves_out_a_part_of_one():
    """Proves the bins along the scenario clock."""
    rows = made_runs.action_rows(600, t=np.arange(600) * 10.0, action=["home"] * 300 + ["post"] * 300)
    beat = pulse(rows)
    assert beat.width_s == 60
    assert beat.counts["read"].tolist() == [6] * 50 + [0] * 49
    assert beat.counts["post"].tolist() == [0] * 50 + [6] * 49
    assert len(pulse(made_runs.action_rows(0)).start_s) == 0


def test_reconciliation_sums_actions_that_share_an_endpoint():
    """Proves the count by endpoint over all phases, without what was never sent."""
    rows = made_runs.request_rows(
        4, action=np.array([ACTION_CODE[n] for n in ("post", "reply", "home", "home")])
    )
    rows["start_ns"][3] = -1
    manifest = {
        "endpoint_of": {"post": "POST /s", "reply": "POST /s", "home": "GET /h"},
        "platform_counts": {"POST /s": 2, "GET /h": 1},
    }
    found = reconciliation(rows, manifest)
    assert [(row.endpoint, row.recorded, row.counted) for row in found] == [
        ("GET /h", 1, 1),
        ("POST /s", 2, 2),
    ]
    assert reconciliation_metrics(found)[1].value == 0


@pytest.mark.parametrize(("status", "explained"), [(0, True), (200, False)])
def test_reconciliation_explains_a_difference_by_unanswered_requests_only(status: int, explained: bool):
    """Proves when the platform may have counted less than was sent."""
    rows = made_runs.request_rows(3, status=np.array([200, 200, status]))
    found = reconciliation(rows, {"endpoint_of": {"home": "GET /h"}, "platform_counts": {"GET /h": 2}})
    assert found[0].explained is explained


@pytest.mark.parametrize(
    ("state", "counted", "explained"), [("lost", 5, True), ("lost", 90, False), ("done", 4, False)]
)
def test_reconciliation_explains_what_lost_workers_did_not_tell(state: str, counted: int, explained: bool):
    """Proves that the platform may have counted more when a worker was lost, by a few seconds' worth."""
    rows = made_runs.request_rows(3)
    manifest = {"endpoint_of": {"home": "GET /h"}, "platform_counts": {"GET /h": counted}}
    found = reconciliation(rows, manifest | {"workers": [{"state": "done"}, {"state": state}]})
    assert found[0].explained is explained


def test_reconciliation_without_counts_is_empty():
    """Proves that a platform that does not count is not held against the record."""
    assert reconciliation(made_runs.request_rows(3), {}) == ()
    assert reconciliation_metrics(()) == []
