"""Lives from the built-in generator: most posts carry an AI image."""

from flashcrowd.sim.personas.persona import Persona

PERSONA = Persona("ai_artist", share=0.05, activity=1.6, posting=4.0, like=1.3, ai=2.8, fitness=2.0)
