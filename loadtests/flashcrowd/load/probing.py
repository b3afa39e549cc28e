"""Probes of a capacity search: one platform, one cast, one live run after the other at fixed rates."""

import math
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import gevent
import httpx
import numpy as np

from flashcrowd.core.scenario import Scenario
from flashcrowd.load.adapters.opening import open_adapter
from flashcrowd.load.guard import admit
from flashcrowd.load.journal import Collected, Source
from flashcrowd.load.liverun import LiveRun
from flashcrowd.load.origin import parse_origin
from flashcrowd.load.recorder import Columns
from flashcrowd.load.reference_settings import reference_settings
from flashcrowd.load.runclock import NS
from flashcrowd.load.signals import interruptible
from flashcrowd.reference.process import ReferencePlatform

SPARE: Final = 4.0
"""Members for each session under way, so that nobody is asked to come while still there."""

CALM: Final = 3.0
"""A platform has recovered when a light request takes at most so many times what it took at rest."""

CALM_IN_A_ROW: Final = 3
RECOVERY_LIMIT_S: Final = 60.0

UNSEEN: Final = 1.25
"""How much longer a backlog may be than it was estimated."""

LEAST_CONNECTIONS: Final = 2000
"""So many requests may be in flight at least: a crowd that waits for connections does not load."""

LOOK_GROWTH: Final = 1.15
"""The judge looks again when the probe has lasted so many times longer: each look may err."""

ANSWERED_S: Final = 1.0
"""So long after the end of a window its rows have come, but for those of slow answers."""

Judge = Callable[[Collected], bool]
"""Takes the rows of a probe so far, by table (requests, sightings); whether its verdict is clear."""


class Prober:
    """Runs probes against one platform; a context manager, in which Ctrl-C is heard between two steps.

    Args:
        scenario: what the members are like; load profile and duration are the probes'.
        target: base URL; None = a reference platform for the whole search.
        adapter: what it speaks.
        owned: public hosts that the user says are theirs.
        vault: file of the credentials; None = the usual place, or a temporary one for our own platform.
        looks_for_posts: whether an objective needs to know how soon posts are seen. What no objective needs
            is not looked at: it would be load.
    """

    def __init__(
        self,
        scenario: Scenario,
        target: str | None = None,
        adapter: str = "mastodon",
        owned: tuple[str, ...] = (),
        vault: Path | None = None,
        looks_for_posts: bool = False,
    ) -> None:
        unneeded = {} if looks_for_posts else {"freshness.reads_per_s": 0.0}
        connections = max(scenario.load.connections, LEAST_CONNECTIONS)
        self._scenario = scenario.changed(
            **{"freshness.rereads": 0, "load.connections": connections, **unneeded}
        )
        self._adapter = adapter
        self._owned = owned
        self._vault = vault
        self._stack = ExitStack()
        self._rest_s = math.nan
        self._light = _light_path(adapter)
        self.url = target or ""

    def __enter__(self) -> "Prober":
        with ExitStack() as stack:
            stack.enter_context(interruptible())
            if not self.url:
                platform = stack.enter_context(ReferencePlatform(reference_settings(self._scenario)))
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="flashcrowd-capacity-"))
                self.url, self._vault = platform.url, Path(folder) / "accounts.jsonl"
            origin = parse_origin(self.url)
            admit(origin, self._owned)
            self.url = origin.url
            self._client = stack.enter_context(httpx.Client(trust_env=False, timeout=10.0))
            self._rest_s = float(np.median([self._light_request_s() for _ in range(5)]))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def probe(
        self, rate: float, windows_s: tuple[float, float], path: Path, judge: Judge, later_s: float = 0.0
    ) -> float:
        """Offer `rate` sessions a second until `judge` is clear, recorded in `path`.

        Args:
            windows_s: when the judge looks in any case, and the longest measured window.
            later_s: scenario seconds after the scenario's beginning: other visits than those of another time.

        Returns:
            When no more sessions came, seconds since the run began: what was due later is its aftermath.
        """
        scenario = self._scenario.changed(
            **{
                "load.profile": f"{rate:.6f}/s",
                "load.duration": windows_s[1],
                "load.members": self.members_for(rate),
                "load.starts_at": self._scenario.load.starts_at + later_s,
            }
        )
        with LiveRun(scenario, path, self.url, self._owned, self._adapter, vault=self._vault) as live:
            live.prepare()
            watcher = _Watcher(live, judge, scenario.load.warm_up + windows_s[0] + ANSWERED_S)
            live.play(watcher.take)
        return min(watcher.ended_s, scenario.load.warm_up + windows_s[1])

    def members_for(self, rate: float) -> int:
        """Live members that a rate needs: several times those who are there at once."""
        load = self._scenario.load
        there = rate * self._scenario.sessions.budget / load.time_lapse
        return min(self._scenario.population.members, max(load.members, math.ceil(SPARE * there)))

    def recover(self, backlog_s: float = 0.0) -> bool:
        """Wait until what the last probe left behind is worked off; False when it takes too long.

        Args:
            backlog_s: how long that took when last seen which light requests do not meet: posts that wait for
                their feeds, images in a queue.
        """
        gevent.sleep(min(UNSEEN * backlog_s, RECOVERY_LIMIT_S))
        limit_s, calm = time.monotonic() + RECOVERY_LIMIT_S, 0
        while time.monotonic() < limit_s:
            quick = self._light_request_s() <= max(CALM * self._rest_s, self._rest_s + 0.02)
            calm = calm + 1 if quick else 0
            if calm == CALM_IN_A_ROW:
                return True
            gevent.sleep(0.1)
        return False

    def _light_request_s(self) -> float:
        began = time.perf_counter()
        try:
            self._client.get(self.url + self._light)
        except httpx.HTTPError:
            return math.inf
        return time.perf_counter() - began


class _Watcher:
    """Shows what was answered so far to the judge, now and then, and ends the run when that is clear.

    `look_s`: since the run began; then it looks in any case.
    """

    def __init__(self, live: LiveRun, judge: Judge, look_s: float) -> None:
        self._look_s = look_s
        self._live = live
        self._judge = judge
        self._batches: dict[str, list[Columns]] = {"requests": [], "sightings": []}
        self._next_look_s = 0.0
        self.ended_s = math.inf

    def take(self, collected: Collected, source: Source) -> None:
        """Take a batch of rows."""
        for table, batches in self._batches.items():
            if table in collected:
                batches.append(collected[table])
        lasted_s = (time.monotonic_ns() - source.clock.origin_ns) / NS
        if math.isfinite(self.ended_s) or lasted_s < self._next_look_s or not self._batches["requests"]:
            return
        later_s = lasted_s * LOOK_GROWTH
        self._next_look_s = self._look_s if lasted_s < self._look_s < later_s else later_s
        so_far = {table: _joined(batches) for table, batches in self._batches.items() if batches}
        if self._judge(so_far) and self._live.crowd is not None:
            self.ended_s = lasted_s
            self._live.crowd.stop()


def _joined(batches: list[Columns]) -> Columns:
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


def _light_path(adapter: str) -> str:
    """Path of a light request: what the platform says of itself, where the adapter asks for that."""
    asked = next(open_adapter(adapter).inspect(), None)
    return "/" if asked is None else asked.target.decode()
