"""The way of every request of the crowd: through the guard, over the wire, into the record."""

from collections.abc import Callable
from time import monotonic_ns
from typing import Any

from flashcrowd.core.errors import PlatformError
from flashcrowd.load.adapters.adapter import Adapter
from flashcrowd.load.guard import Breaker, Ceiling
from flashcrowd.load.ownership import EVERYONE, Ownership
from flashcrowd.load.recorder import Recorder
from flashcrowd.load.request import Request
from flashcrowd.load.wire import OK, Answer, Wire

FAILURES = frozenset({"failed", "timeout", "refused", "limited", "gone"})


class Closed(Exception):  # noqa: N818 (no error: the run is over)
    """Nothing more is sent for this visit: the window is over, or its member lives elsewhere now."""


class Cut(BaseException):
    """The drain's time is over: a request that is still under way is given up."""


class Reply:
    """How one attempt ended: the answer's stamps, the outcome, its row, and what was read from it."""

    __slots__ = ("answer", "outcome", "request", "value")

    def __init__(self, answer: Answer, outcome: str, request: int, value: Any = None) -> None:
        self.answer = answer
        self.outcome = outcome
        self.request = request
        self.value = value

    @property
    def ok(self) -> bool:
        """Whether the answer can be used."""
        return self.outcome == OK


class Line:
    """Sends requests for visits, and records every one of them: sent, late or dropped.

    Args:
        adapter: reads how answers ended.
        wire: the client.
        recorder: takes the rows.
        ceiling, breaker: hold back what must not leave; such a request is dropped, and counted.
        ownership: whose requests may leave from here.
    """

    def __init__(
        self,
        adapter: Adapter,
        wire: Wire,
        recorder: Recorder,
        ceiling: Ceiling,
        breaker: Breaker,
        ownership: Ownership = EVERYONE,
    ) -> None:
        self._adapter = adapter
        self._wire = wire
        self._recorder = recorder
        self._ceiling = ceiling
        self._breaker = breaker
        self._ownership = ownership
        self._closed_at_ns: int | None = None
        self.unsupported: set[str] = set(adapter.unsupported)
        self.expects_failures = False
        """Whether the platform is down on purpose: no reason to hold anything back."""

    def close(self, at_ns: int) -> None:
        """Let nothing leave any more but what ends a begun chain; what was due by then is dropped."""
        self._closed_at_ns = at_ns

    @property
    def breaker_opened(self) -> int:
        """How often the breaker has held everything back."""
        return self._breaker.opened

    @property
    def resent(self) -> dict[str, int]:
        """Action -> how often a request was sent twice, because a kept connection was dead."""
        return dict(self._wire.resent)

    def ask(
        self,
        session: int,
        member: int,
        request: Request,
        intended_ns: int,
        attempt: int = 1,
        timeout_s: float | None = None,
        patient: bool = True,
        read: Callable[[Answer], Any] | None = None,
        chained: bool = False,
        phase: str = "",
    ) -> Reply:
        """Send one request and record it.

        Args:
            intended_ns: when it should leave (monotonic).
            timeout_s: limit for this request.
            patient: False when the limit is the member's own patience: no answer in time is then its
            giving up.
            read: reads the answer; what it raises as PlatformError is the outcome.
            chained: whether it finishes something that the platform has half done.
            phase: of `core.events` when it is of no visit: it is then not missed when it cannot leave.

        Raises:
            Closed: when the run's window is over, or the member lives elsewhere now.
        """
        action = request.action
        if self._closed_at_ns is not None and not chained:
            if intended_ns <= self._closed_at_ns and not phase:
                self._recorder.dropped(session, member, action, intended_ns, attempt)
            raise Closed
        now_ns = monotonic_ns()
        if not self._ownership.may_act(member, session, now_ns):
            raise Closed
        if not (self._breaker.allows(now_ns) and self._ceiling.allows(now_ns)):
            answer = Answer(now_ns)
            answer.end_ns = now_ns
            number = self._recorder.dropped(session, member, action, intended_ns, attempt, phase)
            return Reply(answer, "dropped", number)
        value = None
        try:
            answer = self._wire.send(request, timeout_s)
        except BaseException:  # cut, or who waits for it is ended: the platform has the request all the same
            answer = Answer(now_ns)
            answer.end_ns = monotonic_ns()
            self._recorder.request(session, member, action, intended_ns, answer, "abandoned", attempt, phase)
            raise
        outcome = self._adapter.outcome(action, answer)
        if outcome == OK and read is not None:
            try:
                value = read(answer)
            except PlatformError as error:
                outcome = error.outcome
        elif outcome == "timeout" and not patient:
            outcome = "abandoned"
        elif outcome == "unsupported":
            self.unsupported.add(action)
        number = self._recorder.request(session, member, action, intended_ns, answer, outcome, attempt, phase)
        if not self.expects_failures:
            self._breaker.note(outcome in FAILURES and not 400 <= answer.status < 429)
        return Reply(answer, outcome, number, value)
