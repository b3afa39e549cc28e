"""The vitals of the latest run of a process, for whoever shows them."""

from collections.abc import Callable

from flashcrowd.load.journal import Collected, Feed, Source
from flashcrowd.load.observed.vitals import Vitals


class Figures:
    """Holds the vitals of the run under way; a new run begins with new ones."""

    def __init__(self) -> None:
        self.vitals = Vitals()

    def feed(self, *others: Feed) -> Callable[[], Feed]:
        """Makes, for each run, what hears of its rows: new vitals, and the others."""

        def begin() -> Feed:
            self.vitals = vitals = Vitals()

            def hear(collected: Collected, source: Source) -> None:
                for each in (vitals.hear, *others):
                    each(collected, source)

            return hear

        return begin
