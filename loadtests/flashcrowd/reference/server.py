"""Runs a reference platform in this process."""

import contextlib
import errno
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import uvicorn

from flashcrowd.core.errors import FlashcrowdError, StorageError
from flashcrowd.core.open_files import open_files
from flashcrowd.core.sigterm import sigterm_interrupts
from flashcrowd.reference.app import App
from flashcrowd.reference.checkpoints import Checkpointer
from flashcrowd.reference.settings import Settings
from flashcrowd.reference.site import DATABASE, Site

BACKLOG: Final = 4096
GRACE_S: Final = 1
"""Seconds that answers under way may take after a signal to stop."""

KEEP_ALIVE_S: Final = 75
"""Idle connections are kept so long (nginx's default)."""

ANY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}


def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    settings: Settings,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; to be called on the main thread.

    Args:
        host: address to listen on.
        port: port to listen on, 0 = any free one.
        settings: of the platform.
        on_ready: called with the URL when connections are taken.

    Raises:
        FlashcrowdError: when the port is taken or the address is not ours.
        StorageError: when the data folder cannot be used.
        UsageError: when the ranker is unknown.
    """
    open_files()
    with (
        contextlib.suppress(KeyboardInterrupt),
        sigterm_interrupts(),
        _listening(host, port) as listener,
        _data_folder(settings.data) as folder,
    ):
        url = _url(host, listener.getsockname()[1])
        site = Site(settings, folder, (settings.public_url or url).rstrip("/"))
        try:
            with Checkpointer(folder / DATABASE):
                if on_ready:
                    on_ready(url)
                _run(App(site), listener)
        finally:
            site.close()


def _run(app: App, listener: socket.socket) -> None:
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        backlog=BACKLOG,
    )
    uvicorn.Server(config).run(sockets=[listener])


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only where the protocol is named; without it, answers on an idle connection
    # wait 40 ms for a delayed acknowledgement.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except (OSError, OverflowError) as error:
            raise FlashcrowdError(_reason(host, port, error)) from error
        listener.listen(BACKLOG)
        listener.setblocking(False)
        yield listener


def _reason(host: str, port: int, error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken; name another one with --port, or 0 for any free one"
    return f"cannot listen on {host}, port {port}: {getattr(error, 'strerror', None) or error}"


@contextlib.contextmanager
def _data_folder(path: Path | None) -> Iterator[Path]:
    """The folder of the data; a temporary one is removed at the end."""
    if path is None:
        made = Path(tempfile.mkdtemp(prefix="flashcrowd-platform-"))
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{path}: cannot hold the platform's data: {error.strerror}") from error
    yield path


def _url(host: str, port: int) -> str:
    shown = ANY_ADDRESS.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"
