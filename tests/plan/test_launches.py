"""The arithmetic of known launches, as a plan makes it."""

import numpy as np
import pytest

from flashcrowd.core.clock import DAY
from flashcrowd.core.launches import LAUNCHES
from flashcrowd.core.plan import bundled_plans
from flashcrowd.report.plan.curves import read_sign_ups
from flashcrowd.report.plan.futures import Model

from .conftest import SURE


def likely(made, **sections):
    """The one future in which everything is likely."""
    plan, basis = made(**sections)
    return Model(plan, basis).futures({}, 1)


def test_image_craze_makes_1157_images_a_second(made):
    """700 million images in a week are 1,157 a second on average."""
    seen = likely(made, growth={"preset": "image_craze"})
    assert seen.rates["images"].mean() == pytest.approx(1157, abs=0.5)
    assert seen.rates["images"].sum() * DAY == pytest.approx(700e6)


def test_fifty_reads_a_post_are_300000_a_second(made):
    """6,000 posts a second, read 50 times each, are 300,000 timeline reads a second."""
    seen = likely(made, growth={"preset": "timeline_reads"})
    assert seen.rates["posts"][0, 0] == pytest.approx(6000)
    assert seen.rates["reads"][0, 0] == pytest.approx(300_000)


def test_threads_signs_up_347_a_second_on_its_first_day(made):
    """30 million sign-ups on day 1 are 347 a second."""
    sign_ups = read_sign_ups(next(iter(bundled_plans().values())).parent / "threads.csv")
    seen = likely(made, sign_ups=sign_ups, growth={"preset": "threads"})
    assert seen.rates["sign_ups"][0, 0] == pytest.approx(347, abs=0.5)


def test_surge_of_a_million_a_day_is_11_6_a_second(made):
    """A million sign-ups a day are 11.6 a second."""
    sign_ups = read_sign_ups(next(iter(bundled_plans().values())).parent / "surge.csv")
    seen = likely(made, sign_ups=sign_ups, growth={"preset": "surge"})
    assert seen.rates["sign_ups"][0] == pytest.approx(np.full(7, 11.574), abs=0.001)


def test_parent_service_grows_from_50_to_400_million(made):
    """Weekly users at both ends as published; in proportion between, hence 141 million half way."""
    seen = likely(made, growth={"preset": "parent_service"})
    weekly = seen.users.weekly[0]
    assert weekly[[0, -1]] == pytest.approx([50e6, 400e6], rel=0.003)
    assert weekly[380] == pytest.approx((50e6 * 400e6) ** 0.5, rel=0.003)
    assert (seen.users.sign_ups > 0).all(axis=1)[0] or seen.users.sign_ups[0, 0] == 0


@pytest.mark.parametrize("name", LAUNCHES)
def test_every_launch_is_a_plan(made, name):
    """Each preset can be planned with nothing else given."""
    days = np.full(7, 1e6) if LAUNCHES[name]["growth"]["curve"] == "sign_ups" else None
    seen = likely(
        made, sign_ups=days, growth={"preset": name}, **{k: v for k, v in SURE.items() if k != "demand"}
    )
    assert np.isfinite(seen.rates["requests"]).all()
