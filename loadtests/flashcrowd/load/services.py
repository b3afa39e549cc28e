"""What a scenario takes from services beside the platform: images, and the words of posts."""

from collections.abc import Collection
from contextlib import ExitStack
from typing import Any, Final, NamedTuple

from flashcrowd.core.scenario import Scenario
from flashcrowd.load.adapters.elsewhere import ImagesElsewhere, Routed
from flashcrowd.load.guard import Ceiling, admit
from flashcrowd.load.origin import parse_origin
from flashcrowd.load.patient import Patient
from flashcrowd.load.progress import Display
from flashcrowd.load.texts import Texts, auth_line, written
from flashcrowd.load.wire import Wire

TIMEOUT_S: Final = 120.0
"""Models take their time; members have their own patience."""


class Services(NamedTuple):
    """The adapter and the client through which a run sends, and where its texts come from."""

    adapter: Any
    wire: Any
    texts: Texts


def reach_services(
    scenario: Scenario, adapter: Any, wire: Wire, owned: Collection[str], stack: ExitStack, display: Display
) -> Services:
    """Connect the services that a scenario names; without any, all is the platform's and Faker's.

    Args:
        owned: hosts that the user says are theirs: the guard holds for services too.
        stack: closes the connections.

    Raises:
        UsageError, TargetError: when a service may not or cannot be reached, or its key is missing.
    """
    images, writer = scenario.generation.service, scenario.content.writer

    def reached(url: str) -> Wire:
        origin = parse_origin(url)
        return stack.enter_context(Wire(origin, admit(origin, owned), TIMEOUT_S))

    texts, road = Texts(), wire
    if writer.url:
        ceiling = Ceiling(scenario.load.max_rate_per_s)
        patient = Patient(reached(writer.url), adapter, ceiling, scenario.seed, display.note)
        texts = written(scenario, patient.send, display)
    if not images.url:
        return Services(adapter, road, texts)
    elsewhere = ImagesElsewhere(adapter, auth_line(images), images.model)
    return Services(elsewhere, Routed(wire, reached(images.url)), texts)
