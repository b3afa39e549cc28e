"""The everyday member: the measure of all others."""

from flashcrowd.sim.personas.persona import Persona

PERSONA = Persona("casual", share=0.38)
