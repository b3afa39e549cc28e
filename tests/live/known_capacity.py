"""Platforms whose capacity is known beforehand, and a search of one: `python tests/live/known_capacity.py`.

service: c slots that hold every request s seconds serve c / s requests a second (3 sizes). generator: g
generators that need m seconds an image make g / m images a second. freshness: statuses that come into feeds
one after the other, every f seconds, do so at 1 / f a second, while every answer is quick. That is where the
queue has no end; the capacity within an objective is where its quantile reaches the limit, a few per cent
below: in M/D/c, whose waits are half of those of M/M/c.

Visits that are evenly spaced wait less than that, so the capacity lies between the two: `good` says that the
bracket holds the lower one, `holds_saturation` that it holds the upper one.

Sessions are short and every page ends in a post where posts are counted, so that a load is known by its rate.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from scipy.optimize import brentq

from flashcrowd.reference.faults import Faults
from flashcrowd.reference.process import ReferencePlatform
from flashcrowd.reference.settings import Generator, Settings
from flashcrowd.report.capacity.queueing import wait_quantile_s

SHORT = {"budget": "60s", "think": "55s"}
LOAD = {"members": 100, "time_lapse": 600, "history_posts": 50, "timeout": "6s"}


@dataclass(frozen=True)
class Known:
    """A platform, a crowd, and what it holds.

    `settings`: of the platform · `slo` · `slots` of `each_s` seconds: what bounds it · `level`, `limit_s`: of
    the objective · `first`: of the search, sessions/s · `counts`: actions that it is about (none: all) ·
    `crowd`: sections of the scenario.
    """

    settings: Settings
    slo: str
    slots: int
    each_s: float
    level: float
    limit_s: float
    first: float
    counts: tuple[str, ...] = ()
    crowd: dict[str, Any] = field(default_factory=dict)

    @property
    def saturation_per_s(self) -> float:
        """Beyond it the queue has no end."""
        return self.slots / self.each_s

    @property
    def limit_per_s(self) -> float:
        """The largest rate at which the objective is kept in M/D/c."""

        def excess(rate: float) -> float:
            wait_s = wait_quantile_s(self.slots, rate, self.each_s, self.level) / 2
            return wait_s + self.each_s - self.limit_s

        return float(brentq(excess, 0.1 * self.saturation_per_s, 0.99999 * self.saturation_per_s))


def service(slots: int, service_ms: float) -> Known:
    """A platform with so many service slots."""
    each_s = service_ms / 1000
    faults = Faults(service_slots=slots, service_ms=service_ms)
    no_images = {"content": {"ai_share": 0.0}}
    slo = "all.p95<500ms, errors<1%"
    return Known(Settings(faults=faults), slo, slots, each_s, 0.95, 0.5, slots / each_s / 12, (), no_images)


KNOWN = {
    "service-1": service(1, 12.5),
    "service-2": service(2, 20),
    "service-4": service(4, 30),
    "generator": Known(
        Settings(generator=Generator(slots=6, median_s=0.3, sigma=0.0, blocked=0.0)),
        "generate.p95<2s",
        6,
        0.3,
        0.95,
        2.0,
        8.0,
        ("generate",),
        {"content": {"ai_share": 1.0, "posts_per_day": 30}},
    ),
    "freshness": Known(
        Settings(faults=Faults(fanout_ms=50)),
        "freshness.p90<2s",
        1,
        0.05,
        0.9,
        2.0,
        8.0,
        ("post", "reply", "quote"),
        {"content": {"ai_share": 0.0, "posts_per_day": 30}, "freshness": {"reads_per_s": 40}},
    ),
}


def searched(known: Known, folder: Path, seed: int) -> dict[str, Any]:
    """One search: whether the capacity lies in the bracket, how wide that is, how long it took."""
    scenario = folder / "crowd.yaml"
    crowd: dict[str, Any] = {"seed": seed, "sessions": SHORT, "load": LOAD, **known.crowd}
    crowd |= {"population": {"members": 2000}, "graph": {"mean_follows": 12}}
    scenario.write_text(yaml.safe_dump(crowd))
    began = time.monotonic()
    with ReferencePlatform(known.settings) as platform:
        command = [
            sys.executable, "-m", "flashcrowd.cli", "capacity", str(scenario), "--target", platform.url,
            "--slo", known.slo, "--first", str(known.first), "--vault", str(folder / "vault.jsonl"),
            "--out", str(folder / "search"), "--json",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    took_s = time.monotonic() - began
    if done.returncode not in (0, 4):
        return {"good": False, "took_s": round(took_s, 1), "said": done.stderr[-2000:]}
    found = json.loads(done.stdout)
    each = found["requests_per_session"]
    per_session = sum(each.get(name, 0.0) for name in known.counts) if known.counts else sum(each.values())
    low, high = (found["sessions_per_s"][end] * per_session for end in ("holds", "fails"))
    return {
        "limit_per_s": round(known.limit_per_s, 2),
        "saturation_per_s": round(known.saturation_per_s, 2),
        "bracket_per_s": [round(low, 2), round(high, 2)],
        "width": round(high / low - 1, 4),
        "confirmed": found["confirmed"],
        "good": low < known.limit_per_s <= high and high / low <= 1.1001 and found["confirmed"],
        "holds_saturation": low < known.saturation_per_s <= high,
        "in_time": took_s <= 240,
        "took_s": round(took_s, 1),
        "gave_way": found["gave_way"],
        "probes": [
            [p["rate"], p["load"], p["keeps_up_at"], p["verdict"], p["confirms"], p["window_s"]]
            for p in found["probes"]
        ],
        "said": done.stderr[-3000:].splitlines(),
    }


def main() -> None:
    """Search one known capacity and print what came of it as one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=KNOWN)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="flashcrowd-known-") as folder:
        result = searched(KNOWN[chosen.name], Path(folder), chosen.seed)
    print(json.dumps({"name": chosen.name, "seed": chosen.seed, **result}))


if __name__ == "__main__":
    main()
