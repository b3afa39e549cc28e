"""`flashcrowd scenarios prove`: the table, its claims, and that every bundled scenario has a proof."""

import json
import math

import numpy as np
import pytest

from flashcrowd.cli.main import run
from flashcrowd.cli.proofs import PROOFS, proof_of
from flashcrowd.cli.proofs.claim import Claim, over
from flashcrowd.cli.proofs.observed import changed
from flashcrowd.core.scenario import bundled_scenarios, load_scenario
from flashcrowd.sim.model import SocialModel

PLAIN = {"smoke", "launch_day"}
"""Scenarios that show nothing in particular."""


def test_every_scenario_of_the_library_has_a_proof() -> None:
    """The table and the folder name the same, and each arm is a scenario that is right."""
    assert set(PROOFS) | PLAIN == set(bundled_scenarios())
    for name in PROOFS:
        scenario = load_scenario(name)
        for changes in proof_of(name).arms.values():
            assert changed(scenario, changes) != scenario


@pytest.mark.parametrize("name", PROOFS)
def test_scenario_runs_small(name: str) -> None:
    """Half an hour of 200 members, beginning with the first day."""
    model = SocialModel(load_scenario(name).changed(**{"population.members": 200}))
    for _ in range(30):
        model.step()
    assert model.engine.rows >= 0


def test_scenario_says_its_sources_on_top() -> None:
    """Purpose and sources stand in the first lines of every file."""
    for name, path in bundled_scenarios().items():
        top = path.read_text(encoding="utf-8")
        assert top.startswith("# Purpose: "), name
        assert name in PLAIN or "# Sources: " in top, name


def test_proof_is_a_table_of_claims(capsys: pytest.CaptureFixture[str]) -> None:
    """An outage in a small world: every claim has a figure, a goal, and whether it is met."""
    code = run(["scenarios", "prove", "outage_return", "--members", "1500", "--json", "--quiet"])
    claims = json.loads(capsys.readouterr().out)["scenarios"]["outage_return"]
    assert [claim["met"] for claim in claims[:4]] == [True] * 4
    assert {claim["basis"] for claim in claims} == {"purpose", "settings"}
    assert all(claim["why"] for claim in claims if claim["basis"] != "purpose")
    assert code == (0 if all(claim["met"] for claim in claims) else 1)


def test_unknown_scenario_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A name without a proof is refused, with the nearest one."""
    assert run(["scenarios", "prove", "outage_retrun"]) == 2
    assert "did you mean outage_return" in capsys.readouterr().err


def test_claim_is_met_within_its_goal() -> None:
    """Bounds belong to the goal; what is not known does not meet it."""
    assert Claim("", 2.0, "x", 2.0).met
    assert not Claim("", 1.9, "x", 2.0).met
    assert not Claim("", math.nan, "x", 0.0).met
    assert math.isnan(over(1, 0))
    assert over(np.int64(1), 2) == 0.5


def test_changes_of_one_event_leave_the_others() -> None:
    """`events.N.field` replaces one field of one event."""
    scenario = load_scenario("market_rumour")
    arm = changed(scenario, {"events.0.delay": 5.0})
    assert arm.events[0].delay == 5.0
    assert arm.events[1:] == scenario.events[1:]
