"""What the events of a scenario do to the society: one file a kind, one line in the table.

A kind is a module attribute, a `Kind` of three pure functions of the event's settings:

    calls(event, key, crowd) -> calls

The visits that the event brings about, as `Call`s. `key`: address of the event's draws · `crowd`: who could
come, see `Crowd`.

    topic(event) -> topic

What it is about, -1 = nothing in particular.

    fervour(event, t) -> factor

On all reactions to items of its topic at scenario time `t`; 1 = as ever.

Events that call nobody are of kind `SILENT`; what they do stands where it is done: `sim.outage` turns members
away, `population` lets the invited sign up, `switching` changes the rules.
"""

from flashcrowd.core.registry import Registry

HAPPENINGS = Registry(
    "happenings",
    {
        "breaking_news": "flashcrowd.sim.happenings.breaking_news:KIND",
        "rush": "flashcrowd.sim.happenings.rush:KIND",
        "broadcast": "flashcrowd.sim.happenings.broadcast:KIND",
        "feature_launch": "flashcrowd.sim.happenings.feature_launch:KIND",
        "attack": "flashcrowd.sim.happenings.attack:KIND",
        "outage": "flashcrowd.sim.happenings.kind:SILENT",
        "invitations": "flashcrowd.sim.happenings.kind:SILENT",
        "switch": "flashcrowd.sim.happenings.kind:SILENT",
    },
)
