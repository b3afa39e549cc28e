"""Null models: two plain ways to spread content that real cascades refute, beside which the society stands.

Both leave rows of the record's schema, so every measure takes them as it takes the society.
"""

from flashcrowd.sim.nulls.sampler import stationary_sampler
from flashcrowd.sim.nulls.sir import Originals, one_beta_sir, tuned_beta

__all__ = ["Originals", "one_beta_sir", "stationary_sampler", "tuned_beta"]
