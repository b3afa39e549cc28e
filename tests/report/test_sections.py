"""Every section on every kind of run: a finding in words, charts that compile, no "nan" anywhere."""

from collections.abc import Iterator
from pathlib import Path

import made_runs
import numpy as np
import pytest
import vl_convert

from flashcrowd.core.runlog import RunWriter
from flashcrowd.core.scenario import Scenario
from flashcrowd.report.analysis import Analysis
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics import heat
from flashcrowd.report.run import load_run
from flashcrowd.report.section import Cell, Chart, Explorer, Prose, Section, Steps, Table, Tiles
from flashcrowd.report.sections import SECTIONS, sections
from flashcrowd.report.sections.palette import DARK, LIGHT, coloured
from flashcrowd.report.verdict import verdict

OPTIONAL = ("beside", "feedback", "freshness", "harm", "moderation", "together")
"""Sections that are not there where they do not apply."""

KINDS = ("offline", "live", "empty_offline", "empty_live", "killed", "no_cascades", "one_action")


def evidence(path: Path, beside: Path | None = None) -> Evidence:
    """What the sections get."""
    found = Analysis(load_run(path))
    return Evidence(found, verdict(found), (Analysis(load_run(beside)),) if beside else ())


@pytest.fixture(scope="module", params=KINDS)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Section]:
    """The sections of a run of each kind."""
    return sections(evidence(made(request.param, tmp_path_factory.mktemp("run"))))


def made(kind: str, path: Path) -> Path:
    """A run of one kind."""
    if kind == "offline":
        return made_runs.make_offline(path, members=800, days=1, posts=600, reads=3000)
    if kind == "live":
        return made_runs.make_live(path, seconds=15)
    if kind == "killed":
        return made_runs.make_live(path, seconds=12, state="running")
    if kind.startswith("empty"):
        return made_runs.make_empty(path, kind.removeprefix("empty_"))
    writer = RunWriter(path, Scenario(name=kind), "live", {"live_members": 5})
    writer.append("requests", made_runs.request_rows(1 if kind == "one_action" else 500))
    writer.append("actions", made_runs.action_rows(1 if kind == "one_action" else 500))
    writer.close()
    return path


def texts(section: Section) -> Iterator[str]:
    """Every text of a section that a reader sees."""
    yield from (section.label, section.title, section.finding)
    for block in section.blocks:
        if isinstance(block, Tiles):
            yield from (text for tile in block.tiles for text in (tile.label, tile.value, tile.note))
        elif isinstance(block, Table):
            yield from (block.title, block.note, *block.columns)
            yield from (cell.text if isinstance(cell, Cell) else cell for row in block.rows for cell in row)
        elif isinstance(block, Chart | Explorer):
            yield from (block.title, block.alt)
        elif isinstance(block, Steps):
            yield from (text for step in block.steps for text in step)
        elif isinstance(block, Prose):
            yield block.text


def charts(written: list[Section]) -> list[Chart]:
    """Every chart of a report."""
    return [block for section in written for block in section.blocks if isinstance(block, Chart)]


def test_every_section_states_a_finding_in_a_sentence(written: list[Section]):
    """Proves that what is missing is said in words, whatever the run holds."""
    assert len(written) >= len(SECTIONS) - len(OPTIONAL)
    for section in written:
        assert section.finding.endswith("."), section.key
        assert "nan" not in " ".join(texts(section)).lower().split(), section.key


def test_every_section_without_blocks_says_what_is_missing(written: list[Section]):
    """Proves that no section shows an empty plot instead of a sentence."""
    for section in written:
        if not section.blocks and section.key != "summary":
            assert section.finding.startswith("Nothing"), section.key


def test_every_chart_compiles_and_holds_data(written: list[Section]):
    """Proves each spec by the real Vega-Lite compiler, in both palettes."""
    for chart in charts(written):
        assert chart.spec["data"]["values"], chart.key
        for palette in (LIGHT, DARK):
            vega = vl_convert.vegalite_to_vega(coloured(chart.spec, palette) | {"width": 600})
            assert vega["marks"], chart.key


def test_every_figure_has_a_text_and_a_name_of_its_own(written: list[Section]):
    """Proves text alternatives and unique anchors."""
    figures = [b for section in written for b in section.blocks if isinstance(b, Chart | Explorer)]
    assert all(figure.alt.strip().endswith(".") for figure in figures)
    keys = [figure.key for figure in figures] + [section.key for section in written]
    assert len(keys) == len(set(keys))


def test_every_table_has_as_many_cells_as_columns(written: list[Section]):
    """Proves the shape of each row, and that headings of groups cover all columns."""
    for section in written:
        for block in section.blocks:
            if isinstance(block, Table):
                assert {len(row) for row in block.rows} <= {len(block.columns)}, block.title
                assert not block.groups or sum(n for _, n in block.groups) == len(block.columns)


def test_full_live_run_fills_every_section(live_run: Path, offline_run: Path):
    """Proves that nothing is missing from the report of the demo's kind of run."""
    written = sections(evidence(live_run, offline_run))
    assert [section.key for section in written if not section.blocks] == []
    assert {section.key for section in written} >= {"explorer", "together", "beside"}


def test_second_run_is_laid_beside_the_first(live_run: Path, offline_run: Path):
    """Proves that both columns hold the figures of their own run."""
    written = {section.key: section for section in sections(evidence(live_run, offline_run))}
    table = next(block for block in written["beside"].blocks if isinstance(block, Table))
    assert list(table.columns[1:]) == ["live", "offline"]
    assert table.rows[0][1:] == ["1,000", "5,000"]


def test_two_runs_of_one_kind_are_told_apart_by_name(tmp_path: Path):
    """Proves the names when both are offline."""
    one = made_runs.make_offline(tmp_path / "before", members=200, days=0.5, posts=50, reads=300)
    other = made_runs.make_offline(tmp_path / "after", members=200, days=0.5, posts=50, reads=300)
    written = {section.key: section for section in sections(evidence(one, other))}
    assert written["beside"].title == "Before beside after"


def test_long_run_is_reduced_before_it_is_shown(tmp_path: Path):
    """Proves that a chart holds no more points than can be seen, whatever the length of the run."""
    rows = made_runs.request_rows(20_000)
    for name in ("intended_ns", "start_ns", "end_ns"):
        rows[name] = rows[name] * 1000
    writer = RunWriter(tmp_path, Scenario(), "live")
    writer.append("requests", rows)
    writer.append("actions", made_runs.action_rows(20_000, t=np.arange(20_000) * 600.0))
    writer.close()
    drawn = charts(sections(evidence(tmp_path)))
    cells = {"latency-heat": heat.MOST_COLUMNS * heat.MOST_ROWS}
    assert all(len(chart.spec["data"]["values"]) <= cells.get(chart.key, 600) for chart in drawn)


def test_charts_over_time_share_one_axis(live_run: Path, offline_run: Path):
    """Proves that whatever can be zoomed begins and ends at the same moments, so that all can follow one."""
    for run in (live_run, offline_run):
        ends = [
            {
                param["name"]: param["value"]
                for param in chart.spec["params"]
                if param["name"] in ("from", "to")
            }
            for chart in charts(sections(evidence(run)))
            if chart.zoomable
        ]
        assert len(ends) >= 4
        assert all(one == ends[0] for one in ends)


def test_first_screen_has_three_figures_and_what_to_do(live_run: Path, offline_run: Path):
    """Proves what a reader of ten seconds gets."""
    for run in (live_run, offline_run):
        summary = sections(evidence(run))[0]
        large = next(block for block in summary.blocks if isinstance(block, Tiles))
        steps = next(block for block in summary.blocks if isinstance(block, Steps))
        assert large.large
        assert len(large.tiles) == 3
        assert 1 <= len(steps.steps) <= 3


def test_control_is_told_from_other_runs_beside(tmp_path: Path, live_run: Path, offline_run: Path):
    """Proves that a run without feedback makes the feedback section, and leaves `beside` to the other run."""
    off = {f"feedback.{name}": False for name in ("pace", "abandonment", "retry", "leaving")}
    control = made_runs.make_live(tmp_path / "open", seconds=10, **off)
    found = Analysis(load_run(live_run))
    others = tuple(Analysis(load_run(path)) for path in (control, offline_run))
    written = {section.key: section for section in sections(Evidence(found, verdict(found), others))}
    assert "With feedback on members sent" in written["feedback"].finding
    assert written["beside"].title == "Live beside offline"
    assert "feedback" not in {section.key for section in sections(evidence(live_run, offline_run))}


def test_moderation_is_shown_only_where_something_was_reported(tmp_path: Path):
    """Proves the section's condition and its figures: two reports of one post, the first after 30 s."""
    rows = made_runs.stacked(
        made_runs.tree_rows([0, 0], t=[0.0, 10.0, 60.0]),
        made_runs.action_rows(2, seq=[3, 4], t=[30.0, 50.0], action=["report"] * 2, post=[0, 1], root=[0, 0]),
    )
    writer = RunWriter(tmp_path, Scenario(name="reported"), "offline")
    writer.append("actions", rows)
    writer.close()
    written = {section.key: section for section in sections(evidence(tmp_path))}
    assert "first within 30 s; by then 50 % of their reposts" in written["moderation"].finding
