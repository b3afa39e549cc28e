"""The page of a plan: the answer, demand, needs, what breaks first, what moves the answer, what it is of."""

import math
from typing import Final

from flashcrowd.core.errors import ExitCode
from flashcrowd.report import quantity
from flashcrowd.report.plan import figures
from flashcrowd.report.plan.outcome import RATES, Outcome
from flashcrowd.report.plan.wording import RATE_NAMES, RESOURCE_NAMES, amount, broken, day_name, ranged
from flashcrowd.report.section import Block, Cell, Prose, Section, Table, Tile, Tiles
from flashcrowd.report.verdict import Verdict

MOST_LIKELY: Final = "median (1 future in 20 is below the first figure in brackets, 1 in 20 above the second)"


def verdict_of(found: Outcome) -> Verdict:
    """In one word: `planned`, or, where something is there already, `holds` or `too little`."""
    if not found.breaks:
        return Verdict(ExitCode.PASS, "planned", sentence(found))
    allowed = 1 - found.plan.policy.confidence
    word = "holds" if all(one.share <= allowed + 1e-9 for one in found.breaks) else "too little"
    code = ExitCode.PASS if word == "holds" else ExitCode.SLO_MISSED
    return Verdict(code, word, sentence(found), tuple(broken(found.plan, one) for one in found.breaks))


def sentence(found: Outcome) -> str:
    """The answer for people."""
    sized, share = found.sized, quantity.share(found.plan.policy.confidence)
    parts = [
        f"{amount('instances', sized['instances'])} instances",
        f"{amount('generator_slots', sized['generator_slots'])} generator slots",
        f"{amount('storage_tb', sized['storage_tb'])} of storage",
        f"{amount('egress_gbit_per_s', sized['egress_gbit_per_s'])} of egress",
    ]
    text = f"To hold {share} of all futures: {', '.join(parts[:-1])} and {parts[-1]}."
    if found.breaks and not math.isnan(found.breaks[0].day):
        first = found.breaks[0]
        when = day_name(found.plan, first.day)
        text += f" What breaks first: {RESOURCE_NAMES[first.resource]}, on {when} in the median future."
    return text


def sections(found: Outcome) -> list[Section]:
    """The sections, in order."""
    made = [_summary(found), _demand(found), _needs(found)]
    made += [_breaks(found)] if found.breaks else []
    return [*made, _sensitivity(found), _scaling(found), _assumptions(found)]


def _summary(found: Outcome) -> Section:
    tiles = [
        Tile("weekly users", quantity.count(found.weekly.at_peak()[1]), _range(found.weekly.at_peak())),
        *(
            Tile(
                f"{RATE_NAMES[kind]}, busiest hour",
                quantity.rate(found.busiest[kind].at_peak()[1]),
                _range(found.busiest[kind].at_peak(), quantity.rate),
            )
            for kind in ("sign_ups", "reads", "images")
        ),
    ]
    blocks: list[Block] = [Tiles(tiles), figures.weekly_users(found), figures.over_days(found, "images")]
    return Section("summary", "Answer", "Answer", sentence(found), blocks)


def _range(ends: tuple[float, float, float], write: quantity.Writer = quantity.count) -> str:
    low, _, high = ends
    return f"{write(low)} to {write(high)}" if high > 1.001 * low else "given"


def _demand(found: Outcome) -> Section:
    day = day_name(found.plan, found.busiest_day)
    rows = [
        [RATE_NAMES[kind], *(ranged(fan) for fan in (found.busiest[kind], found.crowded[kind]))]
        for kind in RATES
    ]
    table = Table(
        "Per second", ("", "busiest hour of an ordinary day", "under a flash crowd"), rows,
        f"Largest of the horizon; {MOST_LIKELY}. The table demand.csv has every hour.", (0, 1, 2), wide=True,
    )  # fmt: skip
    charts = [figures.over_hours(found, kind) for kind in ("sign_ups", "posts", "reads", "images")]
    text = (
        f"On {day}, the busiest day of the median future, an ordinary busiest hour brings "
        f"{quantity.rate(found.busiest['requests'].at_peak()[1])} requests."
    )
    return Section("demand", "Demand", "What will be asked for", text, [*charts, table])


def _needs(found: Outcome) -> Section:
    plan = found.plan
    made = plan.generator
    rows = [[RESOURCE_NAMES[name], *_sizes(found, name)] for name in found.needed]
    table = Table(
        "What is needed",
        ("", "median future", f"{quantity.share(plan.policy.confidence)} of all futures"),
        rows, "On the day that needs most.", wide=True,
    )  # fmt: skip
    policy = (
        f"Instances hold the busiest hour, times a flash crowd, {quantity.share(plan.policy.headroom)} "
        f"headroom, and {plan.policy.spare} more (N + {plan.policy.spare}). Generator slots let "
        f"{quantity.share(made.level)} of the images begin within {quantity.duration(made.wait)} (M/G/c, "
        f"{quantity.duration(made.mean)} an image)."
    )
    blocks: list[Block] = [*(figures.needed(found, name) for name in found.needed), table]
    if found.money is not None:
        blocks += [figures.money(found), _cost(found)]
    return Section("needs", "Needs", "What it takes", policy, blocks)


def _sizes(found: Outcome, name: str) -> list[str]:
    return [amount(name, found.needed[name].at_peak()[1]), amount(name, found.sized[name])]


def _cost(found: Outcome) -> Table:
    total = sum(found.costs.values())
    rows = [
        [name.replace("_", " "), quantity.count(value), quantity.share(value / total if total else 0.0)]
        for name, value in sorted(found.costs.items(), key=lambda item: -item[1])
    ]
    note = "Each on its dearest day, in the median future."
    return Table(f"Cost a month, {found.plan.prices.currency}", ("", "at most", "share"), rows, note)


def _breaks(found: Outcome) -> Section:
    plan = found.plan
    rows: list[list[str | Cell]] = [
        [
            RESOURCE_NAMES[one.resource],
            amount(one.resource, one.have),
            *(day_name(plan, day) for day in (one.early, one.day, one.late)),
            Cell(quantity.share(one.share), "bad" if one.share > 1 - plan.policy.confidence else "good"),
        ]
        for one in found.breaks
    ]
    columns = ("", "there is", "1 future of 10", "5 of 10", "9 of 10", "ever too little in")
    table = Table("First day on which it is too little", columns, rows, "", (0, 2, 3, 4), wide=True)
    return Section("breaks", "Breaks", "What would break first", f"{broken(plan, found.breaks[0])}.", [table])


def _sensitivity(found: Outcome) -> Section:
    charts: list[Block] = [figures.tornado(found, name, bars) for name, bars in found.tornado.items() if bars]
    bars = found.tornado["instances"]
    text = "Nothing is in doubt: every assumption is a number."
    if bars:
        factor = math.exp(bars[0].swing)
        text = (
            f"What moves the number of instances most: {bars[0].says} (times {quantity.three(factor)} "
            "between its ends). Find out about that first."
        )
    return Section("sensitivity", "Sensitivity", "Which assumption moves the answer", text, charts)


def _scaling(found: Outcome) -> Section:
    laws = found.basis.measured.laws
    at = max(law.at for law in laws.values())
    carried_to = max(found.members, at)
    rows: list[list[str | Cell]] = []
    for kind, law in laws.items():
        low, middle, high = law.carried(carried_to)
        trouble = law.trouble(carried_to)
        between = f"{law.interval[0]:+.3f} to {law.interval[1]:+.3f}" if len(law.sizes) > 1 else "not known"
        rows.append(
            [
                kind,
                quantity.three(law.level),
                f"{law.exponent:+.3f}",
                between,
                f"{quantity.three(middle)} ({quantity.three(low)} to {quantity.three(high)})",
                Cell("no" if trouble else "yes", "bad" if trouble else "good"),
            ]
        )
    columns = ("a day and person who comes", f"at {at:,.0f}", "exponent", "95 % interval",
               f"at {quantity.count(carried_to)} members", "carried")  # fmt: skip
    table = Table("Demand over the size of the society", columns, rows, "", (0, 3, 4), wide=True)
    blocks: list[Block] = [table, *figures.laws(found)]
    troubles = found.troubles
    text = (
        f"Societies of up to {at:,.0f} members were simulated; the plan comes to "
        f"{quantity.count(found.members)}. What lies beyond is extrapolated by y = a N^b."
    )
    if troubles:
        text += (
            f" Not all of it can be carried so far: {'; '.join(troubles)}. Larger societies would tell more."
        )
    return Section("scaling", "Scaling", "From the simulated society to the planned one", text, blocks)


def _assumptions(found: Outcome) -> Section:
    from flashcrowd.report.plan.futures import Model

    rows = [
        [one.name, one.says, *(quantity.count(v) for v in (one.range.low, one.range.likely, one.range.high))]
        for one in Model(found.plan, found.basis).assumptions.values()
    ]
    table = Table(
        "Assumptions", ("", "what it is", "low (1 in 10 below)", "likely", "high (1 in 10 above)"), rows,
        "", (0, 1), wide=True,
    )  # fmt: skip
    text = f"{found.plan.purpose} {quantity.count(found.plan.draws)} futures were drawn.".strip()
    return Section("assumptions", "Assumptions", "What it stands on", text, [table, Prose(LIMITS)])


LIMITS: Final = (
    "A plan is as good as its assumptions. Shares who come again, demand and sizes of files are ranges, not "
    "facts; ranges are taken as independent of each other. Days of the week are alike."
)
