"""An organisation: many posts around the clock, many followers, few reactions."""

from flashcrowd.sim.personas.persona import Persona

PERSONA = Persona(
    "newsroom",
    share=0.001,
    activity=3.0,
    posting=20.0,
    repost=0.3,
    like=0.2,
    reply=0.2,
    follow=0.2,
    ai=0.2,
    fitness=40.0,
    may_be_dormant=False,
)
