"""The audience grows eightfold, and what people do faster: the more of their contacts are here, the more
notifications call them, and the more there is to see."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, over
from flashcrowd.core.clock import DAY

if TYPE_CHECKING:
    from flashcrowd.report.run import Column


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Members at the ends; visits and writes of the last day over the first, against those of member-days."""
    run = seen[AS_IS]
    joined = run.members["joined"]
    began, ended = int(np.isnan(joined).sum()), int((np.isnan(joined) | np.isfinite(joined)).sum())
    grown = over(_present(joined, run.scenario.duration - DAY), _present(joined, 0.0))
    visits = run.per(DAY, run.of("session_start")["t"])
    writes = run.per(DAY, run.of("post", "reply", "repost", "quote")["t"])
    return [
        Claim("members at the end over the beginning", over(ended, began), "x", 7.5, 8.5,
              basis="settings", why="eightfold"),
        Claim("visits of the last day over the first", over(visits[-1], visits[0]), "x", grown,
              why="no fewer a member: the growth of member-days"),
        Claim("posts, replies and reposts of the last day over the first",
              over(writes[-1], writes[0]), "x", grown, why="as for visits"),
    ]  # fmt: skip


def _present(joined: "Column", begin_s: float) -> float:
    """Member-days of the day that begins then."""
    joined = np.where(np.isnan(joined), 0.0, joined)
    return float(np.clip((begin_s + DAY - joined) / DAY, 0.0, 1.0).sum())


PROOF = Proof(claims)
