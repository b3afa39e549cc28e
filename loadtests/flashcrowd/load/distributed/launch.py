"""Workers as processes of this machine, and where a master listens for workers of others."""

import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from flashcrowd.core.errors import FlashcrowdError, UsageError

LOOPBACK: Final = "127.0.0.1"
PORT: Final = 5557
"""Locust's port for workers."""

STOP_LIMIT_S: Final = 5.0
FOLDER: Final = "workers"
"""Where, in a run directory, workers of this machine keep copies of their rows until the master has them."""


@dataclass(frozen=True, slots=True)
class Workers:
    """On what a run is played.

    Args:
        count: workers without which it does not begin, > 0.
        local: whether they are started here, as processes; otherwise they come from wherever they run.
        host: address on which the master listens; "*" = all.
        port: the same; 0 = a free one.
    """

    count: int
    local: bool = True
    host: str = LOOPBACK
    port: int = 0

    def check_port(self) -> None:
        """See whether the master can listen there.

        Raises:
            UsageError: when it cannot.
        """
        address = ("" if self.host == "*" else self.host, self.port)
        try:
            socket.create_server(address).close()
        except OSError as error:
            where = f"{self.host}:{self.port}"
            raise UsageError(f"the master cannot listen on {where}: {error.strerror or error}") from None


class Processes:
    """Worker processes on this machine, for as long as a `with` block.

    Args:
        count: how many.
        port: of the master, on loopback.
        run: the run directory; each keeps a copy of its rows there, in `workers/<number>`.
    """

    def __init__(self, count: int, port: int, run: Path) -> None:
        self._count = count
        self._port = port
        self._folder = run / FOLDER
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        shutil.rmtree(self._folder, ignore_errors=True)
        command = [sys.executable, "-m", "flashcrowd.load.distributed", "--quiet"]
        command += ["--master-port", str(self._port), "--out", str(self._folder)]
        for _ in range(self._count):
            # A session of their own: Ctrl-C reaches the master, which lets them end in order.
            self._processes.append(
                subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        for process in self._processes:
            try:
                process.wait(0 if error else STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.terminate()
        for process in self._processes:
            try:
                process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._folder.is_dir() and not any(self._folder.iterdir()):
            self._folder.rmdir()

    def check(self) -> None:
        """See whether all are there.

        Raises:
            FlashcrowdError: when one has ended.
        """
        for process in self._processes:
            if process.poll() is not None:
                raise FlashcrowdError(
                    f"a worker process ended before the run began (exit {process.returncode})"
                )
