"""Speaks to a following: many posts, quarrels in the replies, reported now and then."""

from flashcrowd.sim.personas.persona import Persona

PERSONA = Persona(
    "politician",
    share=0.0,
    activity=2.0,
    posting=8.0,
    repost=1.0,
    like=0.5,
    reply=2.0,
    ai=0.3,
    fitness=60.0,
    offence=4.0,
    may_be_dormant=False,
)
