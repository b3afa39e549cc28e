"""Whole runs on worker processes of this machine, against the reference platform; workers and master die."""

import collections
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from itertools import combinations

import psutil
import pytest
from runs import LONGEST_S, MAIN

from flashcrowd.core.runlog import RunReader
from flashcrowd.load.adapters.mastodon import Mastodon
from flashcrowd.load.schedule import read_schedule

LIVE = """
import sys
from pathlib import Path
from flashcrowd.load.engine import run_live
from flashcrowd.load.distributed.launch import Workers
from flashcrowd.core.scenario import load_scenario
scenario, out, target, vault = sys.argv[1:]
run_live(load_scenario(scenario), Path(out), target, vault=Path(vault), workers=Workers(2))
"""


@pytest.fixture(scope="module")
def town(platform, tmp_path_factory):
    """A platform that outlives the runs, and the vault of its accounts."""
    return platform.url, str(tmp_path_factory.mktemp("town") / "v")


@pytest.fixture
def started():
    """Starts processes that do not outlive the test."""
    running = []

    def start(*command) -> subprocess.Popen:
        words = [sys.executable, "-c", *map(str, command)]
        running.append(subprocess.Popen(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        return running[-1]

    yield start
    for process in running:
        for child in psutil.Process(process.pid).children() if process.poll() is None else []:
            child.kill()
        process.kill()
        process.communicate()


def free_port() -> int:
    """A port on loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def until(holds, process) -> None:
    """Waits for something to hold while a process runs; where it does not, the process says what it saw."""
    deadline = time.monotonic() + LONGEST_S
    while not holds():
        assert process.poll() is None, process.communicate()
        if time.monotonic() > deadline:
            process.send_signal(signal.SIGINT)
            pytest.fail(f"it did not come about: {process.communicate(timeout=LONGEST_S)}")
        time.sleep(0.2)  # reading the record takes from the run


def workers_of(process) -> list[psutil.Process]:
    """The worker processes of a master."""
    children = psutil.Process(process.pid).children()
    return [child for child in children if "flashcrowd.load.distributed" in child.cmdline()]


def port_of(process) -> int:
    """The port on which a master listens for workers."""
    sockets = psutil.Process(process.pid).net_connections("tcp")
    (port,) = {each.laddr.port for each in sockets if each.status == psutil.CONN_LISTEN}
    return port


def sent_by(run) -> collections.Counter:
    """Requests that left, by worker, in the record so far."""
    table = RunReader(run).table("requests", ["worker", "start_ns"])
    rows = zip(table["worker"].to_pylist(), table["start_ns"].to_pylist(), strict=True)
    return collections.Counter(worker for worker, start in rows if start >= 0)


def growth(run, before: collections.Counter) -> list[int]:
    """How many requests each of two workers has sent since then."""
    now = sent_by(run)
    return [now[number] - before[number] for number in (0, 1)]


def movers(run) -> int:
    """How many members have been on both workers."""
    return sum(len({worker for worker, _, _ in found}) == 2 for found in visits(run))


def visits(run):
    """For each member its visits, and what the harness looked at: (worker, first start, last start)."""
    rows = RunReader(run).table("requests").to_pandas()
    rows = rows[rows.start_ns >= 0]
    rows = rows.assign(session=rows.session.where(rows.session >= 0, -2 - rows.request))
    spans = rows.groupby(["member", "worker", "session"]).start_ns.agg(["min", "max"]).reset_index()
    for _, found in spans.groupby("member"):
        yield list(zip(found.worker, found["min"], found["max"], strict=True))


def living_twice(run) -> list:
    """Pairs of visits of one member on different workers, of which one begins before the other has ended."""
    return [
        (one, other)
        for found in visits(run)
        for one, other in combinations(found, 2)
        if one[0] != other[0] and one[1] <= other[2] and other[1] <= one[2]
    ]


def test_overlapping_visits_on_two_workers_would_be_seen(monkeypatch):
    """The check finds a member that lives twice, and does not mind one that moves."""
    found = [[(0, 10, 20), (1, 15, 30)], [(0, 10, 20), (1, 21, 30)], [(0, 10, 20), (0, 15, 30)]]
    monkeypatch.setitem(globals(), "visits", lambda run: iter(found))
    assert living_twice("run") == [((0, 10, 20), (1, 15, 30))]


def test_master_and_workers_make_one_run(scenario, started, tmp_path, monkeypatch):
    """One record that reconciles with the platform and the schedule, causes across workers, one verdict."""
    monkeypatch.chdir(tmp_path)
    run, port = tmp_path / "run", free_port()
    master = ("--master", "--master-bind-host", "127.0.0.1", "--expect-workers", 2, "--master-port", port)
    process = started(MAIN, "load", scenario(3), *master, "--out", run, "--json")
    workers = [started(MAIN, "load", "--worker", "--master-port", port, "--quiet") for _ in range(2)]
    said, noted = process.communicate(timeout=LONGEST_S)
    assert [worker.communicate(timeout=LONGEST_S) for worker in workers] == [("", "")] * 2
    assert [worker.returncode for worker in workers] == [0, 0]
    manifest = RunReader(run).manifest
    assert manifest["state"] == "finished", noted
    requests = RunReader(run).table("requests").to_pandas()
    sent = collections.Counter(map(Mastodon().endpoint, requests[requests.start_ns >= 0].action))
    assert sent == manifest["platform_counts"]
    assert requests.request.is_unique
    sessions = manifest["sessions"]
    assert sessions["offered"] - sessions["caused"] == len(read_schedule(run / "schedule.parquet"))
    assert sessions["offered"] == sessions["started"] + sessions["dropped"]
    assert [worker["state"] for worker in manifest["workers"]] == ["done", "done"]
    assert living_twice(run) == []
    actions = RunReader(run).table("actions").to_pandas().set_index("seq")
    assert actions.index.tolist() == list(range(len(actions)))
    reactions = actions[(actions.cause >= 0) & (actions.request >= 0)]
    assert len(reactions) > 0  # to items that the master recorded (the history), or any worker
    assert (actions.loc[reactions.cause].root.to_numpy() == reactions.root.to_numpy()).all()
    assert (reactions.cause < reactions.index).all()
    assert json.loads(said)["verdict"]["exit_code"] == process.returncode
    assert not list(tmp_path.glob("runs/*"))  # the workers' copies are gone, for the master has the rows


def test_workers_stall_die_and_come_late_and_nobody_lives_twice(scenario, town, started, tmp_path):
    """One worker is only slow and comes back, the other is killed, a third comes late: members move each
    time, into one record, in which no member lives twice."""
    run = tmp_path / "run"
    process = started(LIVE, scenario(3600), run, *town)
    until(lambda: list(run.glob("requests/part-*")) and len(sent_by(run)) == 2, process)
    slow, other = workers_of(process)
    slow.suspend()
    moved = movers(run)
    until(lambda: movers(run) > moved, process)
    slow.resume()
    before = sent_by(run)
    until(lambda: min(growth(run, before)) > 20, process)  # both act: it has got its share again
    other.kill()
    before = sent_by(run)
    until(lambda: max(growth(run, before)) > 100, process)
    late = started(
        MAIN, "load", "--worker", "--master-port", port_of(process), "--out", tmp_path / "late", "-q"
    )
    until(lambda: sent_by(run)[2] > 40, process)
    process.send_signal(signal.SIGINT)
    _, noted = process.communicate(timeout=LONGEST_S)
    manifest = RunReader(run).manifest
    assert manifest["state"] == "interrupted", noted
    assert late.wait(LONGEST_S) == 0
    assert sorted(worker["state"] for worker in manifest["workers"]) == ["done", "done", "lost"]
    lost = [worker["times_lost"] for worker in manifest["workers"]]
    given_up = re.findall(
        r"worker (\d) (?:is not heard any more|was not answered in time|has not got)", noted
    )
    assert lost == [given_up.count(str(number)) for number in range(3)]
    assert min(lost[:2]) >= 1  # exactly 1 on a clock of its own, see test_crew: this machine may be busy
    assert manifest["rows"]["requests"] == RunReader(run).table("requests").num_rows
    assert movers(run) > 0
    assert living_twice(run) == []
    assert "Traceback" not in noted


def test_workers_of_a_killed_master_end_and_keep_their_parts(scenario, town, started, tmp_path):
    """When the master is killed, each worker ends by itself, says so, and leaves a run that can be read."""
    run = tmp_path / "run"
    process = started(LIVE, scenario(3600), run, *town)
    until(lambda: list(run.glob("requests/part-*")), process)
    workers = workers_of(process)
    assert len(workers) == 2
    process.kill()
    said = process.communicate(timeout=LONGEST_S)[1]  # ends when the workers, who share it, have ended
    psutil.wait_procs(workers, timeout=LONGEST_S)
    assert not any(map(psutil.Process.is_running, workers))
    assert said.count("flashcrowd: the master does not answer any more; what this worker recorded is in") == 2
    for number in "01":
        part = RunReader(run / "workers" / number)
        assert part.manifest["state"] == "interrupted"
        assert part.table("requests").num_rows > 0
        assert set(part.table("requests")["worker"].to_pylist()) == {int(number)}
    assert RunReader(run).table("requests").num_rows > 0
    assert os.path.exists(town[1])
