"""The example notebook runs from top to bottom on a fresh run."""

import json
import shutil
from pathlib import Path

import matplotlib as mpl
import pytest

NOTEBOOK = Path(__file__).parents[2] / "reports" / "notebook.ipynb"


def test_notebook_runs_on_the_demo(live_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every code cell, in order, with the demo's run where the notebook looks for it."""
    mpl.use("agg")
    shutil.copytree(live_run, tmp_path / "runs" / "demo" / "live")
    monkeypatch.chdir(tmp_path)
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    seen: dict[str, object] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            exec(compile("".join(cell["source"]), str(NOTEBOOK), "exec"), seen)
    assert seen["sizes"].iloc[0] > 1
    assert "response.home.p95" in seen["metrics"].index
