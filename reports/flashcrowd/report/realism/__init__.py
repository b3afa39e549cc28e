"""Realism: published facts on social networks as one executable table, and what a society makes of them.

`facts.FACTS` is the table. A run is reduced by a `Collector` to an `Observation`; each fact's measuring
function turns it into a `Reading`; `outcome.judge` pools the readings of many seeds, with 99 % intervals, and
holds them against the bands; `document`, `terminal` and `page` write what came out.
"""
