"""A reference platform as a process of its own, for as long as a `with` block."""

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from flashcrowd.core.errors import FlashcrowdError
from flashcrowd.reference.settings import Settings

START_LIMIT_S: Final = 30.0
STOP_LIMIT_S: Final = 5.0
POLL_S: Final = 0.02
WATCH_S: Final = 0.5
"""How often a child looks whether its parent is still there."""

ADDRESS_FILE: Final = "address"
LOG_FILE: Final = "server.log"


class ReferencePlatform:
    """Starts a platform on a free loopback port, waits until it answers, stops it at the end of the block.

    The child also ends by itself within a second or so after this process has died, whatever it died of.

    Attributes (inside the block):
        url: root of the platform, such as `http://127.0.0.1:43211`.
        pid: of the child.
        data: folder of its database, media and log; a temporary one is removed at the end.

    Raises:
        FlashcrowdError: when it does not start; the message ends in the last line of its log.
    """

    def __init__(self, settings: Settings | None = None, *, port: int = 0) -> None:
        self._settings = settings or Settings()
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.data = Path()

    @property
    def pid(self) -> int:
        """Process id of the platform."""
        assert self._process is not None, "the platform runs inside the with block only"
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the platform's process is still there."""
        return self._process is not None and self._process.poll() is None

    def __enter__(self) -> Self:
        self.data = self._settings.data or Path(tempfile.mkdtemp(prefix="flashcrowd-platform-"))
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process (SIGTERM, then SIGKILL) and remove temporary data; again does nothing."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._settings.data is None:
            shutil.rmtree(self.data, ignore_errors=True)

    def _start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        address = self.data / ADDRESS_FILE
        address.unlink(missing_ok=True)
        settings = self._settings.model_copy(update={"data": self.data})
        command = [sys.executable, "-m", "flashcrowd.reference", "--port", str(self._port)]
        command += ["--settings", settings.model_dump_json(), "--address-file", str(address)]
        command += ["--parent", str(os.getpid())]
        if self._settings.data is None:
            command.append("--remove-data")
        with (self.data / LOG_FILE).open("ab") as log:
            # A session of its own: Ctrl-C reaches the run, which lets what is in flight land first.
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._wait(address)

    def _wait(self, address: Path) -> None:
        assert self._process is not None
        limit_s = time.monotonic() + START_LIMIT_S
        while time.monotonic() < limit_s:
            if self._process.poll() is not None:
                raise FlashcrowdError(f"the reference platform did not start: {self._last_words()}")
            if address.is_file():
                self.url = address.read_text(encoding="utf-8")
                if is_healthy(self.url):
                    return
            time.sleep(POLL_S)
        raise FlashcrowdError(
            f"the reference platform did not answer within {START_LIMIT_S:g} s: {self._last_words()}"
        )

    def _last_words(self) -> str:
        try:
            lines = (self.data / LOG_FILE).read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            lines = []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def is_healthy(url: str) -> bool:
    """Whether a platform answers at this URL; proxies are not asked."""
    connection = http.client.HTTPConnection(url.partition("://")[2], timeout=2.0)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def end_with(parent: int) -> None:
    """End this process by SIGTERM, then SIGKILL, soon after the process `parent` is no longer its parent."""
    threading.Thread(target=_watch, args=(parent,), daemon=True, name="parent watch").start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_S)
    with contextlib.suppress(ProcessLookupError):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOP_LIMIT_S)
        os.kill(os.getpid(), signal.SIGKILL)
