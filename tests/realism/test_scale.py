"""What drifts with the size of the population."""

import math

import pytest

from flashcrowd.core.errors import UsageError
from flashcrowd.report.realism.fact import Band, Fact, Figure, Part, Reading
from flashcrowd.report.realism.plan import Plan
from flashcrowd.report.realism.runs import SeedResult
from flashcrowd.report.realism.scale import Scale, parsed_sizes, scale_document
from flashcrowd.report.realism.study import Study, study_of

FACT = Fact(
    "made", "made up", "gate", "cascades", "", "", "", "M", (Part("x", "x", bands=(Band(1.0, 2.0),)),),
    lambda seen: Reading(),
)  # fmt: skip


def _study(members: int, *values: float) -> Study:
    results = [
        SeedResult("default", seed, {"society": {"made": Reading({"x": Figure(value, 10)})}}, 1.0)
        for seed, value in enumerate(values, 1)
    ]
    return study_of((FACT,), Plan(members, tuple(range(1, len(values) + 1)), 1.0), results, 1.0)


def test_change_is_of_the_largest_over_the_smallest_population() -> None:
    """1.2 at 100 and 1.5 at 400 members is a change of a quarter, whatever lies between."""
    (row,) = Scale((_study(100, 1.2), _study(200, 7.0), _study(400, 1.5))).rows
    assert row.change == pytest.approx(0.25)
    assert row.verdict == "outside"


def test_figure_drifts_when_its_intervals_are_apart() -> None:
    """Means 0.3 apart: with a spread of 0.01 over three seeds they drift, with one of 0.4 they need not."""
    close = Scale((_study(100, 1.19, 1.2, 1.21), _study(400, 1.49, 1.5, 1.51))).rows[0]
    wide = Scale((_study(100, 0.8, 1.2, 1.6), _study(400, 1.1, 1.5, 1.9))).rows[0]
    assert (close.drifts, wide.drifts) == (True, False)


def test_one_seed_shows_a_change_and_no_drift() -> None:
    """Without intervals nothing is said to drift; without a value there is no change."""
    assert not Scale((_study(100, 1.0), _study(400, 2.0))).rows[0].drifts
    assert math.isnan(Scale((_study(100, math.nan), _study(400, 2.0))).rows[0].change)


def test_verdict_names_the_size_at_which_a_gate_is_missed() -> None:
    """Inside at 100 members, outside at 400: the sizes together miss, and say where."""
    scale = Scale((_study(100, 1.5, 1.5), _study(400, 2.5, 2.5)))
    assert scale.verdict.exit_code == 1
    assert [reason.partition(":")[0] for reason in scale.verdict.reasons] == ["400"]
    assert not Scale((_study(100, 1.5, 1.5), _study(400, 1.5, 1.5))).verdict.exit_code


def test_document_holds_every_study_and_the_drift() -> None:
    """Values in the order of the sizes, and both studies whole."""
    document = scale_document(Scale((_study(100, 1.0), _study(400, 1.5))))
    assert document["drift"] == [{"part": "made.x", "values": [1.0, 1.5], "change": 0.5, "drifts": False}]
    assert [study["plan"]["members"] for study in document["studies"]] == [100, 400]


@pytest.mark.parametrize("text", ["1000", "1000,1000", "50,100", "many,100", ""])
def test_sizes_must_be_two_populations(text: str) -> None:
    """One size has nothing to drift from; too small or no number is refused."""
    with pytest.raises(UsageError, match="must be two or more"):
        parsed_sizes(text)
