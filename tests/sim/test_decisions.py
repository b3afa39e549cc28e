"""Decisions, rankers and personas of the user's: the same in both engines, and mistakes said at once."""

import re
from pathlib import Path

import numpy as np
import pytest
import societies

from flashcrowd.cli.main import run
from flashcrowd.core.errors import ExitCode, ScenarioError
from flashcrowd.core.own import load_own
from flashcrowd.core.scenario import Scenario, load_scenario
from flashcrowd.sim import behaviour
from flashcrowd.sim.compiled import hot, inner
from flashcrowd.sim.decisions import DECISIONS, USUAL, decisions_of
from flashcrowd.sim.kernel.blame import blamed
from flashcrowd.sim.personas import persona_mix
from flashcrowd.sim.world import build_world, check_ranker

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```\w+\n# (mine\.py|own\.yaml)\n(.*?)```", README, flags=re.DOTALL))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """The README's scenario with behaviours of one's own, in a society that reacts more."""
    folder = tmp_path_factory.mktemp("own")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return load_scenario(str(folder / "own.yaml")).changed(
        **{
            "sessions.per_day": 6.0,
            "reactions.like": 0.2,
            "reactions.repost": 0.1,
            "content.posts_per_day": 3.0,
        }
    )


def test_both_engines_take_the_users_decisions_alike(own: Scenario) -> None:
    """Action for action over three hours; the members like more than with the model's own decision."""
    world = build_world(own)
    kernel = societies.lived(world, "kernel", 180)
    societies.assert_same(kernel, societies.lived(world, "agents", 180))
    usual = build_world(own.changed(decisions={}))
    fewer = societies.lived(usual, "kernel", 180)
    likes = [len(societies.of(rows["actions"], "like")["t"]) for rows in (kernel, fewer)]
    assert likes[0] > likes[1] > 0


def test_usual_scenario_is_not_touched_by_anothers_decisions(own: Scenario) -> None:
    """The functions of the model stay what they are, for everybody else in the process."""
    decisions = decisions_of(own)
    assert decisions_of(Scenario()) is USUAL
    assert decisions.behaviour.like_probability(0.1, 1.0, 1.0, 9.0) == 0.2
    assert behaviour.like_probability(0.1, 1.0, 1.0, 1.0) == pytest.approx(0.1)
    assert decisions.behaviour is not behaviour
    assert decisions.behaviour.reaction_ceiling(0.0, 0.0, 0.0, 0.0, 0.0, 0.0) > 1


def test_same_file_elsewhere_is_compiled_for_itself(tmp_path: Path) -> None:
    """Compiled code that was kept for one folder names the module of that folder."""
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    digests = {decisions_of(broken(folder, f"{HEAD}    return 0.1\n")).digest for folder in folders}
    assert len(digests) == 2


def test_persona_of_the_user_is_there_with_its_share(own: Scenario) -> None:
    """A fifth of the members are collectors, by the name of the persona; who is built in shares the rest."""
    personas, shares = persona_mix(own.population.personas, "own")
    assert (personas[-1].name, shares[-1]) == ("collector", 0.2)
    assert sum(shares) == pytest.approx(1.0)
    people = build_world(own).population
    found = np.mean(people.persona == len(personas) - 1)
    assert found == pytest.approx(0.2, abs=4 * np.sqrt(0.2 * 0.8 / people.size))


def test_every_decision_is_one_of_the_model() -> None:
    """Whatever may be replaced exists."""
    assert [name for name in DECISIONS if not callable(getattr(behaviour, name, None))] == []


def broken(folder: Path, text: str, name: str = "like_probability") -> Scenario:
    """A scenario with a decision of that source."""
    (folder / "mine.py").write_text(text)
    return Scenario(name="s").changed(decisions={name: f"{folder}/mine.py:{name}"})


HEAD = "def like_probability(rate, attended, propensity, appeal):\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f"{HEAD}    x = rate\n    return x / 0\n", "mine.py:3: like_probability(rate=0.0, attended=0.001, "),
        (f"{HEAD}    return 'often'\n", "returned 'often'; must be a finite number"),
        (f"{HEAD}    return rate * 1e9\n", "; must be 0 to 1"),
        (f"{HEAD}    return None\n", "mine.py:1: like_probability(rate=0.0"),
        (
            "def like_probability(rate):\n    return rate\n",
            "mine.py:1: like_probability must take (rate, attended",
        ),
        ("like_probability = 0.5\n", "like_probability is a float; must be a function"),
        (
            f"import json\n\n\n{HEAD}    text = json.dumps(rate)\n    return len(text) / 99\n",
            "mine.py:5: like_probability cannot be compiled: ",
        ),
    ],
)
def test_broken_decision_is_said_with_file_and_line(tmp_path: Path, text: str, complaint: str) -> None:
    """An exception, a wrong value, other parameters, what cannot be compiled: one line, at the start."""
    with pytest.raises(ScenarioError) as caught:
        build_world(broken(tmp_path, text))
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


SURPRISE = f"""{HEAD}    x = propensity - 0.3
    if x * (propensity - 0.001) * (propensity - 40.0) != 0.0:
        ERROR
    return 0.1
"""


def test_mistake_that_shows_in_the_run_is_said_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What no trial found ends the run with the line of the user's file, not with a bug of the harness."""
    broken(tmp_path, SURPRISE.replace("ERROR", "raise ValueError('odd')"))
    (tmp_path / "s.yaml").write_text(
        "population: {members: 200}\nduration: 3h\ndecisions: {like_probability: mine.py:like_probability}\n"
    )
    command = ["simulate", str(tmp_path / "s.yaml"), "--engine", "agents", "--quiet"]
    assert run([*command, "--out", str(tmp_path / "run")]) == ExitCode.USAGE
    assert capsys.readouterr().err == "flashcrowd: mine.py:4: ValueError: odd\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("    if rate > 0:\n        raise ValueError('odd')\n", r"^mine\.py:3: ValueError: odd$"),
        (
            "    half = rate / 2\n    return half / (appeal - 2)\n",
            r"^mine\.py:3: ZeroDivisionError: division by ",
        ),
        (
            "    x = appeal % (rate + 9)\n    return x / (appeal - 2)\n",
            r"^mine\.py:2, or mine\.py:3: Zero.*\(`--engine agents` says in which line\)$",
        ),
    ],
)
def test_mistake_in_compiled_code_is_said_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    """Raised or divided by 0: the line of the user's file, or the lines that it may be."""
    own = broken(tmp_path, f"{HEAD}{text}    return 0.1\n").decisions["like_probability"]
    decide = inner(load_own(own))

    def compiled(x: float) -> float:
        return float(decide(x, x, x, x))

    with pytest.raises(ScenarioError, match=complaint), blamed([own]):
        hot(compiled)(2.0)


def test_mistake_without_behaviours_of_ones_own_is_nobodys() -> None:
    """What our compiled code raises stays a bug of the harness."""
    with pytest.raises(ZeroDivisionError), blamed([]):
        1 // 0  # noqa: B018


def test_ranker_of_the_user_is_given_luck_in_both_engines(tmp_path: Path) -> None:
    """A ranker that orders by luck alone: action for action over two hours."""
    (tmp_path / "mine.py").write_text(
        "def lottery(age_s, likes, reposts, replies, interest, luck):\n    return luck\n"
    )
    world = build_world(societies.busy(**{"platform.ranker": f"{tmp_path}/mine.py:lottery"}))
    societies.assert_same(societies.lived(world, "kernel", 120), societies.lived(world, "agents", 120))


def test_ranker_that_fails_in_the_run_ends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A ranker switched to in mid-run, found beside the scenario's file, that no trial found wrong."""
    (tmp_path / "mine.py").write_text(
        "def odd(age_s, likes, reposts, replies, interest, luck):\n    return 1 / (int(luck * 16) - 9)\n"
    )
    (tmp_path / "s.yaml").write_text(
        "population: {members: 600}\nduration: 2h\nevents: [{kind: switch, at: 1h, ranker: mine.py:odd}]\n"
    )
    command = ["simulate", str(tmp_path / "s.yaml"), "--quiet", "--out", str(tmp_path / "run")]
    assert run(command) == ExitCode.USAGE
    assert capsys.readouterr().err == "flashcrowd: mine.py:2: ZeroDivisionError: division by zero\n"


def test_decision_that_says_yes_or_no_must_say_so(tmp_path: Path) -> None:
    """A number is no yes."""
    text = "def wants_image(key, ai_share):\n    return ai_share\n"
    with pytest.raises(ScenarioError, match=r"mine.py:1: wants_image.* must be True or False"):
        decisions_of(broken(tmp_path, text, "wants_image"))


def test_unknown_decision_is_said_with_the_nearest() -> None:
    """And what does not name a file is refused."""
    with pytest.raises(ScenarioError, match=r"decisions\.like is not a known decision"):
        decisions_of(Scenario().changed(decisions={"like": "mine.py:like"}))
    with pytest.raises(ScenarioError, match=r"must name a function of a file, as mine\.py:match"):
        decisions_of(Scenario().changed(decisions={"match": "interest"}))


def test_broken_ranker_is_said_with_file_and_line(tmp_path: Path) -> None:
    """A ranker is tried as decisions are."""
    (tmp_path / "mine.py").write_text(
        "def best(age_s, likes, reposts, replies, interest, luck):\n    return likes / reposts\n"
    )
    with pytest.raises(ScenarioError, match=r"mine.py:2: score\(age_s=.* raised ZeroDivisionError"):
        check_ranker(f"{tmp_path}/mine.py:best")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x = 1\n", "mine.py: x is a int; must be a Persona"),
        ("x = Persona('bot', share=0.1)\n", "x is called 'bot', as a built-in persona is"),
        ("x = Persona('fan', share=0.1, like=-1.0)\n", "x.like is -1.0; must be >= 0"),
    ],
)
def test_broken_persona_is_said_with_its_file(tmp_path: Path, text: str, complaint: str) -> None:
    """What is no persona, has a name that is taken, or a number that cannot be."""
    (tmp_path / "mine.py").write_text(f"from flashcrowd.sim.personas import Persona\n\n{text}")
    with pytest.raises(ScenarioError) as caught:
        persona_mix({f"{tmp_path}/mine.py:x": 0.1}, "s")
    assert complaint in str(caught.value)
