"""Compiled code: it computes what plain Python computes, and never comes from the cache of other sources."""

import ast
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from draws_of import keys

from flashcrowd.core import draws
from flashcrowd.core.clock import hour_of_day
from flashcrowd.sim import (
    agenda,
    behaviour,
    calendar,
    compiled,
    content,
    discovery,
    generation,
    notify,
    permutation,
    session,
)
from flashcrowd.sim.compiled import SHARED, cache_dir, compiled_key, entry, sources_digest

SOURCES = Path(compiled.__file__).parents[1]


def everything(key: Any, x: float, n: int) -> Any:
    """What every shared function that decides makes of a key, a number in 1..2 and a count."""
    traits = content.item_traits(key, x)
    fresh = content.freshness(60.0 * n, traits.shelf_life_s, traits.evergreen)
    attended = behaviour.attention(
        n, behaviour.divided_attention(n), behaviour.match(behaviour.interest(n % 20, 3, 7, 11, 20)), x
    )
    chance = behaviour.repost_probability(
        0.01, attended, x, traits.appeal, fresh, n % 2 == 0, traits.transfer, n
    )
    like = behaviour.like_probability(0.01, attended, x, traits.raw_appeal)
    reply = behaviour.reply_probability(0.01, attended, x, traits.raw_appeal)
    ceiling = behaviour.reaction_ceiling(
        attended, 0.01 * x, traits.appeal, traits.transfer, 0.02 * x, behaviour.allure(traits.raw_appeal)
    )
    page = session.page_key(key, n)
    free_at = np.zeros(3)
    generation.occupy(free_at, 60.0 * x)
    return (
        *(draws.uniform(key), draws.normal(key), draws.exponential(key), draws.poisson(key, 3.0 * x)),
        *(draws.inverse_gaussian(key, 540.0 * x, 1620.0), draws.fold(key, n), draws.root_key(n, n)),
        *(hour_of_day(3600.0 * n * x, -5.0), free_at[0], generation.begin_of_work(free_at, x)),
        *(traits.raw_appeal, traits.appeal, traits.shelf_life_s, traits.evergreen, traits.transfer, fresh),
        *(ceiling, attended, chance, like, reply, behaviour.reaction(key, chance, like, reply, like)),
        *(behaviour.quote_probability(0.01, attended, x, traits.raw_appeal), behaviour.social_proof(0.3, n)),
        *(behaviour.may_object(x - 1.0, 0.02, 0.1), behaviour.reports(x - 1.0, 0.02, 7.0)),
        discovery.trend_visited(key),
        behaviour.unfollows(x - 1.0, 0.02, 0.3, 0.5),
        behaviour.is_urged(key, 0.4),
        *(behaviour.follows_author(key, 0.3, x), behaviour.topic_of_interest(key, 3, 7, 11, 20)),
        *(behaviour.posts(key, behaviour.post_probability(0.1, x)), behaviour.wants_image(key, 0.4)),
        *(behaviour.prompt_is_blocked(key, 0.4), behaviour.generation_time(key, 12.0, 0.6, 120.0)),
        *(behaviour.generation_patience(key, 60.0), calendar.arrivals(key, n, n, 0.4 * x)),
        *(calendar.arrival_time(key, n, n, 1), calendar.slice_mean(x, calendar.slice_profile(n, 1.0))),
        *(session.session_key(key, n, 1234.5 * x), session.time_budget(key, 540.0), session.pace(key)),
        *(session.posting_mood(key), session.engaging_mood(key), session.reads_notifications(key)),
        session.posting_mood_share(x),
        *(
            session.page_read(page, n, n % 3 == 0, 0.3, n % 5 == 0),
            agenda.event_of(-n),
            session.items_examined(page, 3.5 * x),
        ),
        *(session.think_time(page, 55.0), session.returns_soon(key, 0.4), session.return_gap(key)),
        *(discovery.cell_visited(key, n, 40), discovery.entry_visited(key, 48)),
        *(discovery.takes_entry(key, 600.0 * x), discovery.like_enters(key)),
        *(notify.pushes(key, 100 * n, 0.1), notify.follower_pushed(key, n + 1), notify.push_delay(key)),
        *(permutation.permuted(key, n, 37, 7), permutation.permuted_back(key, n, 37, 7)),
        *(notify.comes(key, 12.0 * x, 0.7), notify.visit_budget(540.0, n % 2 == 0)),
    )


def test_compiled_functions_equal_the_plain_ones() -> None:
    """Bit for bit, on 500 keys: all that members decide, in one compiled function."""
    fast = entry(everything)
    for number, key in enumerate(keys(500)):
        x, n = 1.0 + number / 500, number % 37
        assert fast(np.uint64(key), x, n) == everything(key, x, n), number


def test_compiled_key_is_the_plain_one() -> None:
    """In the one type that compiled code takes."""
    key = compiled_key(2**63 - 1, 5)
    assert isinstance(key, np.uint64)
    assert int(key) == draws.root_key(2**63 - 1, 5)


def test_shared_functions_stay_plain() -> None:
    """The readable engine and live sessions call them; none was replaced by a compiled one."""
    for module in SHARED:
        functions = [value for value in vars(module).values() if callable(value)]
        assert not any(isinstance(function, numba.core.dispatcher.Dispatcher) for function in functions)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the sources that may be changed."""
    for layer in ("core", "sim"):
        shutil.copytree(SOURCES / layer, tmp_path / layer, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_digest_of_equal_sources_is_equal(copied: Path) -> None:
    """Wherever they lie."""
    assert sources_digest(copied) == sources_digest() == sources_digest(SOURCES)


@pytest.mark.parametrize(
    "source",
    [
        *("core/draws.py", "core/clock.py", "core/events.py", "sim/behaviour.py", "sim/platform.py"),
        *("sim/kernel/visits.py", "sim/rankers/engagement.py"),
    ],
)
def test_digest_changes_with_a_source(copied: Path, source: str) -> None:
    """Also with those of which compiled code only took a constant, such as the length of a tick."""
    with (copied / source).open("a") as file:
        file.write("# changed\n")
    assert sources_digest(copied) != sources_digest()


def test_digest_changes_with_a_new_source(copied: Path) -> None:
    """Or with one that is gone, or has another name."""
    before = sources_digest(copied)
    (copied / "sim" / "gossip.py").write_text("")
    added = sources_digest(copied)
    (copied / "sim" / "gossip.py").rename(copied / "sim" / "rumour.py")
    assert len({before, added, sources_digest(copied)}) == 3


def core_of(tree: ast.AST) -> set[str]:
    """The modules of the core that a source imports from."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    whole = {alias.name for node in imports if node.module == "flashcrowd.core" for alias in node.names}
    parts = {node.module for node in imports if node.module.startswith("flashcrowd.core.")}
    return whole | {part.removeprefix("flashcrowd.core.") for part in parts}


def test_compiled_modules_take_from_the_core_what_is_in_the_digest() -> None:
    """A constant of another module would live on in the cache; of `scenario` they use the types only."""
    shared = {Path(str(module.__file__)) for module in SHARED}
    for path in (SOURCES / "sim").rglob("*.py"):
        text = path.read_text()
        if path in shared or "flashcrowd.sim.compiled import" in text:
            taken = {f"{name}.py" for name in core_of(ast.parse(text))}
            assert taken - {"scenario.py"} <= set(compiled.CORE), path


def test_cache_lies_where_the_user_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`$FLASHCROWD_CACHE` before the user's cache directory, which is before `~/.cache`; made if missing."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("FLASHCROWD_CACHE", raising=False)
    assert cache_dir().is_relative_to(tmp_path / "home" / ".cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_dir().is_relative_to(tmp_path / "xdg")
    monkeypatch.setenv("FLASHCROWD_CACHE", str(tmp_path / "ours"))
    assert cache_dir().is_relative_to(tmp_path / "ours")
    assert cache_dir().name == sources_digest()
    assert cache_dir().is_dir()


def test_cache_that_cannot_be_made_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in its place: compiled code goes to a temporary directory, and the run goes on."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FLASHCROWD_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert_is_temporary(cache_dir(), tmp_path)


def test_cache_of_a_user_without_home_is_temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some containers run under a number that has no home directory."""

    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("FLASHCROWD_CACHE", raising=False)
    monkeypatch.setattr(Path, "home", staticmethod(no_home))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert_is_temporary(cache_dir(), tmp_path)


def assert_is_temporary(path: Path, parent: Path) -> None:
    assert path.parent == parent
    assert path.is_dir()
    assert os.access(path, os.W_OK)
