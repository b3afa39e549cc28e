"""How many files may be open."""

import resource
import subprocess
import sys

CHILD = """
import resource
from flashcrowd.core.open_files import open_files
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
print(open_files({wanted}), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def allowed(soft, hard, wanted):
    """What a process with these limits is told, and its limits then."""
    code = CHILD.format(soft=soft, hard=hard, wanted=wanted)
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    return tuple(map(int, said.split()))


def test_limit_is_raised_as_far_as_it_may_be():
    """Up to what is wanted, up to what the system allows, and never lowered."""
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] >= 900
    assert allowed(256, 900, 500) == (500, 500, 900)
    assert allowed(256, 900, 5000) == (900, 900, 900)
    assert allowed(256, 900, 100) == (256, 256, 900)
