"""`report.html`: one self-contained page. It needs no network and shows text as text."""

import json
import math
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from flashcrowd.core.runlog import write_text
from flashcrowd.report import quantity
from flashcrowd.report.section import Cell, Chart, Explorer, Section
from flashcrowd.report.sections.palette import DARK, LIGHT
from flashcrowd.report.sections.tree_drawing import WAITS
from flashcrowd.report.verdict import Verdict

TEMPLATES: Final = Path(__file__).parent / "templates"
SCRIPTS: Final = ("charts.js", "zoom.js", "explorer.js", "tables.js", "page.js")
"""What makes a page move, in the order in which it runs."""


def html(title: str, subtitle: str, verdict: Verdict, sections: Sequence[Section]) -> str:
    """The page as text.

    Raises:
        ValueError: when two parts of it have one name: links and charts would lead to the wrong one.
    """
    keys = [section.key for section in sections]
    keys += [block.key for section in sections for block in section.blocks if isinstance(block, Chart)]
    if len(set(keys)) < len(keys):
        raise ValueError(f"a page with two parts of one name: {sorted(keys)}")
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters |= {
        "kind": lambda block: type(block).__name__.lower(),
        "cell": _cell,
        "worth": quantity.worth,
        "spec": _embedded,
        "coded": _coded,
        "breakable": _breakable,
        "explorer": _explored,
    }
    return environment.get_template("page.html.j2").render(
        title=title,
        subtitle=subtitle,
        verdict=verdict,
        sections=sections,
        css=Markup(_asset("page.css")),
        script=Markup("".join(_asset(name) for name in SCRIPTS)),
        library=Markup(chart_library()),
        palettes={"light": LIGHT, "dark": DARK},
    )


def write_html(title: str, subtitle: str, verdict: Verdict, sections: Sequence[Section], path: Path) -> None:
    """Write `report.html`."""
    write_text(path, html(title, subtitle, verdict, sections))


@cache
def chart_library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script, from the installed vl-convert package (1.5 s)."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    if "</script" in bundle.lower() or "<!--" in bundle:
        bundle = bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    return bundle


def _cell(cell: str | Cell) -> Cell:
    return cell if isinstance(cell, Cell) else Cell(cell)


def _coded(text: str) -> Markup:
    """A text whose parts between backticks are code."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def _breakable(text: str) -> Markup:
    """A text that may be broken inside dotted names, where there is no room."""
    return Markup(re.sub(r"(?<=\w)([._])(?=\w)", r"\1<wbr>", str(escape(text))))


def _explored(block: Explorer) -> dict[str, Any]:
    """What the page's script needs to draw the cascades of an explorer."""
    waits = [[limit if math.isfinite(limit) else None, colour] for limit, _, colour in WAITS]
    cascades = [
        {"name": one.name, "finding": one.finding, "facts": one.facts, "nodes": one.nodes}
        for one in block.cascades
    ]
    return {"waits": waits, "cascades": cascades}


def _embedded(data: Any) -> Markup:
    """JSON that can stand inside a script element: no `<`, no `>`, no `&`."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
