"""What master and workers say to each other, by Locust's custom messages, and when silence means an end.

A worker's lease: every beat that the master answers lets it act for `LEASE_S` from the moment at which it
sent the beat. The master gives a worker up `MARGIN_S` after the lease of its last answered beat must have
run out by any clock; then its epoch is over, and its members are dealt anew.
"""

from typing import Final

BEAT: Final = "flashcrowd_beat"
"""Worker: I am here; state, counts, members let go. Answered by a grant."""

ROWS: Final = "flashcrowd_rows"
"""Worker: rows of the record."""

VISITS: Final = "flashcrowd_visits"
"""Either: visits that were brought about, of members who live elsewhere."""

DONE: Final = "flashcrowd_done"
"""Worker: my part is over, all rows are sent; or it cannot be played."""

PLAN: Final = "flashcrowd_plan"
"""Master: a piece of what is to be played."""

BEGIN: Final = "flashcrowd_begin"
"""Master: when the run begins."""

DEAL: Final = "flashcrowd_deal"
"""Master: members that are yours from now on, and members to let go."""

GRANT: Final = "flashcrowd_grant"
"""Master: answer to a beat."""

END: Final = "flashcrowd_end"
"""Master: the run is over, now."""

BEAT_S: Final = 0.5
LEASE_S: Final = 4.0
MARGIN_S: Final = 0.5
CYCLE_S: Final = 0.1
"""How often the master looks at its workers."""

MASTER_LOST_S: Final = 15.0
"""A worker that plays ends when the master has not answered for so long."""

PATIENCE_S: Final = 120.0
"""The same while the run is being prepared."""
