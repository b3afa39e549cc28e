"""Memory of live members: a process that is ready to run the crowd, against the same process with hardly any.

Run as a program: `memory_of_members.py MEMBERS`; prints one JSON object.
"""

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

from ours import origin_of, scene_of

from flashcrowd.core.scenario import Scenario
from flashcrowd.load.crowd import Crowd
from flashcrowd.load.schedule import draw_schedule
from flashcrowd.load.wire import Wire
from flashcrowd.sim.world import build_world

MINUTES = 10
"""Of the run whose arrivals are drawn, at 60 scenario seconds a second."""


def resident() -> int:
    """Bytes of this process in memory."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def ready(members: int) -> Any:
    """Everything that a run of so many members holds when it begins."""
    world = build_world(Scenario().changed(**{"population.members": members}))
    scene = scene_of(world, Wire(origin_of(9), "127.0.0.1"), 1, members)
    starts_s = scene.clock.starts_at_s
    schedule = draw_schedule(world, scene.cast.members, starts_s, starts_s + MINUTES * 60 * 60.0)
    return scene, schedule, Crowd(scene, schedule, workers=200)


def memory(members: int) -> dict[str, Any]:
    """Bytes of the idle process, and how many more each member costs."""
    few = ready(1000)
    idle = resident()
    del few
    many = ready(members)
    used = resident()
    return {"idle_mb": idle / 1e6, "per_member": (used - idle) / members, "arrivals": len(many[1])}


if __name__ == "__main__":
    print(json.dumps(memory(int(sys.argv[1]))))
