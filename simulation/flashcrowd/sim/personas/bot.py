"""An automated account: posts and reposts much, pulls few followers."""

from flashcrowd.sim.personas.persona import Persona

PERSONA = Persona(
    "bot",
    share=0.01,
    activity=3.0,
    posting=6.0,
    repost=3.0,
    like=2.0,
    reply=0.5,
    ai=1.5,
    fitness=0.3,
    offence=5.0,
    may_be_dormant=False,
)
