"""The topic of the news is flooded, as that of the Higgs boson was."""

from collections.abc import Mapping

from flashcrowd.cli.proofs.claim import AS_IS, Claim, Proof, Seen, event_of
from flashcrowd.report.realism.measures.rhythm import peaks

WRITES = ("post", "reply", "repost", "quote")


def claims(seen: Mapping[str, Seen]) -> list[Claim]:
    """Writes in the topic: the busiest hour and minute over the median ones (measured: 38 and 52)."""
    run = seen[AS_IS]
    rows = run.of(*WRITES)
    about = rows["topic"] == event_of(run, "breaking_news").topic
    hour, minute, _ = peaks(rows["t"][about], run.scenario.duration)
    return [
        Claim("busiest hour in the topic over its median hour", hour, "x", 30, basis="published",
              why="38 when the Higgs boson was announced"),
        Claim("busiest minute in the topic over its median minute", minute, "x", 50, basis="published",
              why="52 when the Higgs boson was announced"),
    ]  # fmt: skip


PROOF = Proof(claims)
