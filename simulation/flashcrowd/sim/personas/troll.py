"""Looks for quarrel: replies far more than others."""

from flashcrowd.sim.personas.persona import Persona

PERSONA = Persona(
    "troll", share=0.005, activity=1.8, posting=1.5, reply=6.0, like=0.3, fitness=0.5, offence=20.0
)
