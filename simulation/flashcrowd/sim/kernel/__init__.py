"""The compiled engine: one tick of the whole society over columns, for millions of members.

A tick has three parts. `wheel.gather` and `arrivals` say what is due. `visits` lets each member read and
decide: it sees only what was made before the tick, writes nothing that others read, and puts down its
intentions as rows.
`commits` applies the rows in order: items get their places in their authors' chains, counts rise, images are
queued.

Feeds are pulled: computed when a member looks, from the chains of recent items of those it follows. No inbox
is kept.
"""
