"""From how a network may grow to what it will need: demand by hour, instances, generators, storage, cost.

Everything here is arithmetic on arrays over futures `(n_draws,)` and days `(n_days,)`; what a person does
on a day comes from societies that were simulated elsewhere, as documents.
"""
