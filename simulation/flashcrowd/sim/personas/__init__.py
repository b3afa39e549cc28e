"""Personas: one file each, one line in the table each. Shares of the built-in ones add up to 1."""

from collections.abc import Mapping

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.registry import Registry, nearest
from flashcrowd.sim.personas.persona import Persona

PERSONAS = Registry(
    "personas",
    {
        "lurker": "flashcrowd.sim.personas.lurker:PERSONA",
        "casual": "flashcrowd.sim.personas.casual:PERSONA",
        "creator": "flashcrowd.sim.personas.creator:PERSONA",
        "ai_artist": "flashcrowd.sim.personas.ai_artist:PERSONA",
        "influencer": "flashcrowd.sim.personas.influencer:PERSONA",
        "newsroom": "flashcrowd.sim.personas.newsroom:PERSONA",
        "trader": "flashcrowd.sim.personas.trader:PERSONA",
        "bot": "flashcrowd.sim.personas.bot:PERSONA",
        "troll": "flashcrowd.sim.personas.troll:PERSONA",
    },
)

__all__ = ["PERSONAS", "Persona", "persona_mix"]


def persona_mix(shares: Mapping[str, float], source: str) -> tuple[list[Persona], list[float]]:
    """The personas of a population and their shares, which add up to 1.

    Args:
        shares: name -> share from the scenario; the personas not named keep their proportions in what is
            left.
        source: where the shares stand, for the error.

    Raises:
        ScenarioError: when a name is unknown, or the given shares cannot add up to 1.
    """
    names = PERSONAS.names()
    for name in shares:
        if name not in names:
            hint = f"known: {', '.join(names)}{nearest(name, names)}"
            raise ScenarioError(f"{source}: population.personas.{name} is not a known persona; {hint}")
    given = sum(shares.values())
    if given > 1.0 + 1e-9:
        raise ScenarioError(f"{source}: population.personas add up to {given:g}; must be at most 1")
    personas = [PERSONAS.get(name) for name in names]
    rest = sum(persona.share for persona in personas if persona.name not in shares)
    if rest == 0.0 and given < 1.0 - 1e-9:
        found = f"{source}: population.personas add up to {given:g}"
        raise ScenarioError(f"{found}; must add up to 1 when all are named")
    scale = max(0.0, 1.0 - given) / rest if rest > 0.0 else 0.0
    return personas, [shares.get(persona.name, persona.share * scale) for persona in personas]
