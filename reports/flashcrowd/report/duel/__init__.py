"""Two builds, block against block: did the change make the platform slower?

`figures` says what a block measured, `comparison` holds the pairs of one figure against each other, `looks`
says when a duel may be stopped early, `outcome` comes to one verdict; the writers show it.
"""
