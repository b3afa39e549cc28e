"""What is published about cascades, as areas that lie behind the curves of a run."""

from typing import Final

import numpy as np

from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis, Spec

UNSHARED: Final = (0.90, 0.98)
BIG: Final = (8e-5, 8e-4)
TAIL: Final = (1.7, 2.6)
SOURCE: Final = "Goel et al. 2016 (sizes of 1 and 100); Weng 2012, Gleeson 2014 (exponent 1.7 to 2.6 above)"
"""Share of posts never reposted, share of cascades of 100 or more, exponent of the tail: the facts
`no_reshare`, `big_cascades` and `popularity_exponent` of `report.realism.facts`, which a test compares."""


def size_band(most: float) -> list[chart.Row]:
    """Lower and upper share of cascades of at least each size, from 2 to `most`: rows `x`, `low`, `high`.

    Straight on logarithmic axes between what is known at 2 and at 100; above, it falls with the published
    exponents, the steeper one below and the flatter one above.
    """
    x = np.union1d(np.geomspace(2, max(most, 100), 40).round(9), [100.0])
    inner = np.log(np.minimum(x, 100) / 2) / np.log(50)
    low_two, high_two = 1 - UNSHARED[1], 1 - UNSHARED[0]
    beyond = np.maximum(x / 100, 1)
    low = low_two * (BIG[0] / low_two) ** inner * beyond ** -(TAIL[1] - 1)
    high = high_two * (BIG[1] / high_two) ** inner * beyond ** -(TAIL[0] - 1)
    return chart.rows_of(x=x, low=low, high=high)


def behind(spec: Spec, rows: list[chart.Row], x: Axis, y: Axis) -> Spec:
    """A chart of lines with an area between `low` and `high` behind them."""
    area = {
        "data": {"values": rows},
        "mark": {"type": "area", "color": "@grey", "opacity": 0.22, "clip": True, "tooltip": None},
        "encoding": {"x": x.encoding("x"), "y": y.encoding("low"), "y2": {"field": "high"}},
    }
    return spec | {"layer": [area, *spec["layer"]]}
