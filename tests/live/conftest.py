"""Makes the networks beside the tests importable; keeps Locust from patching pytest's process."""

import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent / "bluesky")]
os.environ.setdefault("LOCUST_SKIP_MONKEY_PATCH", "1")
