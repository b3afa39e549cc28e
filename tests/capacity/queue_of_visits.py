"""Platforms on paper: visits of a few requests each, or images, before a bounded number of servers."""

import heapq
from dataclasses import dataclass

import numpy as np

from flashcrowd.core.events import ACTION_CODE
from flashcrowd.report.metrics.traffic import Traffic


@dataclass(frozen=True)
class Visits:
    """Visits at a fixed rate; each makes 1 + Poisson requests, with a pause after each answer.

    `requests_mean`: of a visit · `pause_s`: mean, exponential · `servers` of `service_s` each, in order of
    arrival.
    """

    servers: int
    service_s: float
    requests_mean: float = 2.0
    pause_s: float = 0.1
    action: str = "home"

    @property
    def limit_per_s(self) -> float:
        """Visits a second beyond which the queue grows without end."""
        return self.servers / self.service_s / self.requests_mean

    def requests(self, rate, lasts_s, seed):
        """(due_s, end_s) of every request due until `lasts_s`, in order of completion."""
        rng = np.random.default_rng(seed)
        n = int(rate * lasts_s)
        left = 1 + rng.poisson(self.requests_mean - 1, n)
        calendar = [(k / rate, k) for k in range(n)]
        free = [0.0] * self.servers
        rows = []
        while calendar:
            due_s, visit = heapq.heappop(calendar)
            if due_s > lasts_s:
                break
            end_s = max(due_s, heapq.heappop(free)) + self.service_s
            heapq.heappush(free, end_s)
            rows.append((due_s, end_s))
            left[visit] -= 1
            if left[visit]:
                heapq.heappush(calendar, (end_s + rng.exponential(self.pause_s), visit))
        rows.sort(key=lambda row: row[1])
        return np.array(rows).T


@dataclass(frozen=True)
class Images:
    """Visits at a fixed rate of a cast in turn, few of whom ask for most of the images; nobody waits for one.

    `servers` of `service_s` each on average, in order of arrival · `sigma`: spread of its logarithm · `mean`:
    images of a visit · `cast`: members.
    """

    servers: int
    service_s: float
    mean: float = 0.85
    cast: int = 100
    sigma: float = 0.0
    action: str = "generate"

    @property
    def limit_per_s(self) -> float:
        """Visits a second beyond which the queue grows without end."""
        return self.servers / self.service_s / self.mean

    def requests(self, rate, lasts_s, seed):
        """(due_s, end_s) of every image asked for until `lasts_s`, in order of completion."""
        rng, visits = np.random.default_rng(seed), np.arange(int(rate * lasts_s))
        wishes = np.random.default_rng(1).gamma(0.5, 1.0, self.cast)
        wishes *= self.mean / wishes.mean()
        each = wishes[(visits + rng.integers(self.cast)) % self.cast]
        asked = np.floor(each + rng.random(len(visits))).astype(int)
        due_s = np.sort(np.repeat(visits / rate, asked) + rng.gamma(2, 0.05, asked.sum()))
        free, end_s = [0.0] * self.servers, []
        service_s = self.service_s * rng.lognormal(-(self.sigma**2) / 2, self.sigma, len(due_s))
        for at_s, lasts in zip(due_s, service_s, strict=True):
            end_s.append(max(at_s, heapq.heappop(free)) + lasts)
            heapq.heappush(free, end_s[-1])
        kept = due_s <= lasts_s
        return due_s[kept], np.array(end_s)[kept]


LOOKED_FOR_PER_S = 12
FIRST_GAP_S, GAP_SHARE = 0.05, 0.15


def sightings_of(made_s, visible_s, until_s):
    """Every few of the posts, looked for ever less often until it is there: rows as a live run has them."""
    every = max(1, round(len(made_s) / (LOOKED_FOR_PER_S * np.ptp(made_s))))
    rows = []
    for made, visible in zip(made_s[::every], visible_s[::every], strict=True):
        look = made
        while look < min(visible, until_s):
            look += max(FIRST_GAP_S, GAP_SHARE * (look - made))
        rows.append((made, look if look <= until_s else -1e-9, min(look, until_s)))
    made, seen, ended = (np.array(rows) * 1e9).astype(np.int64).T
    return {"made_ns": made, "seen_ns": seen, "ended_ns": ended}


def traffic_of(due_s, end_s, action="home"):
    """The requests, as reads of the home feed or what else they are."""
    no = np.zeros(len(due_s), bool)
    ms = (end_s - due_s) * 1000
    codes = np.full(len(due_s), ACTION_CODE[action], np.int8)
    return Traffic(codes, due_s, end_s, ms, ms, ms * 0, ~no, no, no, no)
