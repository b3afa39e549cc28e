"""The table of personas: every entry holds what the model needs, and shares are shared out to the last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.core.errors import ScenarioError
from flashcrowd.sim.personas import PERSONAS, Persona, persona_mix

NAMES = PERSONAS.names()
MULTIPLIERS = ("activity", "posting", "repost", "like", "reply", "follow", "ai", "fitness")


def mixed(shares: dict[str, float]) -> dict[str, float]:
    personas, mix = persona_mix(shares, "test.yaml")
    return {persona.name: share for persona, share in zip(personas, mix, strict=True)}


def test_shares_of_built_in_personas_add_up_to_one() -> None:
    """Without overrides each has the share that its file names."""
    mix = mixed({})
    assert sum(mix.values()) == pytest.approx(1.0, abs=1e-9)
    assert mix == pytest.approx({name: PERSONAS.get(name).share for name in PERSONAS.table})


@pytest.mark.parametrize("name", NAMES)
def test_persona_is_what_the_table_says(name: str) -> None:
    """It bears its name in the table, and no multiplier is negative."""
    persona = PERSONAS.get(name)
    assert isinstance(persona, Persona)
    assert persona.name == name
    assert 0.0 <= persona.share <= 1.0
    assert all(getattr(persona, field) >= 0.0 for field in MULTIPLIERS)
    assert persona.fitness > 0.0


def test_casual_member_is_the_measure_of_all_others() -> None:
    """Every multiplier of the everyday member is 1."""
    assert {getattr(PERSONAS.get("casual"), field) for field in MULTIPLIERS} == {1.0}


def test_override_leaves_the_proportions_of_the_others() -> None:
    """Half bots: all others halve nearly, each by the same factor."""
    before, after = mixed({}), mixed({"bot": 0.5})
    assert after["bot"] == 0.5
    factors = {after[name] / before[name] for name in NAMES if name != "bot" and before[name]}
    assert max(factors) == pytest.approx(min(factors))


@given(st.dictionaries(st.sampled_from(NAMES), st.floats(min_value=0.0, max_value=1.0), max_size=8))
def test_shares_add_up_to_one_whatever_is_overridden(weights: dict[str, float]) -> None:
    """As long as one persona is not named, it takes what is left."""
    total = max(1.0, sum(weights.values()))
    shares = {name: weight / total for name, weight in weights.items()}
    mix = mixed(shares)
    assert sum(mix.values()) == pytest.approx(1.0)
    assert {name: mix[name] for name in shares} == shares
    assert min(mix.values()) >= 0.0


def test_all_personas_can_be_named() -> None:
    """If their shares add up to 1, to rounding."""
    assert mixed(dict.fromkeys(NAMES, 1 / len(NAMES))) == dict.fromkeys(NAMES, 1 / len(NAMES))


def test_unknown_persona_is_told_with_the_nearest() -> None:
    """The error names file, field and what is known."""
    with pytest.raises(ScenarioError, match=r"test\.yaml: population\.personas\.lurkers .*mean lurker\?"):
        persona_mix({"lurkers": 0.5}, "test.yaml")


def test_shares_above_one_are_refused() -> None:
    """The error names the sum."""
    with pytest.raises(ScenarioError, match=r"personas add up to 1\.2; must be at most 1"):
        persona_mix({"bot": 0.7, "troll": 0.5}, "test.yaml")


@pytest.mark.parametrize("share", [0.0, 0.05])
def test_shares_below_one_of_all_personas_are_refused(share: float) -> None:
    """When every persona is named nobody is left to take the rest."""
    found = rf"personas add up to {share * len(NAMES):g}; must add up to 1 when all are named"
    with pytest.raises(ScenarioError, match=found):
        persona_mix(dict.fromkeys(NAMES, share), "test.yaml")
