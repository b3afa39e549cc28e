"""What is due: a hashed timing wheel (Varghese & Lauck 1987)."""

from typing import Any

import numpy as np

from flashcrowd.sim import agenda
from flashcrowd.sim.compiled import entry, hot, inner
from flashcrowd.sim.kernel.columns import HORIZON, WHEEL_FREE, WHEEL_USED


@inner
def push(s: Any, member: int, kind: int, t: float, arg: int) -> None:
    """Put an entry on the wheel; there must be room."""
    wheel, count = s.wheel, s.count
    at = count[WHEEL_FREE]
    if at >= 0:
        count[WHEEL_FREE] = wheel[at].next
    else:
        at = count[WHEEL_USED]
        count[WHEEL_USED] += 1
    wheel[at].member = member
    wheel[at].kind = kind
    wheel[at].t = t
    wheel[at].arg = arg
    bucket = agenda.tick_of(t) % HORIZON
    wheel[at].next = s.wheel_head[bucket]
    s.wheel_head[bucket] = at


@entry
def gather(s: Any, tick: int, arriving: Any, arriving_t: Any, reason: Any) -> Any:
    """Everything due in a tick: the sort key of each entry, and its member, kind, t and arg.

    `settle` orders them.
    """
    wheel, count = s.wheel, s.count
    most = len(arriving)
    at = s.wheel_head[tick % HORIZON]
    while at >= 0:
        most += 1
        at = wheel[at].next
    member = np.empty(most, np.int32)
    kind = np.empty(most, np.int8)
    t = np.empty(most)
    arg = np.empty(most, np.int64)
    n = len(arriving)
    for i in range(n):
        member[i], kind[i], t[i], arg[i] = arriving[i], agenda.BEGIN, arriving_t[i], reason[i]
    at = s.wheel_head[tick % HORIZON]
    s.wheel_head[tick % HORIZON] = -1
    while at >= 0:
        after = wheel[at].next
        if agenda.tick_of(wheel[at].t) == tick:
            member[n], kind[n], t[n], arg[n] = wheel[at].member, wheel[at].kind, wheel[at].t, wheel[at].arg
            n += 1
            wheel[at].next = count[WHEEL_FREE]
            count[WHEEL_FREE] = at
        else:
            wheel[at].next = s.wheel_head[tick % HORIZON]
            s.wheel_head[tick % HORIZON] = at
        at = after
    order = np.empty(n, np.int64)
    for i in range(n):
        order[i] = agenda.due_order(member[i], kind[i], t[i])
    return order, member[:n], kind[:n], t[:n], arg[:n]


@hot
def settle(key: Any, t: Any, arg: Any, order: Any) -> None:
    """Order what ties in an order by sort key: by time, then by argument."""
    for i in range(1, len(order)):
        at, j = order[i], i
        while j > 0 and key[order[j - 1]] == key[at] and _is_later(t, arg, order[j - 1], at):
            order[j] = order[j - 1]
            j -= 1
        order[j] = at


@inner
def _is_later(t: Any, arg: Any, one: int, other: int) -> bool:
    return bool(t[one] > t[other] or (t[one] == t[other] and arg[one] > arg[other]))
