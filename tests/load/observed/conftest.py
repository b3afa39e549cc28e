"""Makes the batches beside these tests importable (`rows`)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
