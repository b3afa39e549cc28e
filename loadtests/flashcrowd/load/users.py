"""The one Locust user of a process: it owns the members, and lets the whole crowd live.

`LocustHooks` gives plain `locust -f loadtests/locustfile.py` the options of a live run; our own command
makes the run itself and hands it over by `environment.live_run`.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from locust import User, task

from flashcrowd.core.errors import FlashcrowdError
from flashcrowd.core.runlog import new_run_dir
from flashcrowd.core.scenario import load_scenario
from flashcrowd.load.bridge import Bridge
from flashcrowd.load.liverun import Interrupted, LiveRun
from flashcrowd.load.progress import Display

LOG: Final = logging.getLogger("flashcrowd")
STOP_LIMIT_S: Final = 30.0
"""Longest wait for a run that was asked to end: its drain and its record are done well before."""


class CrowdUser(User):  # type: ignore[misc]
    """All members of this process. Locust sees one user; its figures are those of every member's requests."""

    fixed_count = 1

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._live: LiveRun | None = None

    @task  # type: ignore[untyped-decorator]
    def live(self) -> None:
        """What the user does, for Locust's lists of tasks; `run` does it once."""

    def run(self) -> None:
        """Prepare, live and record one run; then end the test."""
        make: Callable[[], LiveRun] = self.environment.live_run
        error: BaseException | None = None
        try:
            with make() as live:
                self._live = live
                live.prepare()
                live.play(Bridge(self.environment).feed)
        except (Exception, Interrupted) as caught:
            error = caught
        self._live = None
        self.environment.live_ended(error)

    def stop(self, force: bool = False) -> bool:
        """End the run in order; Locust waits for its record to be closed."""
        if self._live is not None:
            self._live.stop()
            self.greenlet.join(STOP_LIMIT_S)
        return bool(super().stop(force=True))


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

    def _attach(self, environment: Any, **_: Any) -> None:
        environment.live_run = lambda: _run_of(environment)
        environment.live_ended = lambda error: _end(environment, error)


def _run_of(environment: Any) -> LiveRun:
    """The live run that Locust's options describe; without a host a reference platform is started."""
    options = environment.parsed_options
    changes = {"load.members": options.members, "load.duration": options.duration}
    scenario = load_scenario(options.scenario).changed(**changes)
    out = new_run_dir(Path(options.out) if options.out else None, scenario.name)
    LOG.info("record: %s", out)
    owned = [options.i_own] if options.i_own else []
    return LiveRun(scenario, out, environment.host or None, owned, display=Display())


def _end(environment: Any, error: BaseException | None) -> None:
    """Say how the run ended, and end the test: the process too, unless the web UI is up."""
    if isinstance(error, FlashcrowdError):
        LOG.error("%s", error)
        environment.process_exit_code = int(error.exit_code)
    elif isinstance(error, Exception):
        LOG.error("this is a bug of the harness", exc_info=error)
        environment.process_exit_code = 6
    runner = environment.runner
    if environment.web_ui is None:
        runner.quit()
    else:
        runner.stop()
