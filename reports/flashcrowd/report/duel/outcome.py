"""What a duel comes to: one word, one sentence, one exit code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flashcrowd.core.errors import ExitCode
from flashcrowd.report import quantity
from flashcrowd.report.duel.comparison import (
    FASTER,
    INCONCLUSIVE,
    MOST_PAIRS,
    SAME,
    SLOWER,
    Comparison,
    Limits,
    compared,
    judged,
)
from flashcrowd.report.duel.figures import Block, figure_named
from flashcrowd.report.duel.looks import last_look

HEADLINES: Final = ("all.p50", "all.p95", "throughput", "errors", "cpu")
"""Figures that must be decided before a duel is called the same; the others are told, and may call slower."""

EXIT_CODES: Final = {
    SAME: ExitCode.PASS,
    FASTER: ExitCode.PASS,
    SLOWER: ExitCode.REGRESSION,
    INCONCLUSIVE: ExitCode.INCONCLUSIVE,
}

Pair = tuple[Block, Block]
"""The figures of a block of the baseline and of the block of the candidate beside it."""


@dataclass(frozen=True)
class Outcome:
    """A duel, judged.

    Attributes:
        comparisons: every figure, those that differ first.
        verdict: `same`, `faster`, `slower` or `inconclusive`.
        pairs, most_pairs: pairs of blocks that were compared, and that might have been.
        alpha: chance of a false alarm that this look may spend.
    """

    comparisons: tuple[Comparison, ...]
    verdict: str
    pairs: int
    most_pairs: int
    alpha: float
    limits: Limits

    @property
    def exit_code(self) -> ExitCode:
        """What the command says to the shell."""
        return EXIT_CODES[self.verdict]

    @property
    def is_clear(self) -> bool:
        """Whether more blocks could hardly change the verdict: something is slower, or all is decided."""
        undecided = any(one.verdict == INCONCLUSIVE for one in self.comparisons)
        return self.verdict == SLOWER or (bool(self.comparisons) and not undecided)

    @property
    def changed(self) -> tuple[Comparison, ...]:
        """The figures that differ as the verdict says."""
        return tuple(one for one in self.comparisons if one.verdict == self.verdict)

    @property
    def pairs_needed(self) -> int:
        """Pairs that would settle every figure on which the verdict hangs."""
        return max((one.pairs_needed for one in _headlines(self.comparisons) if _open(one)), default=0)

    @property
    def word(self) -> str:
        """The verdict."""
        return self.verdict

    @property
    def sentence(self) -> str:
        """The verdict for people."""
        after = f"after {quantity.plural(self.pairs, 'pair')} of blocks"
        if self.verdict in (SLOWER, FASTER):
            worst = max(self.changed, key=lambda one: abs(one.effect))
            more = len(self.changed) - 1
            others = f", and {quantity.plural(more, 'more figure')}" if more else ""
            return f"The candidate is {self.verdict} {after}: {told(worst)}{others}."
        if self.verdict == SAME:
            return f"The candidate is as fast as the baseline {after}: no figure differs by {self._least}."
        if not self.comparisons:
            return "Nothing can be said: too few requests were answered in too few blocks."
        return f"It is not decided {after} whether the candidate is slower. {self._needed}"

    @property
    def _least(self) -> str:
        return f"{quantity.share(self.limits.effect)} or more"

    @property
    def _needed(self) -> str:
        needed = self.pairs_needed
        if needed <= self.pairs:
            return (
                "The figures that are open lie near the smallest effect that matters; more pairs would help."
            )
        if needed >= MOST_PAIRS:
            return "The blocks differ too much for any sensible number of pairs: make them longer."
        return f"About {needed} pairs would settle it; or longer blocks."


def outcome(pairs: Sequence[Pair], most_pairs: int, limits: Limits | None = None) -> Outcome:
    """The judgement of a duel after some pairs of blocks.

    Only figures that every block has are compared: a figure of some blocks would be chosen by its values.

    Args:
        most_pairs: pairs at which the duel ends at the latest; decides how sure an early look must be.
    """
    chosen = limits or Limits()
    names = _common(pairs)
    values = {name: [(before[name], after[name]) for before, after in pairs] for name in names}
    family = [
        compared(figure_named(name), [one for one, _ in both], [other for _, other in both], chosen)
        for name, both in values.items()
    ]
    alpha = last_look(len(pairs), most_pairs).alpha
    found = judged(family, alpha, chosen)
    order = {SLOWER: 0, FASTER: 1, INCONCLUSIVE: 2, SAME: 3}
    found.sort(key=lambda one: (order[one.verdict], names.index(one.figure.name)))
    return Outcome(tuple(found), _overall(found), len(pairs), most_pairs, alpha, chosen)


def told(one: Comparison) -> str:
    """A comparison in words: `home.p95 is 12 % higher (8 % to 16 %), 41 ms instead of 37 ms`."""
    way = "higher" if one.effect > 0 else "lower"
    return (
        f"{one.figure.name} is {size(one, one.effect)} {way} ({size(one, one.low)} to {size(one, one.high)})"
    )


def size(one: Comparison, effect: float) -> str:
    """An effect for people: a share, or points for what is a share itself."""
    if one.figure.scale == "difference":
        return f"{100 * effect:+.2f} points"
    return f"{100 * effect:+.1f} %"


def _overall(found: Sequence[Comparison]) -> str:
    verdicts = {one.verdict for one in found}
    if SLOWER in verdicts:
        return SLOWER
    heads = _headlines(found)
    if not heads or any(_open(one) for one in heads):
        return INCONCLUSIVE
    return FASTER if FASTER in verdicts else SAME


def _headlines(found: Sequence[Comparison]) -> list[Comparison]:
    return [one for one in found if one.figure.name in HEADLINES]


def _open(one: Comparison) -> bool:
    return one.verdict == INCONCLUSIVE


def _common(pairs: Sequence[Pair]) -> list[str]:
    blocks: list[Mapping[str, float]] = [block for pair in pairs for block in pair]
    if not blocks:
        return []
    return [name for name in blocks[0] if all(name in block for block in blocks)]
