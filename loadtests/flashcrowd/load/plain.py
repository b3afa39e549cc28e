"""Plain Locust: `locust -f loadtests/locustfile.py` alone, as master or as worker, with or without web UI."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import gevent
from gevent.event import Event
from locust.runners import MasterRunner, WorkerRunner

from flashcrowd.core.errors import FlashcrowdError
from flashcrowd.core.runlog import new_run_dir
from flashcrowd.core.scenario import load_scenario
from flashcrowd.load.bridge import Bridge
from flashcrowd.load.distributed.crew import Crew
from flashcrowd.load.distributed.part import Part
from flashcrowd.load.journal import Feed
from flashcrowd.load.liverun import Interrupted, LiveRun
from flashcrowd.load.observed.figures import Figures
from flashcrowd.load.observed.otel import Telemetry
from flashcrowd.load.observed.web import add_metrics, add_tabs
from flashcrowd.load.progress import Display

LOG: Final = logging.getLogger("flashcrowd")
STOP_LIMIT_S: Final = 30.0
"""Longest wait for a run that was asked to end: its drain and its record are done well before."""


class LocustHooks:
    """Makes plain Locust run a scenario: adds its options, and ends the test when the run has ended.

    Args:
        events: `locust.events`.
    """

    def __init__(self, events: Any) -> None:
        events.init_command_line_parser.add_listener(self._add_options)
        events.init.add_listener(self._attach)

    def _add_options(self, parser: Any, **_: Any) -> None:
        group = parser.add_argument_group("Flashcrowd")
        group.add_argument("--scenario", default="smoke", help="file, or name of a bundled scenario")
        group.add_argument("--members", type=int, help="live members, instead of the scenario's")
        group.add_argument("--duration", help="measured window, e.g. 60s, instead of the scenario's")
        group.add_argument("--out", default="", help="run directory; runs/<time>-<name> if not given")
        group.add_argument("--i-own", default="", help="public host that is yours to load")

    def _attach(self, environment: Any, runner: Any, web_ui: Any, **_: Any) -> None:
        figures = Figures()
        others = [_telemetry(figures).hear] if getattr(environment.parsed_options, "otel", False) else []
        if web_ui is not None:
            add_tabs(web_ui, lambda: figures.vitals)
            add_metrics(web_ui, lambda: figures.vitals)
        if isinstance(runner, WorkerRunner):
            Follower(environment)
        elif isinstance(runner, MasterRunner):
            Leader(environment, figures.feed(*others))  # Locust's figures come from the workers
        else:
            environment.live_run = lambda: _run_of(environment)
            environment.live_feed = figures.feed(Bridge(environment).hear, *others)
            environment.live_ended = lambda error: _end(environment, error)


class Leader:
    """Runs a scenario on Locust's workers whenever Locust's master starts a test."""

    def __init__(self, environment: Any, begin_feed: Callable[[], Feed]) -> None:
        self._environment = environment
        self._begin_feed = begin_feed
        self._live: LiveRun | None = None
        self._ended = Event()
        self._crew = self._new_crew()
        environment.events.test_start.add_listener(self._start)
        environment.events.test_stopping.add_listener(self._stop)

    def _new_crew(self) -> Crew:
        return Crew(self._environment.runner, 1, Display())

    def _start(self, **_: Any) -> None:
        self._ended.clear()
        self._crew.least = max(1, self._environment.runner.worker_count)
        gevent.spawn(self._lead)

    def _lead(self) -> None:
        error: BaseException | None = None
        try:
            with _run_of(self._environment, self._crew) as live:
                self._live = live
                live.prepare()
                live.play(self._begin_feed())
        except (Exception, Interrupted) as caught:
            error = caught
        self._live = None
        self._crew = self._new_crew()
        self._ended.set()
        _end(self._environment, error)

    def _stop(self, **_: Any) -> None:
        """End the run in order; Locust waits for its record to be closed."""
        if self._live is not None:
            self._live.stop()
            self._ended.wait(STOP_LIMIT_S)


class Follower:
    """Plays this worker's part in every run that the master leads."""

    def __init__(self, environment: Any) -> None:
        self._environment = environment
        self._part = self._new_part()
        self._playing = gevent.spawn(self._play_always)
        environment.events.quitting.add_listener(self._quit)

    def _new_part(self) -> Part:
        hear = Bridge(self._environment).hear
        return Part(
            self._environment.runner, lambda number: new_run_dir(None, f"worker-{number}"), Display(), hear
        )

    def _play_always(self) -> None:
        try:
            while True:
                self._part.run()
                self._part = self._new_part()
        except Exception as error:
            _say(self._environment, error)
            self._environment.runner.quit()

    def _quit(self, **_: Any) -> None:
        self._part.stop()
        self._playing.join(STOP_LIMIT_S)


def _telemetry(figures: Figures) -> Telemetry:
    """Hands figures to OpenTelemetry, which Locust's `--otel` has set up."""
    return Telemetry(lambda: figures.vitals)


def _run_of(environment: Any, crew: Crew | None = None) -> LiveRun:
    """The live run that Locust's options describe; without a host a reference platform is started."""
    options = environment.parsed_options
    changes = {"load.members": options.members, "load.duration": options.duration}
    scenario = load_scenario(options.scenario).changed(**changes)
    out = new_run_dir(Path(options.out) if options.out else None, scenario.name)
    LOG.info("record: %s", out)
    owned = [options.i_own] if options.i_own else []
    return LiveRun(scenario, out, environment.host or None, owned, display=Display(), crew=crew)


def _end(environment: Any, error: BaseException | None) -> None:
    """Say how the run ended, and end the test: the process too, unless the web UI is up."""
    _say(environment, error)
    runner = environment.runner
    if environment.web_ui is None:
        runner.quit()
    else:
        runner.stop()


def _say(environment: Any, error: BaseException | None) -> None:
    if isinstance(error, FlashcrowdError):
        LOG.error("%s", error)
        environment.process_exit_code = int(error.exit_code)
    elif isinstance(error, Exception):
        LOG.error("this is a bug of the harness", exc_info=error)
        environment.process_exit_code = 6
