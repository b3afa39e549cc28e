"""Files of the user's: found, run once, and what is wrong said with file and line."""

from pathlib import Path

import pytest

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.own import anchored, digest_of, load_own
from flashcrowd.core.registry import Registry
from flashcrowd.core.scenario import load_scenario


def test_file_is_found_beside_the_scenario(tmp_path: Path) -> None:
    """Whatever the working directory, a scenario names its file by the whole path, and registries load it."""
    (tmp_path / "mine.py").write_text("answer = 42\n")
    (tmp_path / "own.yaml").write_text(
        "platform: {ranker: mine.py:answer}\npopulation: {personas: {mine.py:x: 0.1}}\n"
        "decisions: {match: mine.py:y}\nevents: [{kind: switch, at: 1h, ranker: mine.py:z}]\n"
    )
    scenario = load_scenario(str(tmp_path / "own.yaml"))
    whole = f"{(tmp_path / 'mine.py').resolve()}"
    assert scenario.own() == [f"{whole}:answer", f"{whole}:x", f"{whole}:y", f"{whole}:z"]
    assert Registry("rankers", {}).get(scenario.platform.ranker) == 42
    assert anchored("chronological", tmp_path) == "chronological"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x = (1\n", "mine.py:1: not Python: '(' was never closed"),
        ("a = 1\nb = 1 / 0\n", "mine.py:2: ZeroDivisionError: division by zero"),
        ("\nimport nothing_of_that_name\n", "mine.py:2: ModuleNotFoundError: No module named"),
        ("wanting = 1\n", "mine.py: defines no wanted; did you mean wanting?"),
    ],
)
def test_broken_file_is_said_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    """What Python says of it, in one line."""
    (tmp_path / "mine.py").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load_own(f"{tmp_path / 'mine.py'}:wanted")
    assert complaint in str(caught.value)


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The whole path is said."""
    with pytest.raises(ScenarioError, match=r"none\.py: cannot be read: No such file"):
        load_own(f"{tmp_path}/none.py:x")


def test_digest_hangs_on_what_the_files_say(tmp_path: Path) -> None:
    """Another text is another digest; other names from the same file are not."""
    (tmp_path / "mine.py").write_text("a = 1\n")
    first = digest_of([f"{tmp_path}/mine.py:a"])
    assert digest_of([f"{tmp_path}/mine.py:b"]) == first
    (tmp_path / "mine.py").write_text("a = 2\n")
    assert digest_of([f"{tmp_path}/mine.py:a"]) != first
