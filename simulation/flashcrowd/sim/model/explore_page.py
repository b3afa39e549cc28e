"""The browser view of a small world: `solara run` shows what this module calls `page`.

`flashcrowd explore` starts it; the scenario comes by the environment variable `SCENARIO`.
"""

import os
from typing import Any, Final

import solara
from mesa.visualization import SolaraViz
from mesa.visualization.components import make_plot_component
from mesa.visualization.utils import update_counter

from flashcrowd.core.scenario import load_scenario
from flashcrowd.sim.model.explored import MOST_MEMBERS, ExploredModel, follow_pairs
from flashcrowd.sim.rankers import RANKERS

SCENARIO: Final = "FLASHCROWD_EXPLORE"
"""Environment variable: a scenario file, or the name of a bundled one."""

MOST_FOLLOWS: Final = 1500
"""Follows that are drawn; more would be a blot."""

SIDE: Final = 520
REACH: Final = 1.05
"""Half of the square, in units of the layout, that is drawn in so many pixels."""

RAMP: Final = ["#d55e00", "#d98a00", "#009e73", "#3a9fd8", "#b0558a"]
"""Colours of generations, the first reposts first; later ones keep the last."""


@solara.component  # type: ignore[untyped-decorator]
def Cascade(model: ExploredModel) -> None:
    """The follow graph, with the largest cascade on it."""
    update_counter.get()
    solara.Text(f"{_told(model)}, coloured by generation")
    solara.HTML(tag="div", unsafe_innerHTML=drawn(model), style={"max-width": "340px", "width": "100%"})


@solara.component  # type: ignore[untyped-decorator]
def Facts(model: ExploredModel) -> None:
    """What this world does, beside what real networks do."""
    update_counter.get()
    rows = "".join(
        f"<tr><td>{what}</td><td><b>{here}</b></td><td>{real}</td></tr>" for what, here, real in model.facts()
    )
    head = "<tr><th></th><th>this world</th><th>real networks</th></tr>"
    solara.HTML(tag="table", unsafe_innerHTML=head + rows, style={"border-spacing": "14px 6px"})


def drawn(model: ExploredModel) -> str:
    """The picture as SVG: members as dots, follows as grey lines, the largest cascade in colour."""
    x, y = ((SIDE / 2 * (1 + model.places / REACH)).T).round(1).tolist()
    pairs = follow_pairs(model)
    follows = pairs[:: max(1, len(pairs) // MOST_FOLLOWS)].tolist()
    shades = [RAMP[min(generation, len(RAMP)) - 1] for *_, generation in model.cascade]
    passed = list(zip(model.cascade, shades, strict=True))
    root = [source for source, _, generation in model.cascade if generation == 1][:1]
    parts = [
        f'<svg viewBox="0 0 {SIDE} {SIDE}" width="100%" role="img" aria-label="{_told(model)}">',
        f'<path d="{"".join(_line(x, y, *pair) for pair in follows)}" stroke="#98a1ac" opacity=".12"/>',
        *(_dot(x[member], y[member], 2.6, "#98a1ac") for member in range(len(x))),
        *(f'<path d="{_line(x, y, one, other)}" stroke="{shade}"/>' for (one, other, _), shade in passed),
        *(_dot(x[member], y[member], 4.5, shade) for (_, member, _), shade in passed),
        *(_dot(x[member], y[member], 7, "#1d2126") for member in root),
        "</svg>",
    ]
    return "".join(parts)


def _told(model: ExploredModel) -> str:
    reposts = len(model.cascade)
    return f"Largest cascade: {reposts} of {model.world.population.size} members reposted it"


def _line(x: list[float], y: list[float], one: int, other: int) -> str:
    return f"M{x[one]} {y[one]}L{x[other]} {y[other]}"


def _dot(x: float, y: float, radius: float, colour: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}"/>'


def _slider(label: str, value: float, least: float, most: float, step: float) -> dict[str, Any]:
    kind = "SliderInt" if isinstance(value, int) else "SliderFloat"
    return {"type": kind, "value": value, "label": label, "min": least, "max": most, "step": step}


def _page() -> Any:
    """The view of the scenario that the environment names."""
    ExploredModel.scenario_shown = load_scenario(os.environ.get(SCENARIO, "launch_day"))
    shown = ExploredModel.scenario_shown
    knobs = {
        "members": _slider("Members", min(500, shown.population.members), 50, MOST_MEMBERS, 50),
        "ranker": {
            "type": "Select",
            "value": shown.platform.ranker,
            "values": RANKERS.names(),
            "label": "Ranker",
        },
        "repost_times": _slider("Reposts, times", 20.0, 1.0, 40.0, 1.0),
        "ai_share": _slider("AI share", shown.content.ai_share, 0.0, 1.0, 0.05),
        "mean_follows": _slider("Follows", 40.0, 5.0, 60.0, 5.0),
        "seed": _slider("Seed", 1, 1, 50, 1),
    }
    plots = (
        make_plot_component({"reposts": "#d55e00", "largest cascade": "#b0558a"}),
        make_plot_component({"members present": "#009e73"}),
    )
    return SolaraViz(
        ExploredModel(),
        components=[
            (Cascade, 0),
            (Facts, 0),
            *((plot if isinstance(plot, tuple) else (plot, 0)) for plot in plots),
        ],
        model_params=knobs,
        name=f"Flashcrowd: {shown.name}",
        play_interval=200,
    )


page = _page()
"""What solara shows."""
