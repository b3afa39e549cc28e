"""Wrong input, end to end: the real console script leaves one clear line and its exit code, no traceback."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from flashcrowd.cli.main import COMMANDS
from flashcrowd.core.runlog import RunWriter
from flashcrowd.core.scenario import Scenario

CONSOLE_SCRIPT = Path(sys.executable).with_name("flashcrowd")
RUNNERS = ("simulate", "load")
"""Commands that take a scenario and leave a run."""


class Wrong(NamedTuple):
    """One wrong command line, run in a folder of prepared files, with `{taken_port}` and `{closed_port}`."""

    what: str
    arguments: str
    exit_code: int
    line: str


WRONG_SCENARIO = [
    ("missing file", "nowhere.yaml", "nowhere.yaml: no such file or bundled scenario ("),
    ("bad YAML", "bad.yaml", "bad.yaml: line 1, column 8: not YAML: "),
    ("negative rate", "negative.yaml", "negative.yaml: load.time_lapse is -5; must be > 0\n"),
    ("unknown key", "typo.yaml", "typo.yaml: popluation is not a known key; did you mean population?\n"),
    ("unknown persona", "persona.yaml", "population.personas.lurkr is not a known persona; known: lurker, "),
    ("unknown ranker", "ranker.yaml", "unknown ranker 'enragement'; known: chronological, engagement"),
    ("too few members", "smoke --members 1", ".members is 1; must be >= 2\n"),
    ("no number", "smoke --members many", "Invalid value for '--members': "),
    ("run directory is a file", "smoke --out bad.yaml", "bad.yaml: is a file; --out must name a directory\n"),
    ("foreign directory", "smoke --out .", ".: is not empty and holds no run; choose another directory\n"),
]

TABLE = [
    *(
        Wrong(f"{command}: {what}", f"{command} {arguments}", 2, line)
        for command in RUNNERS
        for what, arguments, line in WRONG_SCENARIO
    ),
    Wrong("simulate: no time", "simulate smoke --days 0", 2, "command line: duration is 0.0; must be > 0\n"),
    Wrong(
        "simulate: engine", "simulate smoke --engine v8", 2, "--engine is 'v8'; must be kernel or agents\n"
    ),
    Wrong(
        "simulate: disk full at the manifest",
        "simulate smoke --members 50 --days 0.1 --out full",
        6,
        "full: the record cannot be written: No space left on device\n",
    ),
    Wrong("serve: port taken", "serve --port {taken_port}", 6, "port {taken_port} on 127.0.0.1 is taken; "),
    Wrong("serve: no such port", "serve --port 70000", 2, "Invalid value for '--port': must be less than"),
    Wrong(
        "serve: unknown ranker", "serve --ranker x --port 0", 2, "unknown ranker 'x'; known: chronological, "
    ),
    Wrong(
        "serve: no duration", "serve --median 5x --port 0", 2, "unit 'x' is not one of ms, s, m, min, h, d, w"
    ),
    Wrong("serve: no slots", "serve --slots 0 --port 0", 2, "generator.slots is 0; "),
    Wrong("serve: negative share", "serve --blocked -1 --port 0", 2, "generator.blocked is -1.0; "),
    Wrong(
        "serve: data is a file",
        "serve --data bad.yaml --port 0",
        6,
        "bad.yaml: cannot hold the platform's data",
    ),
    Wrong(
        "check: no duration",
        "check smoke --baseline http://127.0.0.1:1 --candidate http://127.0.0.1:1 --turn 5x",
        2,
        "unit 'x' is not one of ms, s, m, min, h, d, w",
    ),
    Wrong("load: nobody listens", "load smoke --target http://127.0.0.1:{closed_port}", 6, "127.0.0.1"),
    Wrong("load: no address", "load smoke --target nonsense", 2, "nonsense"),
    Wrong(
        "load: disk full at the manifest",
        "load smoke --out full",
        6,
        "full: the record cannot be written: No",
    ),
    Wrong(
        "load: no objective", "load smoke --slo home.p95", 2, "slo 'home.p95' is not an objective; allowed "
    ),
    Wrong(
        "load: no profile", "load smoke --profile 20", 2, "command line: load.profile is '20'; allowed are "
    ),
    Wrong("load: no rule", "load smoke --abort-on late", 2, "load.abort_on.0 is 'late'; 'late' is no rule; "),
    Wrong("report: no run", "report .", 2, ".: holds no run (run.json is missing)\n"),
    Wrong(
        "report: newer record", "report newer", 2, "newer/run.json: schema is 99; this version reads 1 to 1\n"
    ),
    Wrong("report: damaged part", "report damaged", 2, "part-000000.parquet: cannot be read: "),
    Wrong(
        "scenarios: missing file", "scenarios check nowhere.yaml", 2, "nowhere.yaml: no such file or bundled"
    ),
    Wrong("unknown command", "simulat smoke", 2, "No such command 'simulat'. "),
    Wrong("unknown option", "scenarios --member 5", 2, "No such option: --member "),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of wrong files and damaged runs."""
    path = tmp_path_factory.mktemp("wrong")
    scenarios = {
        "bad": "load: {",
        "negative": "load: {time_lapse: -5}",
        "typo": "popluation: {}",
        "persona": "population: {personas: {lurkr: 0.5}}",
        "ranker": "platform: {ranker: enragement}",
    }
    for name, text in scenarios.items():
        (path / f"{name}.yaml").write_text(text)
    for name in ("newer", "damaged", "full"):
        RunWriter(path / name, Scenario(name=name), "offline").close()
    manifest = json.loads((path / "newer" / "run.json").read_text())
    (path / "newer" / "run.json").write_text(json.dumps({**manifest, "schema": 99}))
    (path / "damaged" / "actions" / "part-000000.parquet").write_bytes(b"PAR1")
    (path / "full" / "run.json.tmp").symlink_to("/dev/full")
    return path


@pytest.fixture(scope="module")
def taken_port() -> Iterator[int]:
    """A port of the loopback interface on which somebody else already listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture(scope="module")
def closed_port() -> int:
    """A port of the loopback interface on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def enabled(rows: list[Wrong]) -> list[Wrong]:
    return [row for row in rows if row.arguments.split()[0] in COMMANDS or row.what.startswith("unknown")]


def flashcrowd(arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(CONSOLE_SCRIPT), *arguments.split()]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The line that an error leaves: the last one, after any progress; never a traceback."""
    assert "Traceback" not in done.stderr
    assert "bug of the harness" not in done.stderr
    return done.stderr.splitlines(keepends=True)[-1]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("row", enabled(TABLE), ids=lambda row: row.what)
def test_wrong_input_is_one_line_and_its_exit_code(
    row: Wrong, folder: Path, taken_port: int, closed_port: int
) -> None:
    """Each row: what is wrong is said in one line on standard error, and nothing on standard output."""
    ports = {"taken_port": taken_port, "closed_port": closed_port}
    done = flashcrowd(row.arguments.format(**ports), folder)
    line = complaint(done)
    assert line.startswith("flashcrowd: ")
    assert row.line.format(**ports) in line
    assert (done.returncode, done.stdout) == (row.exit_code, "")


def test_record_that_may_not_grow_is_one_line(folder: Path) -> None:
    """The room for the record runs out in the middle of a run: one line and exit code 6."""
    run = "simulate smoke --engine agents --members 300 --days 2 --out little --quiet"
    assert flashcrowd(run, folder).returncode == 0  # compiled code is in its cache now, which has its room
    command = ["sh", "-c", f"ulimit -f 32; exec {CONSOLE_SCRIPT} {run}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert complaint(done) == "flashcrowd: little: the record cannot be written: File too large\n"
    assert done.returncode == 6
