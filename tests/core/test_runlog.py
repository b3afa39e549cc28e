"""The record: what is appended is read back, equal rows are equal bytes, nothing flushed is lost."""

import json
import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flashcrowd.core import runlog
from flashcrowd.core.errors import RecordError, ScenarioError, StorageError, UsageError
from flashcrowd.core.events import ACTION_CODE, ACTIONS, EXPOSURES_SCHEMA, OUTCOMES, TABLES
from flashcrowd.core.runlog import RunReader, RunWriter, new_run_dir
from flashcrowd.core.scenario import Scenario

PARTED = ["actions", "requests", "exposures"]


def action_rows(start: int, stop: int) -> dict[str, Any]:
    """Rows `start` to `stop` of one endless log: the same row number is always the same row."""
    seq = np.arange(start, stop)
    small = dict.fromkeys(("member", "author", "position", "topic"), seq * 7 % 97)
    items = dict.fromkeys(("post", "root", "cause"), seq * 31 % 9973)
    codes = {"action": seq % len(ACTIONS), "outcome": seq % len(OUTCOMES)}
    return {
        **small,
        **items,
        **codes,
        "seq": seq,
        "t": seq / 3,
        "ai": seq % 3 == 0,
        "request": np.full(seq.size, -1),
    }


def writer_in(path: Path) -> RunWriter:
    return RunWriter(path, Scenario(name="test"), "offline")


def recorded(path: Path, count: int) -> Path:
    writer = writer_in(path)
    writer.append("actions", action_rows(0, count))
    writer.close()
    return path


def part_bytes(path: Path) -> dict[str, bytes]:
    return {part.name: part.read_bytes() for part in sorted((path / "actions").iterdir())}


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> int:
    """Parts of 100 rows, so that few rows make many parts."""
    monkeypatch.setattr(runlog, "PART_ROWS", 100)
    return 100


def test_parts_of_live_runs_are_smaller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A live run of hours holds few rows in memory: its parts close early."""
    monkeypatch.setattr(runlog, "LIVE_PART_ROWS", 100)
    writer = RunWriter(tmp_path, Scenario(name="test"), "live")
    writer.append("actions", action_rows(0, 250))
    assert len(list((tmp_path / "actions").iterdir())) == 2
    writer.close()
    assert len(list((tmp_path / "actions").iterdir())) == 3


@pytest.mark.usefixtures("small_parts")
def test_rows_of_several_parts_are_read_back_in_order(tmp_path: Path) -> None:
    """Every column of 250 rows in three parts comes back as it was appended."""
    table = RunReader(recorded(tmp_path, 250)).table("actions")
    appended = action_rows(0, 250)
    assert len(list((tmp_path / "actions").iterdir())) == 3
    for name in TABLES["actions"].names:
        column = table[name]
        found = column.to_pylist()
        words = {"action": ACTIONS, "outcome": OUTCOMES}.get(name)
        expected = appended[name].tolist()
        assert found == ([words[code] for code in expected] if words else expected), name


@pytest.mark.usefixtures("small_parts")
def test_codes_of_dictionary_columns_are_those_of_events_in_every_part(tmp_path: Path) -> None:
    """Also in parts that hold one word only, a code read back is the place of its word in `ACTIONS`."""
    writer = writer_in(tmp_path)
    for word in ("signup", "home"):
        writer.append("actions", {**action_rows(0, 100), "action": np.full(100, ACTION_CODE[word])})
    writer.close()
    column = RunReader(tmp_path).table("actions", ["action"])["action"]
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in column.chunks])
    assert codes.tolist() == [ACTION_CODE["signup"]] * 100 + [ACTION_CODE["home"]] * 100
    assert all(chunk.dictionary.to_pylist() == list(ACTIONS) for chunk in column.chunks)


@given(cuts=st.lists(st.integers(min_value=0, max_value=350), max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_same_rows_make_same_bytes_whatever_the_append_sizes(
    cuts: list[int], tmp_path: Path, small_parts: int
) -> None:
    """However 350 rows are cut into appends, empty ones included, and whenever they are flushed."""
    whole = recorded(tmp_path / "whole", 350)
    writer = writer_in(tmp_path / "cut")
    edges = sorted([0, *cuts, 350])
    for number, (start, stop) in enumerate(pairwise(edges)):
        writer.append("actions", action_rows(start, stop))
        if number % 2:
            writer.flush()
    writer.close()
    assert part_bytes(tmp_path / "cut") == part_bytes(whole)


def test_same_rows_make_same_bytes_over_many_pages(tmp_path: Path) -> None:
    """300,000 rows in appends of 7,919: page boundaries do not show the appends either."""
    whole = recorded(tmp_path / "whole", 300_000)
    writer = writer_in(tmp_path / "cut")
    for start in range(0, 300_000, 7919):
        writer.append("actions", action_rows(start, min(start + 7919, 300_000)))
    writer.close()
    assert part_bytes(tmp_path / "cut") == part_bytes(whole)


@pytest.mark.parametrize("table", PARTED)
def test_table_without_rows_is_empty_with_its_schema(table: str, tmp_path: Path) -> None:
    """A run in which nothing happened has tables of no rows, not missing ones."""
    writer_in(tmp_path).close()
    reader = RunReader(tmp_path)
    assert reader.table(table).num_rows == 0
    assert reader.table(table).schema == TABLES[table]
    assert not reader.has(table)


def test_exposures_are_kept_when_recorded(tmp_path: Path) -> None:
    """The optional table appears with its first rows."""
    writer = writer_in(tmp_path)
    writer.append("exposures", {name: np.arange(3) for name in EXPOSURES_SCHEMA.names})
    writer.close()
    assert RunReader(tmp_path).table("exposures")["source"].to_pylist() == ["home", "public", "thread"]


def test_members_are_read_back_with_their_words(tmp_path: Path) -> None:
    """Personas and regions are the scenario's words; NaN stays NaN (not joined later, not left)."""
    writer = writer_in(tmp_path)
    columns = {name: np.array([0, 1]) for name in TABLES["members"].names}
    writer.write_members({**columns, "left": np.array([np.nan, 5.0])}, ["lurker", "bot"], ["europe", "asia"])
    writer.close()
    members = RunReader(tmp_path).table("members")
    assert members["persona"].to_pylist() == ["lurker", "bot"]
    assert members["region"].to_pylist() == ["europe", "asia"]
    assert np.isnan(members["left"].to_numpy()[0])


def test_manifest_says_what_ran(tmp_path: Path) -> None:
    """The manifest holds what is needed to run it again, and how it ended."""
    writer = RunWriter(tmp_path, Scenario(name="test", seed=5), "live", {"target": "http://127.0.0.1:1"})
    running = json.loads((tmp_path / "run.json").read_text())
    writer.append("actions", action_rows(0, 3))
    writer.close(verdict="pass")
    finished = RunReader(tmp_path).manifest
    assert (running["state"], finished["state"], finished["verdict"]) == ("running", "finished", "pass")
    assert (finished["kind"], finished["seed"], finished["target"]) == ("live", 5, "http://127.0.0.1:1")
    assert finished["rows"] == {"actions": 3, "requests": 0}
    assert finished["scenario"] == Scenario(name="test", seed=5).resolved()
    assert finished["versions"]["flashcrowd"]


def test_second_run_into_the_directory_replaces_the_first(tmp_path: Path) -> None:
    """Nothing of the earlier run is mixed into the later one."""
    recorded(tmp_path, 300)
    (tmp_path / "report.html").write_text("old")
    recorded(tmp_path, 3)
    assert RunReader(tmp_path).table("actions").num_rows == 3
    assert not (tmp_path / "report.html").exists()


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_runlog import action_rows, writer_in
from flashcrowd.core import runlog
runlog.PART_ROWS = 100
writer = writer_in(Path(sys.argv[1]))
writer.append("actions", action_rows(0, 250))
writer.flush()
writer.append("actions", action_rows(250, 260))
print("flushed", flush=True)
sys.stdin.read()
"""


def test_killed_writer_leaves_what_was_flushed(tmp_path: Path) -> None:
    """kill -9 loses the rows after the last flush and nothing else; the state stays `running`."""
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "flushed\n"
        process.send_signal(signal.SIGKILL)
    reader = RunReader(tmp_path)
    assert reader.table("actions")["seq"].to_pylist() == list(range(250))
    assert reader.manifest["state"] == "running"


@pytest.mark.usefixtures("small_parts")
def test_open_part_is_superseded_by_the_closed_one(tmp_path: Path) -> None:
    """A part that was closed just before a kill, its open twin still there, is read once."""
    writer = writer_in(tmp_path)
    writer.append("actions", action_rows(0, 60))
    writer.flush()
    open_part = tmp_path / "actions" / "part-000000.open.arrows"
    left_behind = open_part.read_bytes()
    writer.append("actions", action_rows(60, 130))
    writer.close()
    assert not open_part.exists()
    open_part.write_bytes(left_behind)
    assert RunReader(tmp_path).table("actions")["seq"].to_pylist() == list(range(130))


def test_part_that_is_closed_while_it_is_read_is_read_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks at a run under way misses no rows at the moment when a part is closed."""
    writer = writer_in(tmp_path)
    writer.append("actions", action_rows(0, 60))
    writer.flush()
    reader = RunReader(tmp_path)
    parts = list(reader._parts("actions"))
    monkeypatch.setattr(reader, "_parts", lambda name: parts)
    writer.close()
    assert reader.table("actions")["seq"].to_pylist() == list(range(60))


@given(torn=st.integers(min_value=0, max_value=20_000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_open_part_torn_by_a_kill_is_read_up_to_its_last_whole_flush(torn: int, tmp_path: Path) -> None:
    """Wherever a write was cut short, what had been flushed before it is read, and nothing else."""
    writer = writer_in(tmp_path)
    open_part = tmp_path / "actions" / "part-000000.open.arrows"
    ends = []
    for start in (0, 30, 60):
        writer.append("actions", action_rows(start, start + 30))
        writer.flush()
        ends.append(open_part.stat().st_size)
    keep = max(0, ends[2] - torn)
    os.truncate(open_part, keep)
    whole = sum(end <= keep for end in ends)
    assert RunReader(tmp_path).table("actions")["seq"].to_pylist() == list(range(30 * whole))


def test_unfinished_file_of_a_kill_is_not_read(tmp_path: Path) -> None:
    """A half-written part still carries its temporary name, which no reader looks at."""
    recorded(tmp_path, 10)
    (tmp_path / "actions" / "part-000001.parquet.tmp").write_bytes(b"PAR1 half")
    assert RunReader(tmp_path).table("actions").num_rows == 10


def test_appended_rows_are_on_disk_after_the_flush_interval(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An append later than `FLUSH_S` after the last flush flushes by itself."""
    now = [100.0]
    monkeypatch.setattr(runlog.time, "monotonic", lambda: now[0])
    writer = writer_in(tmp_path)
    writer.append("actions", action_rows(0, 5))
    assert RunReader(tmp_path).table("actions").num_rows == 0
    now[0] += runlog.FLUSH_S
    writer.append("actions", action_rows(5, 7))
    assert RunReader(tmp_path).table("actions").num_rows == 7


FULL = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_runlog import action_rows, writer_in
from flashcrowd.core.errors import StorageError
writer = writer_in(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    writer.append("actions", action_rows(0, 100_000))
    writer.flush()
except StorageError as error:
    print(error)
"""


def test_file_that_may_not_grow_is_a_storage_error(tmp_path: Path) -> None:
    """The operating system refuses the bytes of a part: one line names the run and the reason."""
    command = [sys.executable, "-c", FULL, str(tmp_path), str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"{tmp_path}: the record cannot be written: File too large\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a device that is always full")
def test_full_disk_is_a_storage_error(tmp_path: Path) -> None:
    """No space left for the manifest: one line names the run and the reason."""
    (tmp_path / "run.json.tmp").symlink_to("/dev/full")
    with pytest.raises(StorageError, match=r"the record cannot be written: No space left on device$"):
        writer_in(tmp_path)


def test_directory_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    """A run directory below a file cannot be."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"the record cannot be written: Not a directory$"):
        writer_in(tmp_path / "file" / "run")


def edit_manifest(path: Path, **changes: Any) -> None:
    manifest = json.loads((path / "run.json").read_text())
    (path / "run.json").write_text(json.dumps({**manifest, **changes}))


@pytest.mark.parametrize("schema", [2, 0, "1", None])
def test_record_of_another_schema_is_refused(schema: Any, tmp_path: Path) -> None:
    """A record of a newer Flashcrowd, or with a version that never was, is refused by its version."""
    edit_manifest(recorded(tmp_path, 1), schema=schema)
    with pytest.raises(RecordError, match=f"schema is {schema!r}; this version reads 1 to 1"):
        RunReader(tmp_path)


def test_unknown_entry_of_the_manifest_is_kept(tmp_path: Path) -> None:
    """Other versions may say more in the manifest; that alone makes a record unreadable to nobody."""
    edit_manifest(recorded(tmp_path, 1), mood="good")
    assert RunReader(tmp_path).manifest["mood"] == "good"


def test_scenario_of_another_version_is_refused_by_field(tmp_path: Path) -> None:
    """A field that this version does not know is named, together with the manifest."""
    edit_manifest(recorded(tmp_path, 1), scenario={"warp": 9})
    with pytest.raises(ScenarioError, match=r"run.json: warp is not a known key"):
        _ = RunReader(tmp_path).scenario


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "cannot be read"),
        ("[]", "is not the manifest of a run"),
        ('{"kind": "live"}', "must hold schema"),
    ],
)
def test_damaged_manifest_is_a_record_error(text: str, complaint: str, tmp_path: Path) -> None:
    """What is no manifest is refused in one line."""
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(RecordError, match=complaint):
        RunReader(tmp_path)


def test_damaged_part_is_a_record_error_that_names_it(tmp_path: Path) -> None:
    """A truncated part is never skipped: the reader says which file it is."""
    part = recorded(tmp_path, 10) / "actions" / "part-000000.parquet"
    part.write_bytes(part.read_bytes()[:-20])
    with pytest.raises(RecordError, match=r"part-000000.parquet: cannot be read"):
        RunReader(tmp_path).table("actions")


@pytest.mark.parametrize("name", ["missing", "file"])
def test_path_without_run_is_a_record_error(name: str, tmp_path: Path) -> None:
    """A path that does not exist, or is a file, holds no run."""
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match=r"holds no run \(run.json is missing\)"):
        RunReader(tmp_path / name)


def test_new_run_dir_takes_the_given_directory(tmp_path: Path) -> None:
    """`--out` is the run directory itself, new or of an earlier run."""
    assert new_run_dir(tmp_path / "new", "x") == tmp_path / "new"
    assert new_run_dir(recorded(tmp_path / "old", 1), "x") == tmp_path / "old"


def test_new_run_dir_refuses_a_file_and_a_foreign_directory(tmp_path: Path) -> None:
    """Nothing of the user's is ever overwritten."""
    (tmp_path / "thesis.tex").write_text("dear")
    with pytest.raises(UsageError, match="is a file; --out must name a directory"):
        new_run_dir(tmp_path / "thesis.tex", "x")
    with pytest.raises(UsageError, match="is not empty and holds no run"):
        new_run_dir(tmp_path, "x")


def test_new_run_dirs_of_the_same_second_differ(tmp_path: Path) -> None:
    """Without `--out`, runs that begin together get directories of their own."""
    first = new_run_dir(None, "x", tmp_path)
    first.mkdir()
    second = new_run_dir(None, "x", tmp_path)
    assert first != second
    assert second.parent == tmp_path


def test_part_is_plain_parquet(tmp_path: Path) -> None:
    """Any Parquet reader opens a part, without Flashcrowd."""
    table = pq.read_table(recorded(tmp_path, 10) / "actions")
    assert table.column("action").to_pylist() == list(ACTIONS[:10])


def test_writing_a_record_loads_no_pandas(tmp_path: Path) -> None:
    """In a live run the first rows are written while members act: half a second of imports would be felt."""
    program = (
        "import sys; from pathlib import Path; from flashcrowd.core.runlog import RunWriter, TABLES\n"
        "from flashcrowd.core.scenario import Scenario\n"
        "writer = RunWriter(Path(sys.argv[1]), Scenario(), 'live')\n"
        "writer.append('actions', {name: [0, 1] for name in TABLES['actions'].names}); writer.close()\n"
        "sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program, tmp_path / "run"], check=False).returncode == 0
