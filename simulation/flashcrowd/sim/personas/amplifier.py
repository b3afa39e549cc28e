"""An account of a coordinated group: rarely there of its own accord, passes on whatever it is sent to."""

from flashcrowd.sim.personas.persona import Persona

PERSONA = Persona(
    "amplifier",
    share=0.0,
    activity=0.0,
    posting=0.0,
    repost=1e7,
    like=0.0,
    reply=0.0,
    follow=0.0,
    fitness=1.0,
    offence=10.0,
    keen=0.0,
    may_be_dormant=False,
)
