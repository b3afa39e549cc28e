"""Garbage is looked for seldom in a run, and as before after it."""

import gc

from flashcrowd.load.collector import THRESHOLDS, rare_collections


def test_overlapping_runs_collect_seldom_until_the_last_has_ended():
    """The first to end must not bring the old thresholds back, nor the last leave the new ones."""
    before = gc.get_threshold()
    first, second = rare_collections(), rare_collections()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold() == THRESHOLDS
    second.__exit__(None, None, None)
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)
