"""In the week of a launch most sign up at its beginning, and many do not come any more at its end."""

from collections.abc import Mapping

import numpy as np

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, over
from flashcrowd.core.clock import DAY

MARGIN = 0.05


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Sign-ups by the end of day 2; daily members at their peak and on the last day."""
    run = seen[AS_IS]
    signed_up = np.sort(run.of("signup")["t"])
    visits = run.of("session_start")
    day = (visits["t"] / DAY).astype(np.int64)
    daily = [len(np.unique(visits["member"][day == number])) for number in range(day.max(initial=0) + 1)]
    planned = float(np.interp(2 * DAY, *np.transpose(run.scenario.growth.points)))
    return [
        Claim(
            "sign-ups of the week made in two days",
            over((signed_up < 2 * DAY).sum(), len(signed_up)),
            "share",
            planned - MARGIN,
            planned + MARGIN,
            basis="settings",
            why=f"{planned:.0%} by the scenario's curve",
        ),
        Claim(
            "members of the last day over the peak day",
            over(daily[-1], max(daily)),
            "share",
            0.36,
            0.6,
            basis="published",
            why="48 % at Threads: from 49 to 23.6 million within its first week; a quarter more or less",
        ),
    ]


PROOF = Proof(claims)
