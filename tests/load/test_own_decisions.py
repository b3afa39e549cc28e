"""Decisions of the user's in live sessions."""

from runs import SCENARIO, live

from flashcrowd.core.runlog import RunReader

MINE = """
def like_probability(rate, attended, propensity, appeal):
    return 0.0


def repost_probability(rate, attended, propensity, appeal, fresh, is_repost, transfer, reposts):
    return 0.9
"""


def test_live_members_decide_as_the_users_file_says(tmp_path, town):
    """Nobody likes anything, and much is reposted, in a town whose members would like as often as repost."""
    (tmp_path / "mine.py").write_text(MINE)
    names = ("like_probability", "repost_probability")
    chosen = "".join(f"\n  {name}: mine.py:{name}" for name in names)
    (tmp_path / "own.yaml").write_text(f"{SCENARIO.replace('DURATION', '2s')}decisions:{chosen}\n")
    run = live(str(tmp_path / "own.yaml"), tmp_path / "run", town)
    actions = RunReader(run).table("actions")["action"].to_pylist()
    assert actions.count("like") == 0
    assert actions.count("repost") > 10
