"""Servers on paper: who comes when is served when, exactly, however late the timers of this process are.

A slot is only a time from which it is free. A request takes the one that is free first and is told when its
service ends; so a platform with c slots of s seconds serves c / s requests a second, and never fewer because
a timer fired late.
"""

from heapq import heapify, heapreplace


class Slots:
    """Slots that serve in order of arrival.

    >>> slots = Slots(1)
    >>> slots.taken(10.0, 0.5), slots.taken(10.1, 0.5), slots.taken(20.0, 0.5)
    (10.5, 11.0, 20.5)
    """

    def __init__(self, count: int) -> None:
        self._free_s = [0.0] * count
        heapify(self._free_s)

    def taken(self, now_s: float, service_s: float) -> float:
        """When the service of one that comes at `now_s` ends."""
        end_s = max(now_s, self._free_s[0]) + service_s
        heapreplace(self._free_s, end_s)
        return end_s
