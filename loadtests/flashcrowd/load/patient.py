"""Sends what prepares a run: within the platform's limits, as patient as they ask, and never twice at once.

Requests go over the wire client: it costs a small part of httpx' processor time a request, so the platform
sets the pace, and the guard's pinned address holds here too.
"""

from collections.abc import Callable
from itertools import count
from time import monotonic, monotonic_ns
from typing import Final

import gevent

from flashcrowd.core.draws import Purpose, fold, root_key
from flashcrowd.core.scenario import Feedback
from flashcrowd.load import feedback
from flashcrowd.load.adapters.adapter import Adapter
from flashcrowd.load.adapters.pace import used_up_s
from flashcrowd.load.guard import Ceiling
from flashcrowd.load.request import Request
from flashcrowd.load.wire import OK, Answer, Wire

BACK_OFF: Final = Feedback()
"""How the harness itself tries again; no member's doing."""

MOST_TRIES: Final = 6
LONGEST_WAIT_S: Final = 3700.0
"""Limits by the hour are waited for, limits by the day are not."""

WORTH_SAYING_S: Final = 5.0


class Patient:
    """Sends requests one after the other or at once; waits where the platform's limits say so.

    Args:
        ceiling: bounds the rate, as during the run.
        seed: of the back-off's draws.
        note: says what is waited for.
    """

    def __init__(
        self, wire: Wire, adapter: Adapter, ceiling: Ceiling, seed: int, note: Callable[[str], None]
    ) -> None:
        self._wire = wire
        self._adapter = adapter
        self._ceiling = ceiling
        self._key = root_key(seed, Purpose.RETRY)
        self._note = note
        self._free_at_s: dict[bytes, float] = {}

    def send(self, request: Request) -> Answer:
        """The answer to a request; again while the platform is too busy, and when its limit allows."""
        who = _credentials(request)
        tries = 1
        for waits in count(1):
            self._wait(who)
            answer = self._wire.send(request)
            if answer.fault == OK and answer.status == 429:
                asked_s = self._adapter.retry_after_s(answer)
                delay_s = feedback.retry_delay_s(
                    fold(self._key, monotonic_ns()), min(waits, 6), asked_s, BACK_OFF
                )
                delay_s = max(delay_s, asked_s or 0.0)
                if delay_s > LONGEST_WAIT_S or waits > 10 * MOST_TRIES:
                    return answer
                self._hold(who, delay_s, request.action)
            elif answer.fault != OK or answer.status in (502, 503, 504):
                if tries == MOST_TRIES:
                    return answer
                asked_s = self._adapter.retry_after_s(answer)
                gevent.sleep(
                    feedback.retry_delay_s(fold(self._key, monotonic_ns()), tries, asked_s, BACK_OFF)
                )
                tries += 1
            else:
                break
        spent_s = used_up_s(answer)
        if spent_s and spent_s <= LONGEST_WAIT_S:
            self._hold(who, spent_s, request.action)
        return answer

    def _hold(self, who: bytes, delay_s: float, action: str) -> None:
        """Let nothing leave with these credentials for a while."""
        before_s, until_s = self._free_at_s.get(who, 0.0), monotonic() + delay_s
        self._free_at_s[who] = max(before_s, until_s)
        if delay_s >= WORTH_SAYING_S and until_s > before_s + WORTH_SAYING_S:
            self._note(f"waiting {delay_s:.0f} s: the platform's limit on {action} is used up")

    def _wait(self, who: bytes) -> None:
        while (left_s := self._free_at_s.get(who, 0.0) - monotonic()) > 0:
            gevent.sleep(left_s)
        while not self._ceiling.allows(monotonic_ns()):
            gevent.sleep(0.001)


def _credentials(request: Request) -> bytes:
    """What a platform's limits go by: the credentials, or, without any, the address that is everyone's."""
    lines = request.headers.split(b"\r\n")
    return next((line for line in lines if line.lower().startswith((b"authorization:", b"cookie:"))), b"")
