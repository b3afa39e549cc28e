"""Workers that are actors of a Ray cluster (optional extra `ray`)."""

from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Final

from flashcrowd.core.errors import FlashcrowdError, TargetError, UsageError
from flashcrowd.core.jobs.job import Done, Work, timed

LOCAL: Final = "local"
"""In place of an address: a cluster on this machine, which ends with the command."""

RESTARTS: Final = 3
"""Times that a task is begun again elsewhere when its machine is lost."""


class Cluster:
    """A connection to a Ray cluster.

    Args:
        address: `host:port`, `ray://host:port`, `auto`, or `local` for a cluster of this machine.
        workers: processors of a cluster of this machine.

    Raises:
        UsageError: when Ray is not installed.
        TargetError: when nothing answers at the address.
    """

    def __init__(self, address: str, workers: int) -> None:
        try:
            import ray
        except ImportError:
            raise UsageError("--ray needs the package ray: pip install 'flashcrowd[ray]'") from None
        self._ray = ray
        quiet: dict[str, Any] = {"include_dashboard": False, "log_to_driver": False, "logging_level": "error"}
        local = {"num_cpus": workers, **quiet}
        given = {"address": address, "log_to_driver": False, "logging_level": "error"}
        try:
            ray.init(**(local if address == LOCAL else given))
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise TargetError(f"{address}: no Ray cluster answers: {' '.join(str(error).split())}") from error

    @property
    def processors(self) -> int:
        """Processors of the cluster."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def hire(self) -> "RayWorker":
        """A worker somewhere on the cluster, with a processor of its own."""
        actor = self._ray.remote(num_cpus=1, max_restarts=RESTARTS, max_task_retries=RESTARTS)(_Actor)
        return RayWorker(self._ray, actor.remote())

    def close(self) -> None:
        """Leave the cluster."""
        self._ray.shutdown()


class RayWorker:
    """One actor, which stays for the next task."""

    def __init__(self, ray: Any, actor: Any) -> None:
        self._ray = ray
        self._actor = actor

    def submit(self, work: Work, task: Any) -> "Future[Done]":
        """Begin a task."""
        future: Future[Done] = Future()
        future.set_running_or_notify_cancel()
        self._actor.do.remote(work, task).future().add_done_callback(lambda ended: _hand_over(ended, future))
        return future

    def share_done(self) -> float:
        """Not known: 0."""
        return 0.0

    def close(self) -> None:
        """End the actor."""
        with suppress(ValueError, RuntimeError):  # it is gone already
            self._ray.kill(self._actor)


class _Actor:
    def do(self, work: Work, task: Any) -> Done:
        return timed(work, task, lambda share: None)


def _hand_over(ended: "Future[Any]", future: "Future[Done]") -> None:
    """Hand over what an actor gave; its error as it was, where that is known."""
    error = ended.exception()
    if error is None:
        future.set_result(ended.result())
        return
    cause = getattr(error, "cause", None)  # of an error that the task itself raised
    if isinstance(cause, Exception):
        future.set_exception(cause)
        return
    told = " ".join(str(error).split())[:200]
    future.set_exception(FlashcrowdError(f"the cluster lost a run; what was done is kept: {told}"))
