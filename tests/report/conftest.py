"""Makes the modules beside the tests importable (`made_runs`), and one run of each kind."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import made_runs


@pytest.fixture(scope="session")
def offline_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up offline run: 3 days of 5,000 members, heavy-tailed cascades. Read only."""
    return made_runs.make_offline(tmp_path_factory.mktemp("runs") / "offline")


@pytest.fixture(scope="session")
def live_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up live run: a minute at 80 requests a second, two seconds of it a stall. Read only."""
    return made_runs.make_live(tmp_path_factory.mktemp("runs") / "live")
