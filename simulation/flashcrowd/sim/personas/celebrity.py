"""Known to everybody: a huge audience, few posts, hardly a reaction."""

from flashcrowd.sim.personas.persona import Persona

PERSONA = Persona(
    "celebrity",
    share=0.0,
    activity=1.5,
    posting=3.0,
    repost=0.2,
    like=0.2,
    reply=0.1,
    follow=0.2,
    fitness=300.0,
    may_be_dormant=False,
)
