"""Whether each bundled scenario does what it is for: one file each, one line in the table each.

A file holds `PROOF`: the other arms that it needs (changes of the scenario, all with the same seed), and a
pure function from what was seen of each arm to claims, each a figure and its goal, and what that goal rests
on: a published figure, the scenario's own numbers, or no more than its purpose.
"""

from importlib import import_module
from typing import Final

from flashcrowd.cli.proofs.claim import BASES, Claim, Proof, Seen

PROOFS: Final = {
    "steady_day": "flashcrowd.cli.proofs.steady_day",
    "launch_week": "flashcrowd.cli.proofs.launch_week",
    "image_wave": "flashcrowd.cli.proofs.image_wave",
    "celebrity_broadcast": "flashcrowd.cli.proofs.celebrity_broadcast",
    "breaking_news": "flashcrowd.cli.proofs.breaking_news",
    "deepfake_rumour": "flashcrowd.cli.proofs.deepfake_rumour",
    "market_rumour": "flashcrowd.cli.proofs.market_rumour",
    "migration_from_incumbent": "flashcrowd.cli.proofs.migration_from_incumbent",
    "growth_50_to_400": "flashcrowd.cli.proofs.growth_50_to_400",
    "outage_return": "flashcrowd.cli.proofs.outage_return",
    "soak": "flashcrowd.cli.proofs.soak",
}
"""Scenario -> module of its proof."""

__all__ = ["BASES", "PROOFS", "Claim", "Proof", "Seen", "proof_of"]


def proof_of(name: str) -> Proof:
    """The proof of a bundled scenario."""
    found: Proof = import_module(PROOFS[name]).PROOF
    return found
