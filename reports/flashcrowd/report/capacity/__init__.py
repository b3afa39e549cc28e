"""How much a platform holds: what a probe says of its objectives, which comes next, the law behind them.

`attainment` judges a probe while it runs, `search` chooses the next one, `usl` and `queueing` hold the probes
against what is known of queues, the writers show it all.
"""
