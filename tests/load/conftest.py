"""Makes modules beside the tests importable (`staged`); keeps Locust from patching pytest's process."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
os.environ.setdefault("LOCUST_SKIP_MONKEY_PATCH", "1")
