"""What the events of a scenario do to the society: one file a kind, one line in the table.

A kind is a module attribute with three pure functions of the event's settings:

    calls(event, key, awake, interest) -> (members, times)

The visits that the event brings about: places in the population (int, ascending) and scenario seconds.
`key`: address of the event's draws · `awake`: how awake each member is when the event begins, relative to
the busiest hour, 0 for dormant ones, `(n_members,)` · `interest(topic)`: how well a topic fits each member,
0..1, `(n_members,)`.

    subject(event) -> (topic, urge)

What they come for (-1 = nothing in particular), and the chance that one posts about it at once.

    fervour(event, t) -> factor

On all reactions to items of its topic at scenario time `t`; 1 = as ever.
"""

from flashcrowd.core.registry import Registry

HAPPENINGS = Registry(
    "happenings",
    {
        "breaking_news": "flashcrowd.sim.happenings.breaking_news:KIND",
        "rush": "flashcrowd.sim.happenings.rush:KIND",
    },
)
