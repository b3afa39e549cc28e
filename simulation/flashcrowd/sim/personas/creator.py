"""Posts often, writes and draws, gathers followers."""

from flashcrowd.sim.personas.persona import Persona

PERSONA = Persona("creator", share=0.07, activity=1.6, posting=5.0, repost=1.2, reply=1.5, fitness=3.0)
