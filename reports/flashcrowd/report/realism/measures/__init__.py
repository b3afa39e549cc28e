"""Measures: pure functions from an `Observation` of one run to a `Reading` of one fact.

Those whose figures are taken over all seeds at once have a second function, from the readings to the figures.
"""
