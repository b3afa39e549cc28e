"""`run_live`: one scenario, live, by Locust as a library, in this process."""

import os
import signal
from collections.abc import Collection
from pathlib import Path
from typing import Any

# Our sockets are gevent's own. Locust's patch of the whole process would only get in the way of everything
# that is not: Parquet's threads, subprocesses, the report.
os.environ.setdefault("LOCUST_SKIP_MONKEY_PATCH", "1")

import gevent
from gevent.event import Event
from locust.env import Environment

from flashcrowd.core.scenario import Scenario
from flashcrowd.load.liverun import Interrupted, LiveRun
from flashcrowd.load.progress import Display
from flashcrowd.load.users import CrowdUser


def run_live(
    scenario: Scenario,
    out: Path,
    target: str | None = None,
    owned: Collection[str] = (),
    adapter: str = "mastodon",
    quiet: bool = False,
    vault: Path | None = None,
    replay: Path | None = None,
) -> Path:
    """Run a scenario live and leave its record in `out`; `out`.

    Args:
        target: base URL; None = start a reference platform for this run.
        owned: public hosts that the user says are theirs.
        adapter: name of the adapter that speaks to the target.
        quiet: show no progress.
        vault: file of the target's credentials; None = the usual place.
        replay: a saved schedule (`schedule.parquet` of a run) instead of a drawn one.

    Raises:
        FlashcrowdError: when the run cannot be made; the message says why.
        KeyboardInterrupt: when it was ended before it began; run again, provisioning goes on where it
        stopped. Exception: a bug of the harness; the record holds what came before it.
    """
    live = LiveRun(scenario, out, target, owned, adapter, Display(quiet=quiet), vault, replay)
    ended = Event()
    errors: list[BaseException] = []

    def end(error: BaseException | None) -> None:
        if error is not None:
            errors.append(error)
        ended.set()

    environment: Any = Environment(user_classes=[CrowdUser], host=target)
    environment.live_run = lambda: live
    environment.live_ended = end
    signals = [gevent.signal_handler(number, live.stop) for number in (signal.SIGINT, signal.SIGTERM)]
    runner = environment.create_local_runner()
    try:
        runner.start(1, spawn_rate=1)
        ended.wait()
    finally:
        runner.quit()
        for handler in signals:
            handler.cancel()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for error in errors:
        raise KeyboardInterrupt if isinstance(error, Interrupted) else error
    return out
