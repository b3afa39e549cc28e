"""A large account that posts to be seen and rarely passes on others' posts."""

from flashcrowd.sim.personas.persona import Persona

PERSONA = Persona(
    "influencer", share=0.004, activity=2.5, posting=8.0, repost=0.6, fitness=30.0, may_be_dormant=False
)
