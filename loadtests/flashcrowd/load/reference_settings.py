"""The reference platform that a scenario asks for."""

from flashcrowd.core.scenario import Scenario
from flashcrowd.reference.settings import Generator, Settings


def reference_settings(scenario: Scenario) -> Settings:
    """Ranker, page size and image generator of the scenario; image times are divided by its speed-up."""
    made, speedup = scenario.generation, scenario.load.generation_speedup
    return Settings(
        ranker=scenario.platform.ranker,
        page_size=scenario.platform.page_size,
        seed=scenario.seed,
        generator=Generator(
            slots=made.slots_for(scenario.load.members),
            median_s=made.median / speedup,
            sigma=made.sigma,
            cap_s=made.cap / speedup,
            blocked=made.blocked,
        ),
    )
