"""The one Locust user of a process: it owns the members, and lets the whole crowd live."""

from collections.abc import Callable
from typing import Any, Final

import gevent
from locust import User, task

from flashcrowd.load.journal import Feed
from flashcrowd.load.liverun import Interrupted, LiveRun

STOP_LIMIT_S: Final = 30.0
"""Longest wait for a run that was asked to end: its drain and its record are done well before."""


class CrowdUser(User):  # type: ignore[misc]
    """All members of this process. Locust sees one user; its figures are those of every member's requests.

    Whoever makes the environment says by three attributes what it runs: `live_run` makes the run,
    `live_feed` what hears of its rows, and `live_ended` is told how it ended. Without them (on a worker,
    whose part is led by messages of the master) the user only stands for the members.
    """

    fixed_count = 1

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._live: LiveRun | None = None

    @task  # type: ignore[untyped-decorator]
    def live(self) -> None:
        """What the user does, for Locust's lists of tasks; `run` does it once."""

    def run(self) -> None:
        """Prepare, live and record one run; then end the test."""
        make: Callable[[], LiveRun] | None = getattr(self.environment, "live_run", None)
        if make is None:
            gevent.sleep(float("inf"))
            return
        begin_feed: Callable[[], Feed] = self.environment.live_feed
        error: BaseException | None = None
        try:
            with make() as live:
                self._live = live
                live.prepare()
                live.play(begin_feed())
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
