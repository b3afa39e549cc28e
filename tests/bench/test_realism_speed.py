"""How fast the facts are measured: cascades of 20 million actions, and a graph of 40 million follows."""

import json
import subprocess
import sys
import time

import numpy as np
import pytest

from flashcrowd.report.realism.measures.clustering import local_clustering, reciprocity
from flashcrowd.report.realism.measures.observation import FollowLists
from flashcrowd.report.realism.measures.paths import hop_counts, mean_path

pytestmark = pytest.mark.bench

MEMBERS = 1_000_000
FOLLOWS = 40

CASCADES = """
import json, resource, sys, time
import numpy as np
from flashcrowd.core.events import ACTION_CODE
from flashcrowd.report.metrics.forest import forest
from flashcrowd.report.metrics.virality import by_size, spread, virality_metrics

rows, spreading = int(sys.argv[1]), float(sys.argv[2])
rng = np.random.default_rng(1)
kind = rng.choice(3, rows, p=[1 - spreading, spreading / 2, spreading / 2])  # read, post, repost
codes = np.array([ACTION_CODE[name] for name in ("home", "post", "repost")], np.int8)
items = np.flatnonzero(kind > 0)
back = np.minimum(rng.pareto(1.0, len(items)) * 50 + 1, 1e9).astype(np.int64)
cause = np.where(kind[items] == 2, items[np.maximum(np.arange(len(items)) - back, 0)], items)
root = np.arange(rows)
root[items] = cause
while not np.array_equal(root, root[root]):  # pointer jumping to the originals
    root = root[root]
kind[items[root[items] == items]] = 1
reposts = items[root[items] != items]
causes = np.full(rows, -1)
causes[items] = cause
causes[items[root[items] == items]] = -1
actions = {
    "seq": np.arange(rows), "t": np.arange(rows) * 0.01, "member": rng.integers(0, 1_000_000, rows, np.int32),
    "action": codes[kind], "post": np.arange(rows), "root": root, "cause": causes,
    "ai": np.zeros(rows, bool), "outcome": np.zeros(rows, np.int8),
}
del kind, items, back, cause, root, causes
began, wall = time.process_time(), time.perf_counter()
trees = forest(actions)
found = spread(trees, {"member": np.empty(0, np.int64)})
metrics, buckets = virality_metrics(found, trees), by_size(found)
print(json.dumps({
    "cpu_s": time.process_time() - began, "wall_s": time.perf_counter() - wall, "cascades": trees.n_cascades,
    "reposts": trees.n_nodes - trees.n_cascades, "largest": int(found.size.max()),
    "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
}))
"""


@pytest.mark.parametrize(("spreading", "what"), [(0.1, "a tenth of them"), (1.0, "all of them")])
def test_cascade_metrics_of_20_million_actions(spreading: float, what: str) -> None:
    """Every cascade metric over 20 M rows of which a tenth, or all, are posts and reposts."""
    command = [sys.executable, "-c", CASCADES, "20_000_000", str(spreading)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    run = json.loads(done.stdout)
    print(
        f"\n20 M actions, {what} posts and reposts: {run['cascades']:,} cascades, {run['reposts']:,} "
        f"reposts, largest {run['largest']:,}; all cascade metrics {run['cpu_s']:.1f} s of CPU, "
        f"{run['wall_s']:.1f} s by the clock, peak {run['peak_gb']:.2f} GB with the rows (goals 15 s, 4 GB)"
    )


def test_graph_facts_of_40_million_follows() -> None:
    """Paths from 200 members, clustering of 3,000, reciprocity on a graph of 1 M members with large hubs."""
    graph = _graph()
    hop_counts(FollowLists(np.zeros(3, np.int64), np.empty(0, np.int32)), np.arange(2))  # compiles
    local_clustering(FollowLists(np.zeros(3, np.int64), np.empty(0, np.int32)), np.arange(2))
    reciprocity(FollowLists(np.array([0, 1, 1]), np.array([1], np.int32)))
    took = {}
    for name, measure in (
        ("mean path from 200 members", lambda: mean_path(hop_counts(graph, np.arange(200) * 5000))),
        ("clustering of 3,000 members", lambda: local_clustering(graph, np.arange(3000) * 333).mean()),
        ("reciprocity", lambda: reciprocity(graph)),
    ):
        began = time.process_time()
        value = measure()
        took[name] = f"{name} {time.process_time() - began:.1f} s ({value:.3g})"
    print(f"\n1 M members, {len(graph.followees):,} follows, CPU: {', '.join(took.values())}")


def _graph() -> FollowLists:
    """Followees drawn with a popularity of rank^-3/4, scattered over the members; rows ascending."""
    rng = np.random.default_rng(1)
    rank = (MEMBERS * rng.random((MEMBERS, FOLLOWS)) ** 4).astype(np.int64)
    followees = np.sort(rng.permutation(MEMBERS).astype(np.int32)[rank], axis=1)
    return FollowLists(np.arange(MEMBERS + 1) * FOLLOWS, followees.ravel())
