"""Where the figures of a run under way go, as the user wishes."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from flashcrowd.load.journal import Feed
    from flashcrowd.load.observed.figures import Figures
    from flashcrowd.load.progress import Display


@dataclass(frozen=True, slots=True)
class Outlets:
    """What is exported besides the record.

    Args:
        prometheus: PORT or ADDRESS:PORT at which Prometheus may ask; "" = nowhere.
        otel: whether OpenTelemetry exports.
    """

    prometheus: str = ""
    otel: bool = False

    def opened(self, figures: "Figures", display: "Display", stack: ExitStack) -> "list[Feed]":
        """Open them until the stack closes; what must hear of every batch of rows.

        Raises:
            UsageError: when a package is not installed, or an address cannot be served.
        """
        heard: list[Feed] = []
        if self.prometheus:
            from flashcrowd.load.observed.prometheus import Endpoint

            endpoint = stack.enter_context(Endpoint(self.prometheus, lambda: figures.vitals))
            display.note(f"metrics: {endpoint.url}")
        if self.otel:
            from flashcrowd.load.observed.otel import exported

            heard.append(stack.enter_context(exported(lambda: figures.vitals)).hear)
        return heard


NOWHERE: Final = Outlets()
"""Nothing but the record."""
