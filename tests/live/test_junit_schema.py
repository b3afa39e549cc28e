"""JUnit XML against the schema of the Jenkins xUnit plugin, as pytest's source distribution carries it."""

import subprocess
import sys
import tarfile
from importlib.metadata import version

import pytest
import xmlschema

from flashcrowd.report.duel.comparison import Limits
from flashcrowd.report.duel.junit import write_junit
from flashcrowd.report.duel.outcome import outcome

pytestmark = pytest.mark.live

SCHEMA = "testing/example_scripts/junit-10.xsd"


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    """The schema, from the package index."""
    folder = tmp_path_factory.mktemp("schema")
    wanted = f"pytest=={version('pytest')}"
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary",
        ":all:",
        wanted,
    ]
    subprocess.run(command, cwd=folder, check=True)
    (packed,) = folder.glob("pytest-*.tar.gz")
    with tarfile.open(packed) as files:
        (name,) = (one for one in files.getnames() if one.endswith(SCHEMA))
        files.extract(name, folder, filter="data")
    return xmlschema.XMLSchema(folder / name)


@pytest.mark.parametrize("factor", [1.0, 1.3])
def test_junit_is_valid_by_the_schema_of_jenkins(schema, tmp_path, factor):
    """Passed, failed and skipped figures, and an empty duel: every document is valid."""
    noise = [1.0, 1.01, 0.99, 1.005, 0.995, 1.0, 1.01, 0.99]
    pairs = [
        ({"all.p50": 20 * n, "all.p95": 30.0, "throughput": 300.0, "errors": 0.0},
         {"all.p50": 20 * factor, "all.p95": 30.0 * n**20, "throughput": 300.0 * n, "errors": 0.0})
        for n in noise
    ]  # fmt: skip
    for found in (outcome(pairs, 8), outcome([], 8, Limits())):
        write_junit(found, 'smoke "<&>', 12.5, tmp_path / "junit.xml")
        assert [str(error.reason) for error in schema.iter_errors(tmp_path / "junit.xml")] == []
