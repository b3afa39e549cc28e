"""Our SIR null model beside NDlib's on the same graph of 100,000 members, with the same chances.

NDlib belongs to the extra `bench` and runs in a process of its own; both are measured in CPU time.
"""

import json
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import mean, median

import numpy as np
import pytest

from flashcrowd.core.clock import DAY
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim.nulls import Originals
from flashcrowd.sim.nulls.sir import STEP_S, sir_trees
from flashcrowd.sim.world import build_world

pytestmark = pytest.mark.bench

MEMBERS = 100_000
BETA = 0.01
GAMMA = 0.1
STEPS = 60
OURS = 50
THEIRS = 3

NDLIB = """
import json, sys, time
import networkx, numpy
import ndlib.models.epidemics as epidemics
import ndlib.models.ModelConfig as config
start, followers = (numpy.load(f"{sys.argv[1]}/{name}.npy") for name in ("start", "followers"))
graph = networkx.DiGraph()
graph.add_nodes_from(range(len(start) - 1))
graph.add_edges_from(
    (v, u) for v in range(len(start) - 1) for u in followers[start[v]:start[v + 1]].tolist())
author, beta, gamma, steps, runs = (float(word) for word in sys.argv[2:])
found = []
for seed in range(int(runs)):
    numpy.random.seed(seed)
    model = epidemics.SIRModel(graph)
    chosen = config.Configuration()
    chosen.add_model_parameter("beta", beta)
    chosen.add_model_parameter("gamma", gamma)
    chosen.add_model_initial_configuration("Infected", [int(author)])
    model.set_initial_status(chosen)
    began = time.process_time()
    counts = model.iteration_bunch(int(steps) + 1, node_status=False)[-1]["node_count"]
    found.append([time.process_time() - began, counts[1] + counts[2]])
print(json.dumps(found))
"""


def test_sir_beside_ndlib(tmp_path: Path) -> None:
    """An epidemic through the whole graph: time of one, and how many it reaches, in both."""
    if find_spec("ndlib") is None:
        pytest.skip("needs the extra bench")
    graph = build_world(Scenario().changed(**{"population.members": MEMBERS})).graph
    author = int(graph.followers.argmax())
    end_s = STEPS * STEP_S
    sir_trees(graph, _posts(author, 1), BETA, DAY, 1, GAMMA)  # compiles
    began = time.process_time()
    trees = sir_trees(graph, _posts(author, OURS), BETA, end_s, 1, GAMMA)
    ours_s = (time.process_time() - began) / OURS
    reached = len(trees.t) / OURS
    print(
        f"\nSIR on {MEMBERS:,} members, {graph.edges:,} follows, beta {BETA}, gamma {GAMMA}, {STEPS} steps: "
        f"ours {ours_s * 1000:.1f} ms an epidemic, {reached:,.0f} reached"
    )
    np.save(tmp_path / "start.npy", graph.followed_start)
    np.save(tmp_path / "followers.npy", graph.followed_by)
    theirs = _ndlib(tmp_path, author)
    ndlib_s = median(seconds for seconds, _ in theirs)
    size = mean(reached for _, reached in theirs)
    print(f"NDlib {ndlib_s:.1f} s, {size:,.0f} reached: {ndlib_s / ours_s:,.0f}x (goal 50x)")
    assert reached == pytest.approx(size, rel=0.05)


def _posts(author: int, many: int) -> Originals:
    return Originals(np.zeros(many), np.full(many, author), np.zeros(many, np.int16), np.zeros(many, bool))


def _ndlib(folder: Path, author: int) -> list[list[float]]:
    """CPU seconds and members reached of each of its runs."""
    words = [author, BETA, GAMMA, STEPS, THEIRS]
    command = [sys.executable, "-c", NDLIB, str(folder), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result: list[list[float]] = json.loads(done.stdout)
    return result
