"""Makes modules beside the benchmarks importable."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

os.environ.setdefault("LOCUST_SKIP_MONKEY_PATCH", "1")  # else it patches the whole process
