"""The sides of a duel: a platform that runs already, a command that starts one, a git revision."""

import contextlib
import math
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final, Protocol

import httpx
import psutil

from flashcrowd.core.errors import TargetError, UsageError

START_LIMIT_S: Final = 60.0
STOP_LIMIT_S: Final = 10.0
POLL_S: Final = 0.05
PORT: Final = "{port}"


class Side(Protocol):
    """One build of the platform.

    Attributes:
        text: what the user named it by.
        restarts: whether `stop` really ends it; what cannot be stopped keeps its state from block to block.
    """

    text: str
    restarts: bool

    def start(self) -> str:
        """Have it running; its base URL.

        Raises:
            TargetError: when it does not come up; the message ends in its last words.
        """

    def stop(self) -> None:
        """End it, with everything that it started; again does nothing."""

    def close(self) -> None:
        """Stop it, and take away what was made to start it."""

    def cpu_s(self) -> float:
        """Processor seconds that it has taken since it was started; NaN = not known."""


class UrlSide:
    """A platform that somebody else runs."""

    restarts = False

    def __init__(self, url: str) -> None:
        self.text = url

    def start(self) -> str:
        """The URL as given."""
        return self.text

    def stop(self) -> None:
        """Leave it running."""

    def close(self) -> None:
        """Leave it running."""

    def cpu_s(self) -> float:
        """Not known."""
        return math.nan


class CommandSide:
    """A build that a shell command starts on the port that it is told.

    Args:
        command: `{port}` in it, and PORT in its environment, say the port.
        health: path that answers with less than 500 once the build is ready.
        folder: where the command runs; None = here.

    Raises:
        UsageError: when the command cannot know its port.
    """

    restarts = True

    def __init__(self, command: str, health: str = "/", folder: Path | None = None, text: str = "") -> None:
        self.text = text or command
        self._command = command
        self._health = health
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._log: Path | None = None

    def start(self) -> str:
        """Start the command on a free loopback port and wait until it answers."""
        port = _free_port()
        handle, name = tempfile.mkstemp(prefix="flashcrowd-side-", suffix=".log")
        self._log = Path(name)
        with os.fdopen(handle, "wb") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", self._command.replace(PORT, str(port))],
                cwd=self._folder,
                env=os.environ | {"PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        url = f"http://127.0.0.1:{port}"
        try:
            self._wait(url)
        except BaseException:
            self.stop()
            raise
        return url

    def stop(self) -> None:
        """End the command's whole process group: SIGTERM, then SIGKILL."""
        process, self._process = self._process, None
        if process is not None:
            _signal_group(process, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_LIMIT_S)
            _signal_group(process, signal.SIGKILL)
            process.wait()
        if self._log is not None:
            self._log.unlink(missing_ok=True)
            self._log = None

    def close(self) -> None:
        """Stop it."""
        self.stop()

    def cpu_s(self) -> float:
        """Processor seconds of the command and all that it started, as far as they still run."""
        if self._process is None:
            return math.nan
        total = 0.0
        with contextlib.suppress(psutil.Error):
            first = psutil.Process(self._process.pid)
            for process in [first, *first.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    times = process.cpu_times()
                    total += times.user + times.system
        return total or math.nan

    def _wait(self, url: str) -> None:
        assert self._process is not None
        limit_s = time.monotonic() + START_LIMIT_S
        with httpx.Client(trust_env=False, timeout=5.0) as client:
            while time.monotonic() < limit_s:
                if self._process.poll() is not None:
                    raise TargetError(
                        f"{self.text}: ended with code {self._process.returncode}: {self._last_words()}"
                    )
                with contextlib.suppress(httpx.HTTPError):
                    if client.get(url + self._health).status_code < 500:
                        return
                time.sleep(POLL_S)
        raise TargetError(
            f"{self.text}: {self._health} did not answer within {START_LIMIT_S:g} s: {self._last_words()}"
        )

    def _last_words(self) -> str:
        assert self._log is not None
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


class RevisionSide(CommandSide):
    """A revision of the git repository in the current folder, checked out beside it and started by a command.

    Args:
        revision: whatever git takes for a commit.
        command: starts the build in the checkout.
        build: a command that is run there once, before the first start.

    Raises:
        UsageError: when there is no such revision, or it cannot be built.
    """

    def __init__(self, revision: str, command: str, health: str = "/", build: str | None = None) -> None:
        commit = _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", where=revision).strip()
        self._checkout = Path(tempfile.mkdtemp(prefix="flashcrowd-revision-"))
        super().__init__(command, health, self._checkout, f"{revision} ({commit[:10]})")
        _git("worktree", "add", "--detach", "--force", str(self._checkout), commit, where=revision)
        if build is not None:
            done = subprocess.run(
                ["/bin/sh", "-c", build], cwd=self._checkout, capture_output=True, text=True, check=False
            )
            if done.returncode:
                words = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
                self.close()
                raise UsageError(f"{revision}: the build ended with code {done.returncode}: {words[-1]}")

    def close(self) -> None:
        """Stop it and take its checkout away."""
        self.stop()
        with contextlib.suppress(UsageError):
            _git("worktree", "remove", "--force", str(self._checkout), where=self.text)
        shutil.rmtree(self._checkout, ignore_errors=True)


def side_of(text: str, health: str, start: str | None, build: str | None) -> Side:
    """The side that a user names: a URL; with `start` given a git revision; else a command.

    Raises:
        UsageError: when it is none of them.
    """
    if text.startswith(("http://", "https://")):
        return UrlSide(text)
    if start is not None:
        return RevisionSide(text, start, health, build)
    if PORT not in text and "$PORT" not in text:
        raise UsageError(
            f"{text!r} is neither a URL nor a command that takes {PORT}; a git revision needs --start COMMAND"
        )
    return CommandSide(text, health)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _signal_group(process: "subprocess.Popen[bytes]", number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _git(*words: str, where: str) -> str:
    try:
        done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
    except OSError as error:
        raise UsageError(f"{where}: git cannot be run: {error.strerror or error}") from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise UsageError(f"{where}: {said[-1] if said else 'no such revision in this repository'}")
    return done.stdout
