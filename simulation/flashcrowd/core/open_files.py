"""How many files, and so connections, this process may have open."""

import resource
from typing import Final

MOST: Final = 1 << 16
"""More are never asked for."""


def open_files(wanted: int = MOST) -> int:
    """Have so many files allowed, as far as the system lets this process; how many now are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(wanted, MOST) if hard == resource.RLIM_INFINITY else min(wanted, MOST, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return MOST if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
