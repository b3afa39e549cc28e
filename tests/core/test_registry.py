"""Tables of named things and what third parties add to them."""

from pathlib import Path

import pytest

from flashcrowd.core.errors import UsageError
from flashcrowd.core.registry import Registry, nearest

TABLE = {"square": "math:sqrt", "power": "math:pow"}


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed distribution that adds `cube` and another `square` to the group `flashcrowd.toys`."""
    info = tmp_path / "toybox-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toybox\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[flashcrowd.toys]\ncube = math:cbrt\nsquare = math:exp\n")
    monkeypatch.syspath_prepend(str(tmp_path))


def test_name_in_table_gives_the_object() -> None:
    """A name is imported when asked for."""
    assert Registry("toys", TABLE).get("square")(9.0) == 3.0


@pytest.mark.usefixtures("plugin")
def test_entry_point_adds_a_name_after_ours() -> None:
    """A third party's name is listed and found like ours."""
    toys = Registry("toys", TABLE)
    assert toys.names() == ["square", "power", "cube"]
    assert toys.get("cube").__name__ == "cbrt"


@pytest.mark.usefixtures("plugin")
def test_entry_point_never_replaces_ours() -> None:
    """A third party cannot change what a name of ours means."""
    assert Registry("toys", TABLE).get("square").__name__ == "sqrt"


def test_unknown_name_is_refused_with_the_known_and_the_nearest() -> None:
    """The error says what was asked, what there is and what was probably meant."""
    with pytest.raises(
        UsageError, match=r"^unknown toy 'squre'; known: square, power; did you mean square\?$"
    ):
        Registry("toys", TABLE).get("squre")


def test_word_unlike_all_others_gets_no_suggestion() -> None:
    """A wild guess helps nobody."""
    assert nearest("zzz", list(TABLE)) == ""
