"""Outages of a scenario, live: the platform of the run's own is down, and who was turned away comes back."""

from types import SimpleNamespace

import numpy as np
import pytest
from runs import reconciles
from scenes import scene_of, society

from flashcrowd.core.clock import HOUR
from flashcrowd.core.runlog import RunReader
from flashcrowd.core.scenario import load_scenario
from flashcrowd.load.engine import run_live
from flashcrowd.load.notices import Notices
from flashcrowd.load.outages import Outages

OUTAGE = {"kind": "outage", "at": HOUR, "lasts": HOUR, "returning": 0.8, "delay": 300.0}

WHOLE = """
population: {members: 400, dormant: 0.0}
sessions: {per_day: 12, push_share: 0}
events: [{kind: outage, at: 19h, lasts: 1h, returning: 1.0, delay: 5m}]
feedback: {attempts: 1, failures: 1}
load: {members: 100, duration: 7s, warm_up: 0s, time_lapse: 1800, starts_at: 18h, history_posts: 20}
"""
"""Down from second 2 to second 4."""


@pytest.fixture
def scene():
    """A scene whose platform is ours, and down in the second hour."""
    scene = scene_of(society(events=[OUTAGE]), SimpleNamespace())
    scene.notices = Notices(scene.world, scene.accounts)
    Outages(scene, SimpleNamespace())
    return scene


def at_ns(scene, scenario_s):
    return scene.clock.due_ns(scenario_s)


def test_who_was_turned_away_comes_back_with_the_stated_chance(scene):
    """Of 300 members 240 +- 3 standard errors of 6.9, all after the platform is up, half within 5 minutes."""
    for member in scene.accounts:
        scene.note_end(member, "failed", at_ns(scene, 1.5 * HOUR), at_ns(scene, 1.6 * HOUR))
    assert abs(len(scene.callers) - 240) < 3 * 6.93
    after_s = np.array([one.t for one in scene.callers]) - 2 * HOUR
    assert after_s.min() > 0
    assert abs((after_s < 300).mean() - 0.5) < 3 * np.sqrt(0.25 / len(after_s))
    assert all(one.caused for one in scene.callers)


@pytest.mark.parametrize(
    ("left", "due_s", "ended_s"),
    [
        ("", 1.5 * HOUR, 1.6 * HOUR),
        ("abandoned", 1.5 * HOUR, 1.6 * HOUR),
        ("failed", 0.5 * HOUR, 0.9 * HOUR),
        ("failed", 2.1 * HOUR, 2.2 * HOUR),
    ],
)
def test_others_do_not_come_because_of_it(scene, left, due_s, ended_s):
    """Visits that came to their end, were given up for slowness, or failed before or after the outage."""
    for member in scene.accounts:
        scene.note_end(member, left, at_ns(scene, due_s), at_ns(scene, ended_s))
    assert scene.callers == []


def test_member_who_tried_until_the_platform_was_up_does_not_come_before_it_left(scene):
    """A visit that met the outage and failed long after it is followed by the next, not overlapped."""
    for member in scene.accounts:
        scene.note_end(member, "failed", at_ns(scene, 1.9 * HOUR), at_ns(scene, 9 * HOUR))
    assert scene.callers
    assert min(one.t for one in scene.callers) >= 9 * HOUR - 1


def test_platform_of_the_run_is_down_for_the_outage(tmp_path):
    """Nothing fails before it or for good; who comes back is not in the schedule; nothing is held back."""
    (tmp_path / "whole.yaml").write_text(WHOLE)
    run = RunReader(run_live(load_scenario(str(tmp_path / "whole.yaml")), tmp_path / "run", quiet=True))
    requests = run.table("requests").to_pydict()
    failed = [n for n, status in enumerate(requests["status"]) if status == 503]
    assert len(failed) > 5
    assert min(requests["end_ns"][n] for n in failed) >= 2 * 10**9
    last = max(requests["start_ns"][n] for n in failed)
    answered = zip(requests["start_ns"], requests["status"], strict=True)
    assert any(start > last and status == 200 for start, status in answered)
    assert run.manifest["sessions"]["caused"] > 5
    assert run.manifest["breaker_opened"] == 0
    reconciles(run.path)
