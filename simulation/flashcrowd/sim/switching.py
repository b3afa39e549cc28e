"""What the operator switches in mid-run: the ranker, the moderation policy."""

from typing import Any

from flashcrowd.core.scenario import Scenario
from flashcrowd.core.timeline import Switch


def switched(scenario: Scenario, event: Switch) -> Scenario:
    """The rules that hold after a switch."""
    changes: dict[str, Any] = {}
    if event.ranker is not None:
        changes["platform"] = scenario.platform.model_copy(update={"ranker": event.ranker})
    if event.moderation is not None:
        changes["moderation"] = event.moderation
    return scenario.model_copy(update=changes)
