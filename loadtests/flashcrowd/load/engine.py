"""`run_live` and `run_worker`: one scenario, live, by Locust as a library, in this process or on workers."""

import os
from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path
from typing import Any

# Our sockets are gevent's own. Locust's patch of the whole process would only get in the way of everything
# that is not: Parquet's threads, subprocesses, the report.
os.environ.setdefault("LOCUST_SKIP_MONKEY_PATCH", "1")

import gevent
from gevent.event import Event
from locust.env import Environment

from flashcrowd.core.errors import TargetError
from flashcrowd.core.scenario import Scenario
from flashcrowd.load.bridge import Bridge
from flashcrowd.load.distributed.crew import Crew
from flashcrowd.load.distributed.launch import Processes, Workers
from flashcrowd.load.distributed.part import Part
from flashcrowd.load.journal import Feed
from flashcrowd.load.liverun import Interrupted, LiveRun
from flashcrowd.load.observed.figures import Figures
from flashcrowd.load.observed.outlets import NOWHERE, Outlets
from flashcrowd.load.progress import Display
from flashcrowd.load.signals import on_signals
from flashcrowd.load.users import CrowdUser

Begin = Callable[[Any, LiveRun], Any]
"""Begins a run in an environment; returns Locust's runner."""


def run_live(
    scenario: Scenario,
    out: Path,
    target: str | None = None,
    owned: Collection[str] = (),
    adapter: str = "mastodon",
    quiet: bool = False,
    vault: Path | None = None,
    replay: Path | None = None,
    workers: Workers | None = None,
    outlets: Outlets = NOWHERE,
) -> Path:
    """Run a scenario live and leave its record in `out`; `out`.

    Args:
        target: base URL; None = start a reference platform for this run.
        owned: public hosts that the user says are theirs.
        adapter: name of the adapter that speaks to the target.
        quiet: show no progress.
        vault: file of the target's credentials; None = the usual place.
        replay: a saved schedule (`schedule.parquet` of a run) instead of a drawn one.
        workers: on which the members live; None = in this process.
        outlets: where figures of the run under way are shown.

    Raises:
        FlashcrowdError: when the run cannot be made; the message says why.
        KeyboardInterrupt: when it was ended before it began; run again, provisioning goes on where it
            stopped.
        Exception: a bug of the harness; the record holds what came before it.
    """
    display = Display(quiet=quiet)
    environment: Any = Environment(user_classes=[CrowdUser], host=target)
    live = LiveRun(scenario, out, target, owned, adapter, display, vault, replay)
    figures = Figures()
    with ExitStack() as stack:
        heard = outlets.opened(figures, display, stack)
        if workers is None:
            begin = _alone(figures.feed(Bridge(environment).hear, *heard))
        else:
            begin = _leading(workers, out, display, stack, figures.feed(*heard))
        errors = _driven(environment, live, begin)
    for error in errors:
        raise KeyboardInterrupt if isinstance(error, Interrupted) else error
    return out


def run_worker(host: str, port: int, out: Callable[[int], Path], quiet: bool = False) -> None:
    """Play a part of the run that the master at an address leads; blocks until it is over.

    Args:
        out: number of the worker -> where a copy of its rows is kept, for good only when the master does not
            get them.

    Raises:
        FlashcrowdError: when there is no master, the part cannot be played, or the master is gone.
    """
    display = Display(quiet=quiet)
    environment: Any = Environment(user_classes=[CrowdUser])
    display.note(f"worker: looking for the master at {host}:{port}")
    try:
        runner = environment.create_worker_runner(host, port)
    except ConnectionError:
        raise TargetError(f"no master answers at {host}:{port}") from None
    part = Part(runner, out, display, Bridge(environment).hear)
    try:
        with on_signals(part.stop):
            part.run()
    finally:
        runner.quit()
        runner.client.close(linger=0)  # what a dead master does not take must not hold this process


def _alone(begin_feed: Callable[[], Feed]) -> Begin:
    """What lets Locust's local runner start the one user of this process."""

    def begin(environment: Any, live: LiveRun) -> Any:
        environment.live_run = lambda: live
        environment.live_feed = begin_feed
        runner = environment.create_local_runner()
        runner.start(1, spawn_rate=1)
        return runner

    return begin


def _leading(
    workers: Workers, out: Path, display: Display, stack: ExitStack, begin_feed: Callable[[], Feed]
) -> Begin:
    """What lets Locust's master lead workers through the run."""
    workers.check_port()

    def begin(environment: Any, live: LiveRun) -> Any:
        runner = environment.create_master_runner(workers.host, workers.port)
        port = runner.server.port
        if workers.local:
            check = stack.enter_context(Processes(workers.count, port, out)).check
        else:
            display.note(f"workers join by: flashcrowd load --worker --master-host HOST --master-port {port}")
            check = _nothing
        live.crew = Crew(runner, workers.count, display, check)
        gevent.spawn(_lead, environment, live, begin_feed)
        return runner

    return begin


def _lead(environment: Any, live: LiveRun, begin_feed: Callable[[], Feed]) -> None:
    error: BaseException | None = None
    try:
        with live:
            live.prepare()
            live.play(begin_feed())  # Locust's own figures come from the workers
    except (Exception, Interrupted) as caught:
        error = caught
    environment.live_ended(error)


def _driven(environment: Any, live: LiveRun, begin: Begin) -> list[BaseException]:
    """Begin a run and wait for its end; what it ended with, if not well."""
    ended = Event()
    errors: list[BaseException] = []

    def end(error: BaseException | None) -> None:
        if error is not None:
            errors.append(error)
        ended.set()

    environment.live_ended = end
    with on_signals(live.stop):
        runner = begin(environment, live)
        try:
            ended.wait()
        finally:
            runner.quit()
    return errors


def _nothing(*_: object) -> None:
    return
