"""Reads, now and then likes, hardly ever posts (the 90 of 90-9-1, Nielsen 2006)."""

from flashcrowd.sim.personas.persona import Persona

PERSONA = Persona(
    "lurker", share=0.46, activity=0.9, posting=0.05, repost=0.5, like=0.8, reply=0.2, follow=0.7
)
