"""How unevenly attention falls on members."""

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.attention import Attention
from flashcrowd.report.section import Chart, Section, Table
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis


def section(seen: Evidence) -> Section:
    """Lorenz curve and shares; a sentence where nobody received anything."""
    found = seen.found.attention
    if not found.total:
        return Section(
            "attention", "Attention", "Attention", "Nothing to show: nobody was liked or reposted."
        )
    return Section("attention", "Attention", "Attention", _finding(found), [_lorenz(found), _table(found)])


def _finding(found: Attention) -> str:
    return (
        f"1 % of the members hold {quantity.share(found.top_share(0.01))} of all reposts and likes; the Gini "
        f"coefficient is {found.gini:.3f} over all {quantity.count(found.members)} members."
    )


def _lorenz(found: Attention) -> Chart:
    members, held = found.lorenz(found.members)
    rows = chart.rows_of(x=members, held=held)
    rows += [
        {"x": chart.plain(x), "authors": chart.plain(y)}
        for x, y in zip(*found.lorenz(found.authors), strict=True)
    ]
    rows += [{"x": 0, "equal": 0}, {"x": 1, "equal": 1}]
    shown = (
        chart.Series("held", "all members", "@blue"),
        chart.Series("authors", "authors only", "@orange"),
        chart.Series("equal", "if all were equal", "@grey", dashed=True),
    )
    across = Axis(
        "share", "share of people, least noticed first", least=0, most=1, ticks=(0, 0.2, 0.4, 0.6, 0.8, 1)
    )
    spec = chart.lines(rows, across, Axis("share", least=0, most=1), shown, joined=True, height=260)
    half = quantity.share(float(held[members <= 0.9][-1]) if (members <= 0.9).any() else 0.0)
    alt = f"Lorenz curve of reposts and likes received: the less noticed 90 % of the members hold {half}."
    return Chart("attention-lorenz", "Lorenz curve of reposts and likes received", spec, alt)


def _table(found: Attention) -> Table:
    rows = [
        ["reposts and likes received", quantity.count(found.total)],
        ["members who received any", quantity.count(len(found.received))],
        ["share of the top 1 % of all members", quantity.share(found.top_share(0.01))],
        ["share of the top 10 % of all members", quantity.share(found.top_share(0.1))],
        [f"Gini over all {quantity.count(found.members)} members", f"{found.gini:.3f}"],
        [
            f"Gini over the {quantity.count(found.authors)} members who posted or received any",
            f"{found.author_gini:.3f}",
        ],
    ]
    return Table("Concentration", ("", "value"), rows)
