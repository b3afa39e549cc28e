"""Makes the modules beside the tests importable (`pretended`)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
