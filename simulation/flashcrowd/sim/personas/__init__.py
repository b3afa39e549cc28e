"""Personas: one file each, one line in the table each. Shares of the built-in ones add up to 1."""

import math
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from flashcrowd.core.errors import ScenarioError
from flashcrowd.core.own import is_own
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
        "celebrity": "flashcrowd.sim.personas.celebrity:PERSONA",
        "politician": "flashcrowd.sim.personas.politician:PERSONA",
        "amplifier": "flashcrowd.sim.personas.amplifier:PERSONA",
    },
)

__all__ = ["PERSONAS", "Persona", "own_persona", "persona_mix"]


def own_persona(reference: str) -> Persona:
    """The persona of a user's file, `FILE.py:NAME`.

    Raises:
        ScenarioError: names the file, the persona, and what is wrong with it.
    """
    persona = PERSONAS.get(reference)
    path, name = reference.rsplit(":", 1)
    if not isinstance(persona, Persona):
        raise ScenarioError(f"{Path(path).name}: {name} is a {type(persona).__name__}; must be a Persona")
    if persona.name in PERSONAS.names():
        raise ScenarioError(f"{Path(path).name}: {name} is called {persona.name!r}, as a built-in persona is")
    for field in fields(Persona):
        value = getattr(persona, field.name)
        if field.type is float and not (isinstance(value, int | float) and 0 <= value < math.inf):
            raise ScenarioError(f"{Path(path).name}: {name}.{field.name} is {value!r}; must be >= 0")
    return persona


def persona_mix(shares: Mapping[str, float], source: str) -> tuple[list[Persona], list[float]]:
    """The personas of a population and their shares, which add up to 1.

    Args:
        shares: name -> share from the scenario; the personas not named keep their proportions in what is
            left.
        source: where the shares stand, for the error.

    Raises:
        ScenarioError: when a name is unknown, the given shares cannot add up to 1, or a persona of the user's
            is not usable.
    """
    names = PERSONAS.names()
    own = {name: own_persona(name) for name in shares if is_own(name)}
    for name in shares:
        if name not in names and name not in own:
            hint = f"known: {', '.join(names)}{nearest(name, names)}"
            raise ScenarioError(f"{source}: population.personas.{name} is not a known persona; {hint}")
    given = sum(shares.values())
    if given > 1.0 + 1e-9:
        raise ScenarioError(f"{source}: population.personas add up to {given:g}; must be at most 1")
    personas = [PERSONAS.get(name) for name in names] + list(own.values())
    shares = {own[name].name if name in own else name: share for name, share in shares.items()}
    rest = sum(persona.share for persona in personas if persona.name not in shares)
    if rest == 0.0 and given < 1.0 - 1e-9:
        found = f"{source}: population.personas add up to {given:g}"
        raise ScenarioError(f"{found}; must add up to 1 when all are named")
    scale = max(0.0, 1.0 - given) / rest if rest > 0.0 else 0.0
    return personas, [shares.get(persona.name, persona.share * scale) for persona in personas]
