"""The run itself: what was run, with what, when, where, so that it can be run again."""

from typing import Any

from flashcrowd.core import clock
from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.section import Prose, Section, Table


def section(seen: Evidence) -> Section:
    """Everything from the manifest that tells where the record came from."""
    manifest = seen.run.manifest
    finding = (
        f"Scenario {seen.run.scenario.name}, seed {manifest.get('seed')}, {seen.run.kind}, begun "
        f"{seen.run.started}."
    )
    command = " ".join(str(word) for word in manifest.get("command", []))
    return Section(
        "about", "The run", "The run", finding, [_table(seen, manifest), Prose(f"Made by: {command}")]
    )


def _table(seen: Evidence, manifest: dict[str, Any]) -> Table:
    scenario = seen.run.scenario
    rows = [
        ["run directory", seen.run.path.name],
        ["state", str(manifest.get("state", "unknown"))],
        ["scenario", f"{scenario.name} (digest {manifest.get('scenario_digest', quantity.MISSING)})"],
        ["purpose", scenario.purpose or quantity.MISSING],
        ["seed", str(manifest.get("seed"))],
        ["ranker", scenario.platform.ranker],
        *_live_rows(seen, manifest),
        *_offline_rows(manifest),
        ["rows recorded", _rows_recorded(seen)],
        ["versions", ", ".join(f"{name} {v}" for name, v in manifest.get("versions", {}).items())],
        ["revision", str(manifest.get("revision") or quantity.MISSING)],
        ["host", ", ".join(f"{name} {value}" for name, value in manifest.get("host", {}).items())],
    ]
    return Table("Where this record came from", ("", "value"), rows, text_columns=(0, 1), wide=True)


def _live_rows(seen: Evidence, manifest: dict[str, Any]) -> list[list[str]]:
    if not seen.run.live:
        return []
    cpu = manifest.get("worker_cpu_share")
    shares = ", ".join(
        quantity.share(float(share)) for share in (cpu if isinstance(cpu, list) else [cpu]) if share
    )
    return [
        [
            "target",
            f"{manifest.get('target', quantity.MISSING)} by {manifest.get('adapter', quantity.MISSING)}",
        ],
        ["live members", quantity.count(seen.run.acting_members)],
        ["scenario seconds per second", quantity.number(float(manifest.get("time_lapse") or float("nan")))],
        *_workers(manifest.get("workers") or []),
        ["generator CPU", f"{shares} of one core" if shares else quantity.MISSING],
        ["provisioned", _provisioned(manifest.get("provision") or {})],
        ["not supported there", ", ".join(map(str, manifest.get("unsupported") or [])) or "nothing"],
    ]


def _workers(workers: list[dict[str, Any]]) -> list[list[str]]:
    lost = sum(worker.get("state") == "lost" for worker in workers)
    text = (
        f"{len(workers)}, {quantity.plural(lost, 'of them lost', 'of them lost')}"
        if lost
        else str(len(workers))
    )
    return [["workers", text]] if workers else []


def _offline_rows(manifest: dict[str, Any]) -> list[list[str]]:
    if "engine" not in manifest:
        return []
    walls = manifest.get("wall_s") or {}
    return [
        ["engine", str(manifest["engine"])],
        ["members", quantity.count(float(manifest.get("members", float("nan"))))],
        ["follows", quantity.count(float(manifest.get("edges", float("nan"))))],
        ["item views", quantity.count(float(manifest.get("views", float("nan"))))],
        ["wall time", ", ".join(f"{name} {clock.human(float(wall))}" for name, wall in walls.items())],
    ]


def _rows_recorded(seen: Evidence) -> str:
    actions = quantity.plural(len(seen.run.actions["seq"]), "action row")
    return f"{actions}, {quantity.plural(len(seen.run.requests['request']), 'request row')}"


def _provisioned(provision: dict[str, Any]) -> str:
    """What was put on the platform before the run; what was nothing is left out."""
    told = {name.replace("_", " "): n for name, n in provision.items() if isinstance(n, int | float) and n}
    return ", ".join(f"{name} {quantity.count(float(n))}" for name, n in told.items()) or quantity.MISSING
