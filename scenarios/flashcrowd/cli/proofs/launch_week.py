"""In the week of a launch most sign up at its beginning, and many do not come any more at its end."""

from collections.abc import Mapping

import numpy as np

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, over
from flashcrowd.core.clock import DAY


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Sign-ups by the end of day 2; daily members at their peak and on the last day (Threads: 0.48)."""
    run = seen[AS_IS]
    signed_up = np.sort(run.of("signup")["t"])
    visits = run.of("session_start")
    day = (visits["t"] / DAY).astype(np.int64)
    daily = [len(np.unique(visits["member"][day == number])) for number in range(day.max(initial=0) + 1)]
    return [
        Claim(
            "sign-ups of the week made in two days",
            over((signed_up < 2 * DAY).sum(), len(signed_up)),
            "share",
            0.6,
        ),
        Claim("members of the last day over the peak day", over(daily[-1], max(daily)), "share", 0.35, 0.75),
    ]


PROOF = Proof(claims)
