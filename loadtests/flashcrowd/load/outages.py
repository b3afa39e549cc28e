"""Outages of a scenario in a live run on a platform of our own: it is taken down, and up again.

Who is turned away looks in when it is up, as offline. A platform that is not ours has outages of its own.
"""

from time import monotonic_ns
from typing import Final

import gevent

from flashcrowd.core.clock import TICK
from flashcrowd.core.errors import TargetError
from flashcrowd.load.request import Request
from flashcrowd.load.runclock import NS
from flashcrowd.load.scene import Scene
from flashcrowd.load.wire import OK, Wire

DOWN: Final = b'{"error_share": 1.0}'
UP: Final = b"{}"
"""Faults of the reference platform: everything is answered 503; nothing is wrong."""

JSON: Final = b"Content-Type: application/json\r\n"


class Outages:
    """Takes the platform down and up when the scenario says; without outages it does nothing.

    Args:
        scene: what all visits share.
        wire: the client of the platform, which must be ours.
    """

    def __init__(self, scene: Scene, wire: Wire) -> None:
        self._scene = scene
        self._wire = wire
        scene.downtimes = scene.world.programme.downtimes

    def watch(self) -> None:
        """See to it until the last outage is over; runs beside the crowd."""
        clock = self._scene.clock
        for down in self._scene.downtimes:
            up_ns = clock.due_ns(down.up_s)
            if up_ns > monotonic_ns():
                _wait_until(clock.due_ns(down.first * TICK))
                self._switch(DOWN)
                _wait_until(up_ns)
                self.end()

    def end(self) -> None:
        """Have the platform up from now on."""
        if self._scene.line.expects_failures:
            self._switch(UP)

    def _switch(self, faults: bytes) -> None:
        self._scene.line.expects_failures = faults is DOWN
        answer = self._wire.send(Request("public", b"POST", b"/faults", JSON, faults))
        if answer.fault != OK or answer.status != 200:
            raise TargetError(f"the platform's faults cannot be switched: status {answer.status}")


def _wait_until(at_ns: int) -> None:
    gevent.sleep(max(0, at_ns - monotonic_ns()) / NS)
