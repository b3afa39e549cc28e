"""What a duel comes to: one word, one sentence, one exit code."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flashcrowd.core.errors import ExitCode
from flashcrowd.report import quantity
from flashcrowd.report.duel.comparison import (
    CHANGED,
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
from flashcrowd.report.duel.figures import Block, Figure, figure_named
from flashcrowd.report.duel.looks import ALPHA, SPENT, last_look
from flashcrowd.report.duel.terms import BUILDS, Terms
from flashcrowd.report.section import Tone

EXIT_CODES: Final = {
    SAME: ExitCode.PASS,
    FASTER: ExitCode.PASS,
    SLOWER: ExitCode.REGRESSION,
    CHANGED: ExitCode.REGRESSION,
    INCONCLUSIVE: ExitCode.INCONCLUSIVE,
}

TONES: Final[dict[str, Tone]] = {
    SLOWER: "bad",
    CHANGED: "bad",
    FASTER: "good",
    SAME: "good",
    INCONCLUSIVE: "warn",
}

ORDER: Final = (SLOWER, CHANGED, FASTER, INCONCLUSIVE, SAME)
"""In which figures are told."""

Pair = tuple[Block, Block]
"""The figures of a block of the baseline and of the block of the candidate beside it."""


@dataclass(frozen=True)
class Outcome:
    """A comparison, judged.

    Attributes:
        comparisons: every figure, those that differ first.
        verdict: `same`, `faster`, `slower`, `changed` or `inconclusive`.
        pairs, most_pairs: samples (pairs of blocks) that were compared, and that might have been.
        alpha: chance of a false alarm that this look may spend.
        terms: what was compared.
    """

    comparisons: tuple[Comparison, ...]
    verdict: str
    pairs: int
    most_pairs: int
    alpha: float
    limits: Limits
    terms: Terms = BUILDS

    @property
    def exit_code(self) -> ExitCode:
        """What the command says to the shell."""
        return EXIT_CODES[self.verdict]

    @property
    def is_clear(self) -> bool:
        """Whether more blocks could hardly change the verdict: something is slower, or all is decided."""
        undecided = any(one.verdict == INCONCLUSIVE for one in self.comparisons)
        return self.verdict in (SLOWER, CHANGED) or (bool(self.comparisons) and not undecided)

    @property
    def changed(self) -> tuple[Comparison, ...]:
        """The figures that differ as the verdict says, the largest effect first."""
        found = [one for one in self.comparisons if one.verdict == self.verdict]
        return tuple(sorted(found, key=lambda one: -abs(one.effect)))

    @property
    def headlines(self) -> tuple[Comparison, ...]:
        """The figures on which the verdict hangs."""
        return _headlines(self.comparisons, self.terms)

    @property
    def pairs_needed(self) -> int:
        """Samples that would settle every figure on which the verdict hangs."""
        return max((one.pairs_needed for one in self.headlines if _open(one)), default=0)

    @property
    def word(self) -> str:
        """The verdict."""
        return self.verdict

    @property
    def after(self) -> str:
        """How much was compared, in words."""
        return f"after {quantity.plural(self.pairs, self.terms.one, self.terms.many)}"

    @property
    def sentence(self) -> str:
        """The verdict for people."""
        if self.verdict in self.terms.differs:
            first, more = self.changed[0], len(self.changed) - 1
            others = f", and {quantity.plural(more, 'more figure')}" if more else ""
            return f"{self.terms.differs[self.verdict]} {self.after}: {told(first)}{others}."
        if self.verdict == SAME:
            return f"{self.terms.same} {self.after}: no figure differs by {self._least}."
        if not self.comparisons:
            return "Nothing can be said: too little was recorded to compare any figure."
        return f"It is not decided {self.after} {self.terms.question}. {self._needed}"

    @property
    def _least(self) -> str:
        return f"{quantity.share(self.limits.effect)} or more"

    @property
    def _needed(self) -> str:
        needed, many = self.pairs_needed, self.terms.many
        if all(math.isnan(one.p) for one in self.comparisons):
            return self.terms.single
        if needed <= self.pairs:
            return f"What is open lies near the smallest effect that matters; more {many} would help."
        if needed >= MOST_PAIRS:
            return f"They differ too much for any sensible number of {many}: make them longer."
        return f"About {needed} {many} would settle it; or longer ones."


def outcome(
    pairs: Sequence[Pair],
    most_pairs: int,
    limits: Limits | None = None,
    terms: Terms = BUILDS,
    named: Callable[[str], Figure] = figure_named,
) -> Outcome:
    """The judgement of a duel after some pairs of blocks.

    Only figures that every block has are compared: a figure of some blocks would be chosen by its values.

    Args:
        most_pairs: pairs at which the duel ends at the latest; decides how sure an early look must be.
        named: the figure of a name.
    """
    chosen = limits or Limits()
    family = [
        compared(
            named(name), [before[name] for before, _ in pairs], [after[name] for _, after in pairs], chosen
        )
        for name in common([block for pair in pairs for block in pair])
    ]
    alpha = last_look(len(pairs), most_pairs).alpha
    return settled(family, len(pairs), most_pairs, alpha, chosen, terms)


def settled(
    family: Sequence[Comparison], pairs: int, most_pairs: int, alpha: float, limits: Limits, terms: Terms
) -> Outcome:
    """The verdict over all figures of a family."""
    level = ALPHA * SPENT[-1][1] / max(1, len(family))
    found = judged([replace(one, level=level) for one in family], alpha, limits)
    verdict = _overall(found, terms)
    found.sort(key=lambda one: ORDER.index(one.verdict))
    return Outcome(tuple(found), verdict, pairs, most_pairs, alpha, limits, terms)


def common(blocks: Sequence[Block]) -> list[str]:
    """The figures that every block has, in the order of the first."""
    return [name for name in blocks[0] if all(name in block for block in blocks)] if blocks else []


def told(one: Comparison) -> str:
    """A comparison in words: `home.p95 is 12.1 % higher (+8.0 % to +16.2 %), 41 ms instead of 37 ms`."""
    by = size(one, one.effect).lstrip("+-")
    way = "higher" if one.effect > 0 else "lower"
    span = "" if math.isnan(one.low) else f" ({size(one, one.low)} to {size(one, one.high)})"
    now, before = (quantity.of_unit(value, one.figure.unit) for value in (one.candidate, one.baseline))
    return f"{one.figure.name} is {by} {way}{span}, {now} instead of {before}"


def size(one: Comparison, effect: float) -> str:
    """An effect for people: a share, or points for what is a share itself."""
    if one.figure.scale == "difference":
        return f"{100 * effect:+.2f} points"
    return f"{100 * effect:+.1f} %"


def _overall(found: Sequence[Comparison], terms: Terms) -> str:
    verdicts = {one.verdict for one in found}
    for word in (SLOWER, CHANGED):
        if word in verdicts:
            return word
    heads = _headlines(found, terms)
    if not heads or any(_open(one) for one in heads):
        return INCONCLUSIVE
    return FASTER if FASTER in verdicts else SAME


def _headlines(found: Sequence[Comparison], terms: Terms) -> tuple[Comparison, ...]:
    return tuple(one for one in found if terms.headlines is None or one.figure.name in terms.headlines)


def _open(one: Comparison) -> bool:
    return one.verdict == INCONCLUSIVE
