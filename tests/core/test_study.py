"""Study files: arms, grids, and mistakes said in one line."""

from pathlib import Path

import pytest

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.study import bundled_studies, load_study

GRID = """
question: What for?
change: {population.members: 300}
grid:
  platform.ranker: [random, engagement]
  content.ai_share: [0.1, 0.5]
outcomes: [attention.gini]
"""


def written(folder: Path, text: str) -> str:
    """A study file with that text."""
    path = folder / "mine.yaml"
    path.write_text(text)
    return str(path)


def test_grid_has_an_arm_for_every_combination(tmp_path: Path) -> None:
    """Every arm has the common changes and its own; the first combination is the control."""
    plan = load_study(written(tmp_path, GRID))
    assert list(plan.arms) == [
        f"ranker={ranker}, ai_share={share}" for ranker in ("random", "engagement") for share in (0.1, 0.5)
    ]
    last = plan.arms["ranker=engagement, ai_share=0.5"]
    assert (last.platform.ranker, last.content.ai_share, last.population.members) == ("engagement", 0.5, 300)
    assert plan.study.answering == "ranker=engagement, ai_share=0.5"


def test_named_arms_change_nested_and_keyed_fields(tmp_path: Path) -> None:
    """An arm may change nothing, one share of a mapping, or several fields; the control comes first."""
    plan = load_study(
        written(
            tmp_path,
            "arms: {bots: {population.personas.bot: 0.2}, plain: {}}\n"
            "control: plain\noutcomes: [attention.gini]\n",
        )
    )
    assert list(plan.arms) == ["plain", "bots"]
    assert plan.arms["bots"].population.personas == {"bot": 0.2}


def test_scenario_lies_beside_the_study(tmp_path: Path) -> None:
    """A study may change a scenario of one's own; the command line changes all arms last."""
    (tmp_path / "own.yaml").write_text("population: {members: 700}\ncontent: {topics: 3}\n")
    text = "scenario: own.yaml\narms: {a: {}, b: {content.topics: 4}}\noutcomes: [attention.gini]\n"
    plan = load_study(written(tmp_path, text), {"population.members": 50, "duration": None})
    assert [one.content.topics for one in plan.arms.values()] == [3, 4]
    assert {one.population.members for one in plan.arms.values()} == {50}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("arm: {}\n", "mine.yaml: outcomes is missing; arm is not a known key; did you mean arms?"),
        ("arms: {a: {}, b: {}}\n", "mine.yaml: outcomes is missing"),
        ("outcomes: [x]\n", "mine.yaml: a study needs either arms or grid"),
        ("arms: {a: {}}\noutcomes: [x]\n", "the study has 1 arms; must be 2 to 100"),
        ("arms: {a: {}, b: {}}\ncontrol: c\noutcomes: [x]\n", "control is 'c'; must be an arm; known: a, b"),
        ("grid: {seed: []}\noutcomes: [x]\n", "grid.seed is empty"),
        (
            "arms: {a: {}, b: {platform.rankr: random}}\noutcomes: [x]\n",
            "mine.yaml: arms (b): platform.rankr is not a known key; did you mean ranker?",
        ),
        (
            "arms: {a: {}, b: {content.ai_share: 2}}\noutcomes: [x]\n",
            "mine.yaml: arms (b): content.ai_share is 2; must be <= 1",
        ),
        (
            "change: {content.ai_share.x: 2}\narms: {a: {}, b: {}}\noutcomes: [x]\n",
            "mine.yaml: change: content.ai_share has no field x",
        ),
        ("seeds: 1\narms: {a: {}, b: {}}\noutcomes: [x]\n", "mine.yaml: seeds is 1; must be >= 2"),
        ("scenario: nowhere\narms: {a: {}, b: {}}\noutcomes: [x]\n", "nowhere: no such file or bundled"),
        ("arms: {a: {}, a: {}}\n", "mine.yaml: line 1, column 15: not YAML: a stands twice"),
    ],
)
def test_mistake_is_said_in_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    """File, field, what was found and what is allowed."""
    with pytest.raises(ScenarioError) as caught:
        load_study(written(tmp_path, text))
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_study_is_said_with_those_there_are() -> None:
    """Neither a file nor bundled."""
    with pytest.raises(ScenarioError, match="no such file or bundled study"):
        load_study("nothing")


@pytest.mark.parametrize("name", bundled_studies())
def test_bundled_study_says_what_for_and_has_twenty_seeds(name: str) -> None:
    """Its file begins with purpose and sources, and asks a question; a claim needs 20 seeds."""
    lines = bundled_studies()[name].read_text(encoding="utf-8")
    plan = load_study(name)
    assert lines.startswith("# Purpose: ")
    assert "# Sources: " in lines
    assert plan.study.question.endswith("?")
    assert plan.study.seeds == 20
    assert {one.population.members for one in plan.arms.values()} == {100_000}
