"""Everything that a plan leaves: page, summary, JSON, and the demand of every hour as a table."""

import csv
import io
import json
import math
from pathlib import Path
from typing import Any, Final

from flashcrowd.core.errors import StorageError
from flashcrowd.core.runlog import write_text
from flashcrowd.report.html import write_html
from flashcrowd.report.markdown import write_markdown
from flashcrowd.report.plan.outcome import LEVELS, RATES, Fan, Outcome
from flashcrowd.report.plan.sections import sections, verdict_of

PAGE: Final = "plan.html"
NAMES: Final = tuple(f"p{100 * level:.0f}" for level in LEVELS)


def write_plan(found: Outcome, out: Path) -> dict[str, Any]:
    """Write `plan.html`, `plan.json`, `summary.md` and `demand.csv` into `out`; the content of `plan.json`.

    Raises:
        StorageError: when one of them cannot be written.
    """
    content, made, verdict = document(found), sections(found), verdict_of(found)
    title = f"Plan: {found.plan.name}"
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_text(out / "plan.json", json.dumps(content, indent=1, allow_nan=False) + "\n")
        write_text(out / "demand.csv", demand_table(found))
        write_markdown(title, verdict, made, out / "summary.md")
        write_html(title, found.plan.purpose, verdict, made, out / PAGE)
    except OSError as error:
        raise StorageError(
            f"{error.filename or out}: cannot be written: {error.strerror or error}"
        ) from error
    return content


def document(found: Outcome) -> dict[str, Any]:
    """The content of `plan.json`; what is not known is null."""
    verdict = verdict_of(found)
    return {
        "schema": 1,
        "plan": found.plan.model_dump(mode="json"),
        "verdict": {"word": verdict.word, "exit_code": int(verdict.exit_code), "sentence": verdict.sentence},
        "weekly_users": _fan(found.weekly),
        "daily_users": _fan(found.daily),
        "busiest_day": found.busiest_day,
        "mean_per_s": {
            kind: {name: _number(row[found.busiest_day]) for name, row in zip(NAMES, values, strict=True)}
            for kind, values in found.by_day.items()
        },
        "busiest_hour_per_s": {kind: _peak(fan) for kind, fan in found.busiest.items()},
        "flash_crowd_per_s": {kind: _peak(fan) for kind, fan in found.crowded.items()},
        "needed": {name: _fan(fan) for name, fan in found.needed.items()},
        "sized": {name: _number(value) for name, value in found.sized.items()},
        "cost_per_month": None if found.money is None else _fan(found.money),
        "breaks": [
            {
                "resource": one.resource,
                "have": one.have,
                "share": _number(one.share),
                "day": {"p10": _number(one.early), "p50": _number(one.day), "p90": _number(one.late)},
            }
            for one in found.breaks
        ],
        "sensitivity": {
            name: [
                {"assumption": bar.name, "low": _number(bar.low), "high": _number(bar.high)} for bar in bars
            ]
            for name, bars in found.tornado.items()
        },
        "scaling": {
            "members": _number(found.members),
            "troubles": found.troubles,
            "laws": {
                kind: {
                    "at_members": law.at,
                    "level": _number(law.level),
                    "exponent": [_number(v) for v in (law.exponent, *law.interval)],
                    "carried": [_number(v) for v in law.carried(max(found.members, law.at))],
                    "sizes": list(law.sizes),
                }
                for kind, law in found.basis.measured.laws.items()
            },
        },
    }


def demand_table(found: Outcome) -> str:
    """CSV: one line an hour of the horizon (UTC), rates per second as quantiles over all futures."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["day", "hour", *(f"{kind}_{name}" for kind in RATES for name in NAMES)])
    for day in range(found.plan.days):
        for hour, factor in enumerate(found.by_hour.tolist()):
            rates = [float(row[day]) * factor for kind in RATES for row in found.by_day[kind]]
            writer.writerow([day, hour, *(f"{rate:.5g}" for rate in rates)])
    return text.getvalue()


def _fan(fan: Fan) -> dict[str, Any]:
    days = [int(day) for day in fan.days]
    return {"day": days, **{n: [_number(v) for v in row] for n, row in zip(NAMES, fan.values, strict=True)}}


def _peak(fan: Fan) -> dict[str, float | None]:
    low, middle, high = fan.at_peak()
    return {"p5": _number(low), "p50": _number(middle), "p95": _number(high)}


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None
