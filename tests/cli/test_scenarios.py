"""`flashcrowd scenarios`: list, check, schema."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from flashcrowd.cli.main import run
from flashcrowd.core.scenario import Scenario, bundled_scenarios
from flashcrowd.core.study import bundled_studies


def test_list_names_every_bundled_scenario_with_its_purpose(capsys: pytest.CaptureFixture[str]) -> None:
    """`flashcrowd scenarios --json` is the table of what is bundled."""
    assert run(["scenarios", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["scenarios"]
    assert [entry["name"] for entry in listed] == list(bundled_scenarios())
    assert all(entry["purpose"] for entry in listed)


def test_list_for_people_shows_names(capsys: pytest.CaptureFixture[str]) -> None:
    """Without `--json` it is a table."""
    assert run(["scenarios"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in bundled_scenarios())


def test_check_of_right_file_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A right file is called right; `--json` gives it with every default filled in."""
    file = tmp_path / "mine.yaml"
    file.write_text("seed: 5")
    assert run(["scenarios", "check", str(file)]) == 0
    assert capsys.readouterr().out.startswith("mine: right")
    assert run(["scenarios", "check", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["scenario"] == Scenario(name="mine", seed=5).resolved()


def test_check_of_wrong_file_is_its_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong file is refused like everywhere else, by file, field, found and allowed."""
    file = tmp_path / "mine.yaml"
    file.write_text("load: {members: 1}")
    assert run(["scenarios", "check", str(file)]) == 2
    assert capsys.readouterr().err == "flashcrowd: mine.yaml: load.members is 1; must be >= 2\n"


def test_check_and_list_know_studies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every bundled study is listed with its question and is right; a wrong one is refused."""
    assert run(["scenarios", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["studies"]
    assert [entry["name"] for entry in listed] == list(bundled_studies())
    for name in bundled_studies():
        assert run(["scenarios", "check", name]) == 0
        assert capsys.readouterr().out.startswith(f"{name}: right (")
    file = tmp_path / "mine.yaml"
    file.write_text("arms: {a: {}, b: {platform.ranker: best}}\noutcomes: [attention.gini]\n")
    assert run(["scenarios", "check", str(file)]) == 2
    assert "unknown ranker 'best'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("platform: {ranker: besst}", "unknown ranker 'besst'"),
        ("population: {personas: {trol: 0.1}}", "population.personas.trol is not a known persona"),
        ("platform: {ranker: 'none.py:x'}", "none.py: cannot be read: No such file"),
    ],
)
def test_check_knows_what_a_run_would_refuse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, complaint: str
) -> None:
    """Names of rankers and personas, and files of one's own, are looked up."""
    (tmp_path / "mine.yaml").write_text(text)
    assert run(["scenarios", "check", str(tmp_path / "mine.yaml")]) == 2
    assert complaint in capsys.readouterr().err


def test_schema_of_studies_takes_what_is_bundled(capsys: pytest.CaptureFixture[str]) -> None:
    """Editors accept the bundled studies, and refuse a key that is not known."""
    assert run(["scenarios", "schema", "--study"]) == 0
    printed = json.loads(capsys.readouterr().out)
    for path in bundled_studies().values():
        jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), printed)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"outcomes": ["x"], "arm": {}}, printed)


def test_quiet_check_prints_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With `--quiet` the exit code is the answer."""
    assert run(["scenarios", "check", "smoke", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_schema_describes_every_section(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The schema names every field of a scenario, printed or written to a file."""
    assert run(["scenarios", "schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert set(printed["properties"]) == set(Scenario.model_fields)
    assert run(["scenarios", "schema", "--out", str(tmp_path / "s.json")]) == 0
    assert json.loads((tmp_path / "s.json").read_text()) == printed


def test_schema_into_missing_folder_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be written is an error of storage."""
    out = tmp_path / "no" / "s.json"
    assert run(["scenarios", "schema", "--out", str(out)]) == 6
    assert capsys.readouterr().err == (
        f"flashcrowd: {out}: the schema cannot be written: No such file or directory\n"
    )
