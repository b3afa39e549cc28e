"""Growth curves: one file each, one line in the table each.

A curve is one pure function that says when each of the members who are not there yet signs up:

    sign_ups(settings, u, circle) -> times

`settings`: the section `growth` · `u`, `circle`: float64 arrays of uniform numbers in (0, 1), the member's
own and its community's · `times`: scenario seconds, infinite = never.
"""

from flashcrowd.core.registry import Registry

CURVES = Registry(
    "curves",
    {
        "bass": "flashcrowd.sim.growth.bass:sign_ups",
        "given": "flashcrowd.sim.growth.given:sign_ups",
        "waves": "flashcrowd.sim.growth.waves:sign_ups",
    },
)
