"""Lives on market news: passes on fast, answers often."""

from flashcrowd.sim.personas.persona import Persona

PERSONA = Persona("trader", share=0.02, activity=2.0, posting=3.0, repost=2.0, reply=2.0, ai=0.5)
