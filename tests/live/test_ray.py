"""A study on a real Ray cluster of two machines (two nodes with a processor each)."""

from pathlib import Path

import pytest

from flashcrowd.cli.main import run
from flashcrowd.core.errors import ExitCode

pytestmark = pytest.mark.live

STUDY = """
question: Does everybody see more with another ranker?
change: {population.members: 2000, duration: 6h}
grid: {platform.ranker: [chronological, random], content.ai_share: [0.1, 0.5]}
seeds: 4
outcomes: [attention.received, attention.authors_gini, actions.like.per_member_day]
"""


@pytest.fixture
def address():
    """The address of a cluster of two nodes."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    cluster.add_node(num_cpus=1)
    yield cluster.address
    cluster.shutdown()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")
def test_study_on_ray_gives_the_same_numbers(address: str, tmp_path: Path, capsys) -> None:
    """Byte for byte the table of the study run in one process; both machines did runs."""
    file = tmp_path / "study.yaml"
    file.write_text(STUDY)
    here, there = tmp_path / "here", tmp_path / "there"
    assert run(["study", str(file), "--ray", address, "--out", str(there)]) == ExitCode.PASS
    assert "2 workers on Ray" in capsys.readouterr().err
    assert run(["study", str(file), "--workers", "1", "--quiet", "--out", str(here)]) == ExitCode.PASS
    assert (there / "study.csv").read_bytes() == (here / "study.csv").read_bytes()


def test_address_where_nobody_answers_is_said_in_one_line(tmp_path: Path, capsys) -> None:
    """No traceback, and what was asked for."""
    file = tmp_path / "study.yaml"
    file.write_text(STUDY)
    command = ["study", str(file), "--ray", "ray://127.0.0.1:1", "--out", str(tmp_path / "out")]
    assert run(command) == ExitCode.HARNESS
    said = capsys.readouterr().err
    assert "ray://127.0.0.1:1: no Ray cluster answers" in said
