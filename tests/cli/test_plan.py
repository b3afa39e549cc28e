"""`flashcrowd plan`: what it refuses, and a whole plan."""

import json
from pathlib import Path

import pytest

from flashcrowd.cli.main import run
from flashcrowd.core.plan import bundled_plans, load_plan

SMALL = """
horizon: 14d
growth: {curve: sign_ups, file: sign_ups.csv, share: {low: 0.5, likely: 1, high: 2}}
have: {instances: 50}
society: {scenario: smoke, members: 400, halvings: 1, seeds: 2, days: 1}
draws: 60
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with a plan and its sign-ups."""
    (tmp_path / "mine.yaml").write_text(SMALL)
    days = "".join(f"2027-01-{day:02},{100 * day}\n" for day in range(1, 11))
    (tmp_path / "sign_ups.csv").write_text("date,sign_ups\n" + days)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("horizn: 3d", "mine.yaml: horizn is not a known key; did you mean horizon?"),
        ("growth: {preset: moon}", "mine.yaml: growth.preset is 'moon'; must be one of parent_service"),
        ("growth: {curve: sign_ups}", "growth.file is ''; must name a CSV file"),
        ("policy: {spare: -1}", "mine.yaml: policy.spare is -1; must be >= 0"),
        ("flash_crowd: {factor: {low: 3, likely: 2, high: 4}}", "0 < low <= likely <= high"),
        ("retention: none", "must be hype, typical, sticky, or a section of keys: day_1, day_7, day_30"),
        ("begins: soon", "must be a date such as 2027-01-01"),
        ("capacity: {file: none.json}", "capacity.file: none.json holds no bracket of a capacity run"),
        ("society: {scenario: nowhere}", "nowhere: no such file or bundled scenario"),
    ],
)
def test_mistake_is_one_line(text, said, tmp_path, capsys):
    """File, field, what was found and what is allowed; exit code 2, and nothing is simulated."""
    (tmp_path / "mine.yaml").write_text(text)
    assert run(["plan", str(tmp_path / "mine.yaml"), "--out", str(tmp_path / "out")]) == 2
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert said in line


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("day,count\n", "sign_ups.csv: line 1 is 'day,count'; must be date,sign_ups"),
        ("date,sign_ups\n2027-01-01,many\n", "sign_ups.csv: line 2 is '2027-01-01,many'; must be like"),
        ("date,sign_ups\n2027-01-01,1\n2027-01-03,1\n", "line 3 is of 2027-01-03; must be of 2027-01-02"),
        ("date,sign_ups\n2027-01-01,1\n", "holds 1 days; must hold 7 or more"),
    ],
)
def test_wrong_table_is_one_line(table, said, folder, capsys):
    """The line of the file that is wrong is named."""
    (folder / "sign_ups.csv").write_text(table)
    assert run(["plan", str(folder / "mine.yaml"), "--out", str(folder / "out")]) == 2
    assert said in capsys.readouterr().err


def test_plan_of_own_sign_ups_goes_on_where_it_stopped(folder, capsys):
    """A whole plan as JSON; again it simulates nothing, and says the same."""
    arguments = ["plan", str(folder / "mine.yaml"), "--out", str(folder / "out"), "--json", "--quiet"]
    assert run(arguments) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["mean_per_s"]["sign_ups"]["p50"] > 0
    assert first["sized"]["instances"] > 2
    kept = sorted((folder / "out" / "societies").iterdir())
    stamps = [path.stat().st_mtime_ns for path in kept]
    assert len(kept) == 4
    assert run(arguments) == 0
    assert json.loads(capsys.readouterr().out) == first
    assert [path.stat().st_mtime_ns for path in kept] == stamps
    assert Path(first["page"]).is_file()


@pytest.mark.parametrize("name", sorted(bundled_plans()))
def test_bundled_plan_can_be_read(name):
    """Every plan that comes with Flashcrowd is one, and says what it is for."""
    plan, _ = load_plan(name)
    assert plan.purpose
