"""What is held against each other, in words: builds in blocks, recorded runs, societies."""

from dataclasses import dataclass
from typing import Final

from flashcrowd.report.duel.comparison import CHANGED, FASTER, SLOWER


@dataclass(frozen=True)
class Terms:
    """The words of one kind of comparison, and the figures that decide it.

    Attributes:
        command: what made it, as in the titles of its documents.
        one, many: what a sample is.
        question: what is not decided when it is inconclusive.
        single: why one sample a side decides nothing.
        same: what is so when nothing differs.
        differs: verdict -> what is so then.
        headlines: figures that must be decided before it is called the same; others are told, and may
            differ. None = all.
        method: how it was judged, sentence by sentence; `{alpha}`, `{figures}` and `{least}` are filled in.
    """

    command: str
    one: str
    many: str
    question: str
    single: str
    same: str
    differs: dict[str, str]
    headlines: tuple[str, ...] | None
    method: tuple[str, ...]


_JUDGED: Final = (
    "has p <= {alpha}, after Holm's correction over all {figures} figures, and the effect is at "
    "least {least}."
)
_SAME: Final = "A figure is the same when two one-sided t-tests find the effect smaller than that."
_SPEEDS: Final = {SLOWER: "The candidate is slower", FASTER: "The candidate is faster"}

BUILDS: Final = Terms(
    command="check",
    one="pair of blocks",
    many="pairs of blocks",
    question="whether the candidate is slower",
    single="One pair says nothing about how much pairs differ by themselves.",
    same="The candidate is as fast as the baseline",
    differs=_SPEEDS,
    headlines=("all.p50", "all.p95", "throughput", "errors", "cpu"),
    method=(
        "The block is the sample: requests inside a block resemble their neighbours, so their number makes "
        "nothing surer. Both builds get the same schedule of visits, in turns, the first one drawn by lot; "
        "builds that a command starts are started anew for every pair.",
        "A figure differs when Student's t-test on the log-ratios of the pairs " + _JUDGED + " The chance of "
        "any false alarm over all looks is at most 5 %.",
        _SAME,
    ),
)

RUNS: Final = Terms(
    command="compare",
    one="run",
    many="runs",
    question="whether the candidate is slower",
    single="Two single runs cannot tell a change from the difference between two minutes of the machine: "
    "keep several runs as a baseline (flashcrowd baseline keep), or take builds in turns (flashcrowd check).",
    same="The candidate is as fast as the baseline",
    differs=_SPEEDS,
    headlines=("all.p50", "all.p95", "throughput", "errors"),
    method=(
        "The run is the sample: how much runs of one build differ from each other decides what a difference "
        "between two builds means. Two single runs say nothing about that.",
        "A figure differs when Student's t-test on the logarithms of the runs " + _JUDGED,
        "Runs that were made at different times also differ by what the machine did then; "
        "`flashcrowd check` takes builds in turns, and is surer with less.",
        _SAME,
    ),
)

SOCIETIES: Final = Terms(
    command="spread",
    one="pair of societies",
    many="pairs of societies",
    question="whether content spreads differently",
    single="One pair says nothing about how much societies differ by chance: simulate more seeds.",
    same="Content spreads alike",
    differs={CHANGED: "Content spreads differently"},
    headlines=None,
    method=(
        "The society is the sample: cascades of one society share its members and its feeds. Both sides of "
        "a pair have the same seed: the same members, follows and willingness.",
        "`matched` figures hold cascades of equal size against each other: larger ones are deeper and more "
        "viral whatever the cause (Juul & Ugander, PNAS 2021).",
        "A figure differs when Student's t-test on the log-ratios of the pairs " + _JUDGED,
        _SAME,
    ),
)
