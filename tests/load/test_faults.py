"""What goes wrong with platform or harness: no hang, a clear end, a record that holds what happened."""

import http.client
import os
import resource
import signal
import socket
import struct
import threading
import time

import pytest
import staged as stage
from runs import MAIN, answered, await_rows, faults, finished, flashcrowd, live, of_schedule, reconciles

from flashcrowd.core.runlog import RunReader
from flashcrowd.load.schedule import read_schedule
from flashcrowd.reference.process import ReferencePlatform
from flashcrowd.reference.settings import Settings

SMALL = 40_000
"""Bytes to which a file may grow on a disk that is full: manifest and schedule, but no record of a minute."""


def rows_of(run):
    """The requests of a run."""
    return RunReader(run).table("requests").to_pandas()


def test_stall_shows_in_response_times_and_thins_out_nobody(scenario, platform, town, tmp_path):
    """While the platform stalls, members keep coming: all are offered, and their wait is counted whole."""
    with faults(platform, stall_s=0.8, stall_every_s=1.5):
        run = live(scenario(2), tmp_path / "run", town)
    sessions, sent = RunReader(run).manifest["sessions"], rows_of(run).query("start_ns >= 0")
    assert of_schedule(run) == len(read_schedule(run / "schedule.parquet"))
    assert sessions["offered"] == sessions["started"] + sessions["dropped"]
    assert (sent.end_ns - sent.intended_ns).max() > 0.5e9
    reconciles(run)


def test_errors_are_rows_and_are_tried_again(scenario, platform, town, tmp_path):
    """Three answers of ten fail: failed rows, further attempts after a while, exact counts."""
    with faults(platform, error_share=0.3):
        run = live(scenario(3), tmp_path / "run", town)
    rows = rows_of(run)
    assert (rows.outcome == "failed").sum() > 10
    assert rows.attempt.max() > 1
    reconciles(run)


def test_too_many_requests_are_sent_again_when_the_platform_says(scenario, platform, town, tmp_path):
    """After 429 with Retry-After: 2 the next attempt is due two seconds later, or more by the back-off."""
    with faults(platform, reject_share=0.4, retry_after_s=2):
        run = live(scenario(4), tmp_path / "run", town)
    rows = rows_of(run)
    limited = rows[rows.outcome == "limited"]
    assert set(limited.status) == {429}
    assert len(limited) > 10
    again = rows[rows.attempt > 1]
    assert len(again) > 0
    for late in again.itertuples():
        own = rows[(rows.session == late.session) & (rows.action == late.action)]
        before = own[own.request < late.request].iloc[-1]
        assert (before.attempt, before.outcome) == (late.attempt - 1, "limited")
        assert late.intended_ns - before.end_ns >= 2e9
    reconciles(run)


class Resetter:
    """A way to the platform on which, once armed, every third connection is reset: before or after the
    platform has got the request."""

    def __init__(self, platform) -> None:
        self.address = platform.url.partition("://")[2]
        self.armed = threading.Event()
        self.asked = self.resets = 0
        self.lock = threading.Lock()

    def __call__(self, peer) -> None:
        way = http.client.HTTPConnection(self.address)
        try:
            while request := peer.request():
                with self.lock:
                    self.asked += 1
                    turn = self.asked
                resets = self.armed.is_set() and turn % 3 == 0 and b"/metrics.json" not in request
                if not resets or turn % 2:
                    answer = self.forwarded(way, request)
                if resets:
                    self.resets += 1
                    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    peer.sock.close()  # nothing lingers: a reset, not an end
                    return
                peer.send(answer)
        finally:
            way.close()

    def forwarded(self, way, request: bytes) -> bytes:
        """The platform's answer to a request."""
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        way.request(method, target, body, dict(line.split(": ", 1) for line in lines))
        answer = way.getresponse()
        kept = [f"{name}: {value}".encode() for name, value in answer.getheaders() if name == "link"]
        return stage.plain(answer.read(), *kept, status=f"{answer.status} x".encode())


def test_reset_connections_are_failed_rows(scenario, platform, tmp_path):
    """Connections reset in mid-request: failed rows without a status; all others go on, all accounted for."""
    run, way = tmp_path / "run", Resetter(platform)
    with stage.staged(way) as server:
        target = ("--target", f"http://127.0.0.1:{server.port}", "--vault", tmp_path / "v")
        process = flashcrowd("load", scenario(600), "--out", run, *target)
        await_rows(process, run)
        way.armed.set()
        await_rows(process, run, 10, "failed")
        process.send_signal(signal.SIGINT)
        code, _, noted = finished(process)
    rows = rows_of(run)
    assert (code, RunReader(run).manifest["state"]) == (5, "interrupted"), noted
    assert way.resets >= ((rows.outcome == "failed") & (rows.status == 0)).sum() > 10
    assert "Traceback" not in noted
    reconciles(run)


def test_platform_killed_and_restarted_is_missed_and_found_again(scenario, tmp_path):
    """The platform is killed in mid-run and comes back: refused rows, then answers again; its counts, which
    outlast it, agree."""
    run, settings = tmp_path / "run", Settings(data=tmp_path / "platform")
    with ReferencePlatform(settings) as platform:
        target = ("--target", platform.url, "--vault", tmp_path / "v")
        process = flashcrowd("load", scenario(600), "--out", run, *target)
        await_rows(process, run)
        os.kill(platform.pid, signal.SIGKILL)
        await_rows(process, run, 5, "refused")
        answered_before = int((rows_of(run).outcome == "ok").sum())
        with ReferencePlatform(settings, port=int(platform.url.rpartition(":")[2])):
            await_rows(process, run, answered_before + 20, "ok")
            process.send_signal(signal.SIGINT)
            code, _, noted = finished(process)
    assert (code, RunReader(run).manifest["state"]) == (5, "interrupted"), noted
    assert "Traceback" not in noted
    reconciles(run)


def test_platform_that_dies_for_good_leaves_a_whole_record(scenario, tmp_path):
    """The platform is killed and stays away: the run sees that it is hopeless, and closes its record."""
    run = tmp_path / "run"
    with ReferencePlatform() as platform:
        target = ("--target", platform.url, "--vault", tmp_path / "v", "--abort-on", "errors>50% for 2s")
        process = flashcrowd("load", scenario(600), "--out", run, *target)
        await_rows(process, run)
        os.kill(platform.pid, signal.SIGKILL)
        code, _, noted = finished(process)
    assert (code, RunReader(run).manifest["state"]) == (1, "finished"), noted
    assert (rows_of(run).outcome == "refused").any()
    assert "Traceback" not in noted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_the_run_in_order(scenario, town, tmp_path, number):
    """Asked to end, the run closes its record, reconciles, and is not judged."""
    run = tmp_path / "run"
    process = flashcrowd("load", scenario(600), "--out", run, *town)
    await_rows(process, run)
    process.send_signal(number)
    code, _, noted = finished(process)
    assert (code, RunReader(run).manifest["state"]) == (5, "interrupted"), noted
    reconciles(run)
    assert "Traceback" not in noted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_before_the_run_begins_ends_it_at_once(scenario, tmp_path, number):
    """While a platform that does not answer is waited for."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        target = ("--target", f"http://127.0.0.1:{server.getsockname()[1]}", "--vault", tmp_path / "v")
        process = flashcrowd("load", scenario(600), "--out", tmp_path / "run", *target)
        with server.accept()[0]:
            process.send_signal(number)
            code, _, noted = finished(process)
    assert code == 128 + signal.SIGINT, noted
    assert "Traceback" not in noted


def test_killed_run_keeps_what_was_flushed(scenario, platform, town, tmp_path):
    """After `kill -9` the record is readable, its last file was written less than five seconds before, and it
    holds all that the platform had answered some flushes before."""
    run, before = tmp_path / "run", answered(platform)
    process = flashcrowd("load", scenario(600), "--out", run, *town)
    rows = await_rows(process, run)
    during = answered(platform) - before
    for _ in range(3):  # the third flush seen from now on was surely begun from now on
        rows = await_rows(process, run, rows)
    process.kill()
    killed_s = time.time()
    process.communicate()
    assert RunReader(run).manifest["state"] == "running"
    assert len(rows_of(run)) >= rows
    assert (rows_of(run).start_ns >= 0).sum() >= during > 0
    assert killed_s - max(path.stat().st_mtime for path in run.glob("requests/*")) < 5
    assert finished(flashcrowd("report", run))[0] == 0


def test_disk_full_at_the_record_is_one_line(scenario, platform, town, tmp_path):
    """When the record cannot grow the run ends with one line and exit code 6; what was written stays."""
    run = tmp_path / "run"

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, SMALL))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    process = flashcrowd("load", scenario(60), "--out", run, *town, preexec_fn=small_files)
    code, _, noted = finished(process)
    assert code == 6
    assert "cannot be written" in noted.strip().splitlines()[-1]
    assert "Traceback" not in noted
    assert len(rows_of(run)) > 0
    assert finished(flashcrowd("report", run))[0] == 0


def test_bug_of_the_harness_ends_the_run_with_its_record_closed(scenario, town, tmp_path):
    """A bug in a visit is never swallowed: exit 6, one line, what was recorded is there."""
    run = tmp_path / "run"
    program = (
        "from flashcrowd.load import scroll\n"
        "def broken(self, *_):\n"
        "    raise ZeroDivisionError('planted')\n"
        f"scroll.Scroll.unseen = broken\n{MAIN}\n"
    )
    code, _, noted = finished(flashcrowd("load", scenario(600), "--out", run, *town, program=program))
    assert code == 6
    assert "ZeroDivisionError: planted" in noted.strip().splitlines()[-1]
    assert "Traceback" not in noted
    assert RunReader(run).manifest["state"] == "failed"
    assert len(rows_of(run)) >= 1
