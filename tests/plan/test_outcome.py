"""What a plan says: fans, what breaks first, what moves the answer."""

import json
import math

import numpy as np
import pytest

from flashcrowd.core.plan import about
from flashcrowd.report.plan.assumptions import Assumption, drawn
from flashcrowd.report.plan.outcome import outcome
from flashcrowd.report.plan.writers import demand_table, write_plan

from .conftest import PER_DAY, SURE, societies

DOUBLING = {"growth": {"curve": "users", "points": [["0d", "1M"], ["100d", "4M"]]}, "horizon": "100d"}


def test_range_means_what_it_says():
    """Of 10,000 futures one in ten lies below low, half below likely, one in ten above high."""
    one = Assumption("x", "", about(1.0, 3.0, 5.0))
    values = one.at(drawn(["x"], 10_000, 1)["x"])
    assert [np.mean(values < limit) for limit in (1, 3, 5)] == pytest.approx([0.1, 0.5, 0.9], abs=0.001)


def test_sure_plan_is_one_line(made):
    """Without doubt all quantiles are the same: users x demand, and no bar moves the answer."""
    plan, basis = made(**SURE, **DOUBLING)
    plan = plan.model_copy(
        update={"demand": plan.demand.model_copy(update={"daily_share": about(0.5, 0.5, 0.5)})}
    )
    found = outcome(plan, basis)
    assert found.weekly.values[:, 0] == pytest.approx([1e6] * 5)
    assert found.busiest["reads"].values[:, 0] == pytest.approx(
        [0.5e6 * PER_DAY["reads"] / 86400] * 5, rel=1e-6
    )


def test_crowd_multiplies_the_busiest_hour(made):
    """Under a flash crowd of 3 the median is three times that of an ordinary busiest hour."""
    plan, basis = made(**{**SURE, "flash_crowd": {"factor": 3}}, **DOUBLING)
    found = outcome(plan, basis)
    assert found.crowded["reads"].values == pytest.approx(3 * found.busiest["reads"].values)


def test_tornado_ranks_by_what_is_at_stake(made):
    """An assumption that is a factor of 9 between its ends moves the answer by that, and comes first."""
    growth = {**DOUBLING["growth"], "share": {"low": 0.9, "likely": 1.0, "high": 1.1}}
    sections = {**SURE, "flash_crowd": {"factor": {"low": 1, "likely": 3, "high": 9}}}
    plan, basis = made(**sections, growth=growth, horizon="100d", capacity={"requests_per_s": 100})
    first, second, *_ = outcome(plan, basis).tornado["instances"]
    assert first.name == "flash_crowd.factor"
    assert math.exp(first.swing) == pytest.approx(9)
    assert second.name == "growth.share"
    assert math.exp(second.swing) == pytest.approx(1.1 / 0.9, rel=1e-3)


def test_first_to_break_is_said_with_its_day(made):
    """Storage for ten days of posts is full on day 10, the instances last; the first stands first."""
    per_day = 216e6 / 1e9  # TB: 1 M people who come, 1 post of 216 kB each
    growth = {"curve": "users", "points": [["0d", "2M"], ["100d", "2M"]]}
    demand = {"retention_factor": 1, "daily_share": 0.5, "posts": 1, "images": 0.000001}
    sections = {**SURE, "growth": growth, "horizon": "100d", "demand": demand}
    sections |= {"bytes": {"post_kb": 216, "image_kb": 1}, "policy": {"headroom": 0}}
    sections |= {"have": {"storage_tb": 10.5 * per_day, "instances": 1e9}}
    plan, basis = made(**sections)
    first, second = outcome(plan, basis).breaks
    assert (first.resource, first.share) == ("storage_tb", 1.0)
    assert first.day == pytest.approx(10, abs=2)  # every second day is looked at
    assert (second.resource, second.share) == ("instances", 0.0)
    assert math.isnan(second.day)


def test_demand_that_cannot_be_carried_is_said(made, tmp_path):
    """Societies that disagree about how demand goes with size: page and document say so."""
    plan, basis = made(documents=societies(noise=0.4), **SURE, **DOUBLING)
    content = write_plan(outcome(plan, basis), tmp_path)
    assert content["scaling"]["troubles"]
    assert "Not all of it can be carried so far" in (tmp_path / "plan.html").read_text()


def test_plan_leaves_page_summary_document_and_table(made, tmp_path):
    """All four files; the document is what was returned; the table has every hour."""
    plan, basis = made(prices={"instance_hour": 1}, have={"instances": 2}, **DOUBLING)
    found = outcome(plan, basis)
    content = write_plan(found, tmp_path)
    assert content == json.loads((tmp_path / "plan.json").read_text())
    assert content["verdict"]["word"] == "too little"
    assert "What breaks first: instances" in (tmp_path / "summary.md").read_text()
    lines = demand_table(found).splitlines()
    assert len(lines) == 1 + 24 * 100
    assert lines[0].startswith("day,hour,sign_ups_p5,sign_ups_p25,sign_ups_p50")
