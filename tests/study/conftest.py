"""Makes the modules beside the tests importable (`made_studies`), and a study with made values."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from made_studies import made

from flashcrowd.report.study.findings import Findings


@pytest.fixture
def found() -> Findings:
    """The findings of four seeds."""
    return made()
