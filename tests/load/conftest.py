"""Makes modules beside the tests importable, keeps Locust from patching pytest, offers one platform for all.

What several files need of a whole run is here: a scenario, a platform that outlives the runs, and its town.
"""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
os.environ.setdefault("LOCUST_SKIP_MONKEY_PATCH", "1")


@pytest.fixture
def scenario(tmp_path):
    """Writes a small scenario with a measured window of so many seconds."""
    from runs import SCENARIO

    def write(duration_s: float) -> str:
        path = tmp_path / "tiny.yaml"
        path.write_text(SCENARIO.replace("DURATION", f"{duration_s}s"))
        return str(path)

    return write


@pytest.fixture(scope="session")
def platform():
    """A reference platform that outlives the runs, with fast images."""
    from flashcrowd.reference.process import ReferencePlatform
    from flashcrowd.reference.settings import Settings

    with ReferencePlatform(Settings(generator={"median_s": 0.2, "cap_s": 1.0})) as running:
        yield running


@pytest.fixture(scope="session")
def town(platform, tmp_path_factory):
    """Options of a run on that platform, whose members are there already."""
    from runs import SCENARIO, live

    folder = tmp_path_factory.mktemp("town")
    options = ("--target", platform.url, "--vault", folder / "v")
    (folder / "first.yaml").write_text(SCENARIO.replace("DURATION", "100ms"))
    live(str(folder / "first.yaml"), folder / "run", options)
    return options
