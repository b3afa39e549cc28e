"""The rumour is seen by many; moderation prevents most of that, at a price in innocent posts."""

from collections.abc import Mapping

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, over
from flashcrowd.core.clock import HOUR

FREE = "without moderation"


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Exposures to harmful posts with and without moderation, with the same seed."""
    ruled, free = seen[AS_IS].analysis.governance, seen[FREE].analysis.governance
    posts = len(seen[AS_IS].of("post", "quote")["t"])
    return [
        Claim("exposures to harmful posts without moderation", free.exposures, "count", 50 * free.harmful,
              why="fifty a post"),
        Claim("the same with moderation", ruled.exposures, "count", 0, 0.6 * free.exposures),
        Claim("exposures prevented by moderation",
              1 - over(ruled.exposures, free.exposures), "share", 0.4, 1),
        Claim("members who see one, over those without moderation",
              over(ruled.exposed, free.exposed), "x", 0, 1),
        Claim("median time until the platform acts", ruled.wait_s.p50, "s", 0, HOUR),
        Claim("innocent posts removed", over(ruled.false_removals, posts), "share", 0, 0.005,
              why="0.2 % by the classifier, the rest by people to whom reports bring them"),
    ]  # fmt: skip


PROOF = Proof(
    claims,
    {FREE: {"moderation.recall": 0, "moderation.false_positives": 0, "moderation.reviewers": 0}},
)
