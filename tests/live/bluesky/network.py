"""A Bluesky network for as long as a `with` block: PostgreSQL, Redis and the Node services, all on loopback.

Needs `initdb` and `redis-server` on the path, Node 20, and the packages that `npm ci` puts beside this file.
"""

import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

HERE: Final = Path(__file__).parent
START_LIMIT_S: Final = 120.0
STOP_LIMIT_S: Final = 10.0
SCHEMA: Final = "flashcrowd"
SYSTEM_USERS: Final = ("postgres", "nobody")
"""PostgreSQL refuses to run as root: then it runs as the first of these that exists."""


class NetworkError(Exception):
    """The network cannot be started; the message says what is missing or what was said last."""


class BlueskyNetwork:
    """Starts the network on free ports, and stops everything it started at the end of the block.

    Attributes (inside the block):
        url: root of the PDS, to which members talk.
        jwt_secret: signs its tokens, so that a test can make one that has run out.

    Raises:
        NetworkError: when something is missing or does not start.
    """

    def __init__(self) -> None:
        self.url = ""
        self.jwt_secret = ""
        self._stack = ExitStack()
        self._folder = Path()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _start(self) -> None:
        if not (HERE / "node_modules").is_dir():
            raise NetworkError(f"{HERE}: holds no node_modules; run npm ci there (some minutes, once)")
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="flashcrowd-bsky-")))
        self._folder.chmod(0o755)
        database = self._start_postgres(_free_port())
        redis = self._start_redis(_free_port())
        self._start_services(database, redis)

    def _start_postgres(self, port: int) -> str:
        """The URL of a database that is up."""
        user = _system_user() if os.geteuid() == 0 else None
        data = self._folder / "postgres"
        data.mkdir()
        if user is not None:
            os.chown(data, user.pw_uid, user.pw_gid)
        as_user = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        initdb = Path(_found("initdb")).resolve()
        subprocess.run(
            [initdb, "-D", data, "-U", "flashcrowd", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            cwd=data,
            stdout=subprocess.DEVNULL,
            **as_user,
        )
        settings = ("listen_addresses=127.0.0.1", f"unix_socket_directories={data}", "fsync=off")
        options = [word for setting in settings for word in ("-c", setting)]
        self._spawn(
            "postgres", [initdb.with_name("postgres"), "-D", data, "-p", str(port), *options], **as_user
        )
        self._wait("postgres", lambda: _accepts(port))
        return f"postgresql://flashcrowd@127.0.0.1:{port}/postgres"

    def _start_redis(self, port: int) -> str:
        """Host and port of a Redis that keeps nothing."""
        command = [_found("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        self._spawn("redis", command)
        self._wait("redis", lambda: _accepts(port))
        return f"127.0.0.1:{port}"

    def _start_services(self, database: str, redis: str) -> None:
        ports = [str(_free_port()) for _ in range(4)]
        scratch = self._folder / "services"
        scratch.mkdir()
        environment = os.environ | {
            "DB_POSTGRES_URL": database,
            "DB_POSTGRES_SCHEMA": SCHEMA,
            "REDIS_HOST": redis,
            "TMPDIR": str(scratch),
            "LOG_ENABLED": "false",
        }
        node = self._spawn(
            "services",
            [_found("node"), str(HERE / "network.mjs"), *ports],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        heard: list[str] = []
        listener = threading.Thread(target=lambda: heard.extend(iter(node.stdout.readline, "")), daemon=True)
        listener.start()
        self._wait("services", lambda: any(line.startswith("{") for line in heard))
        said = json.loads(next(line for line in heard if line.startswith("{")))
        self.url, self.jwt_secret = said["pds"], said["jwtSecret"]

    def _spawn(self, name: str, command: list[Any], **options: Any) -> subprocess.Popen[Any]:
        log = self._stack.enter_context((self._folder / f"{name}.log").open("wb"))
        options = {"stdout": log, "cwd": self._folder} | options
        process: subprocess.Popen[Any] = subprocess.Popen(command, stderr=log, **options)
        self._stack.callback(_stop, process)
        setattr(self, f"_{name}", process)
        return process

    def _wait(self, name: str, ready: Callable[[], bool]) -> None:
        process = getattr(self, f"_{name}")
        deadline = time.monotonic() + START_LIMIT_S
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                lines = (self._folder / f"{name}.log").read_text(errors="replace").strip().splitlines()
                raise NetworkError(f"{name} did not start: {lines[-1] if lines else 'it said nothing'}")
            time.sleep(0.05)


def _stop(process: subprocess.Popen[Any]) -> None:
    """End a process we started: by the end of its input where it listens, else by a signal."""
    if process.stdin is not None:
        process.stdin.close()
    else:
        process.terminate()
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise NetworkError(f"{program} is not on the path; see CONTRIBUTING.md, a Bluesky network")
    return path


def _system_user() -> pwd.struct_passwd:
    for name in SYSTEM_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NetworkError(f"PostgreSQL does not run as root, and none of {', '.join(SYSTEM_USERS)} exists")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
