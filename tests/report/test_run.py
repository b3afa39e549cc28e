"""A run as its readers see it."""

from pathlib import Path

import made_runs
import numpy as np

import flashcrowd.report
from flashcrowd.core.events import ACTIONS
from flashcrowd.core.runlog import RunWriter
from flashcrowd.core.scenario import Scenario
from flashcrowd.report import load_run
from flashcrowd.report.analysis import Analysis


def live_with_history(path: Path) -> Path:
    """A live run from 18:00: two posts from before it, then an hour in which one of them is reposted."""
    writer = RunWriter(path, Scenario(), "live", {"live_members": 10})
    rows = made_runs.tree_rows([0, 0], t=[64_000, 64_900, 68_400])
    rows["action"][1] = rows["action"][0]
    rows["post"][1] = rows["root"][1] = 1
    writer.append("actions", rows)
    writer.close()
    return path


def test_history_before_a_live_run_is_not_what_its_members_did(tmp_path: Path):
    """Proves that provisioned posts are roots of cascades, but no actions of the run."""
    found = Analysis(load_run(live_with_history(tmp_path)))
    assert found.forest.n_recorded == 2
    assert found.behaviour.counts == {"post": 1, "repost": 1}
    assert found.run.span_s == 3600
    assert found.run.member_days == 10 / 24


def test_columns_come_from_every_part_of_the_record(tmp_path: Path):
    """Proves that closed parts and the open part of a killed run read as one table."""
    writer = RunWriter(tmp_path, Scenario(), "offline")
    for first in (0, 5):
        writer.append("actions", made_runs.action_rows(5, seq=np.arange(first, first + 5)))
        writer.flush()
    assert load_run(tmp_path).actions["seq"].tolist() == list(range(10))


def test_codes_are_those_of_the_schema_whatever_the_dictionary_on_disk(tmp_path: Path):
    """Proves that a run whose parts hold other dictionaries is read by word."""
    made_runs.make_offline(tmp_path, members=50, days=0.2, posts=20, reads=50)
    run = load_run(tmp_path)
    words = run.frame("actions", ["action"])["action"].astype(str).tolist()
    assert [ACTIONS[code] for code in run.actions["action"]] == words


def test_span_of_a_killed_offline_run_is_what_it_reached(tmp_path: Path):
    """Proves that rates of a run cut short are over the time that it covered."""
    made_runs.make_offline(tmp_path, members=50, days=0.5, posts=20, reads=500, state="running")
    assert 0.3 * 86_400 < load_run(tmp_path).span_s <= 0.5 * 86_400


def test_package_offers_its_entry_points_lazily():
    """Proves the public names, and that an unknown one is an AttributeError."""
    for name in flashcrowd.report.__all__:
        assert callable(getattr(flashcrowd.report, name))
    assert not hasattr(flashcrowd.report, "nothing_of_this_name")
