"""What is due while the platform is down: visits are turned away or end, images wait."""

from typing import Any

from flashcrowd.sim import agenda, outage
from flashcrowd.sim.compiled import hot
from flashcrowd.sim.kernel.wheel import push


@hot
def turn_away(s: Any, due: Any, down: Any) -> None:
    """Mark what is due in a tick of an outage, and put on the wheel who comes back; there must be room."""
    for i in range(len(due.member)):
        u, t, kind = due.member[i], due.t[i], due.kind[i]
        if kind == agenda.PUBLISH:
            push(s, u, agenda.PUBLISH, down.up_s, due.arg[i])
            due.kind[i] = agenda.HELD
            due.arg[i] = -1
            continue
        reason = due.arg[i] if kind == agenda.BEGIN else agenda.OWN
        if outage.comes_back(down.key, u, t, down.returning) or reason == agenda.JOINING:
            push(s, u, agenda.BEGIN, outage.back_s(down.key, u, t, down.up_s, down.delay_s), reason)
        if kind == agenda.BEGIN:
            due.kind[i] = agenda.TURNED_AWAY
            due.arg[i] = -1
        else:
            s.visits[due.arg[i]].end = s.visits[due.arg[i]].next
