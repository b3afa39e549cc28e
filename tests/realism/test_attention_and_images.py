"""Concentration of attention and of images, by hand."""

import math

import numpy as np
import pytest
from observed import observed, post, repost, rows

from flashcrowd.report.realism.measures.attention import author_attention, impression_gini
from flashcrowd.report.realism.measures.images import ai_concentration, generation_blocks, generation_latency


def test_author_attention_is_over_authors_with_and_without_reposts() -> None:
    """Ten authors, one of them with all four reposts: top tenth 1, Gini 0.9."""
    lines = [post(1.0, member, member) for member in range(10)]
    lines += [repost(2.0, 11, 3, 3, 3) for _ in range(4)]
    figures = author_attention(observed(rows(*lines), members=20)).figures
    assert figures["top"].value == 1.0
    assert figures["gini"].value == pytest.approx(0.9)


def test_author_attention_without_reposts_is_unknown() -> None:
    """Nothing to share out."""
    assert math.isnan(author_attention(observed(rows(post(1.0, 0, 0)))).figures["gini"].value)


def test_impression_gini_counts_posts_that_nobody_saw() -> None:
    """Four posts, all views on one: Gini 3/4."""
    shown = {"t": np.full(8, 5.0), "member": np.zeros(8, np.int64), "position": np.zeros(8, np.int64),
             "root": np.full(8, 2)}  # fmt: skip
    seen = observed(rows(*(post(1.0, 0, number) for number in range(4))), exposures=shown)
    assert impression_gini(seen).figures["gini"].value == pytest.approx(0.75)


def test_ai_concentration_is_over_authors_of_images() -> None:
    """Ten members post an image each, one of them nine more; posts without images do not count."""
    lines = [post(1.0, member, member, ai=True) for member in range(10)]
    lines += [post(2.0, 0, 10 + number, ai=True) for number in range(9)]
    lines += [post(2.0, 15, 19 + number) for number in range(50)]
    assert ai_concentration(observed(rows(*lines), members=20)).figures["share"].value == pytest.approx(
        10 / 19
    )


def test_generation_latency_is_from_asking_to_the_post() -> None:
    """Two images, there after 10 and 40 s, of one member each; a blocked prompt has no latency."""
    asked = {"action": "generate", "ai": True}
    lines = [
        {**asked, "t": 0.0, "member": 1}, {**asked, "t": 0.0, "member": 2},
        {**asked, "t": 5.0, "member": 1, "outcome": "blocked"},
        post(10.0, 1, 3, ai=True), post(40.0, 2, 4, ai=True),
    ]  # fmt: skip
    seen = observed(rows(*lines))
    figures = generation_latency(seen).figures
    assert figures["median"].value == 25.0
    assert figures["sigma"].value == pytest.approx(math.log(40 / 10) / 2)
    assert generation_blocks(seen).figures["share"].value == pytest.approx(1 / 3)
