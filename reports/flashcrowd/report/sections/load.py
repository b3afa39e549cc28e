"""What was offered, what was sent, and whether the platform counted the same."""

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.accounting import Accounting
from flashcrowd.report.metrics.reconciliation import EndpointCount
from flashcrowd.report.section import Block, Cell, Section, Table, Tile, Tiles, Tone


def section(seen: Evidence) -> Section:
    """The load of a live run; a sentence where nothing was offered."""
    load = seen.found.accounting
    if not len(seen.found.timeline):
        why = "no request was recorded" if seen.run.live else "an offline run sends no requests"
        return Section("load", "Load", "Load", f"Nothing to show: {why}.")
    blocks: list[Block] = [Tiles(_tiles(load))]
    if seen.found.reconciliation:
        blocks.append(_reconciled(seen.found.reconciliation))
    return Section("load", "Load", "Load: offered, sent, late, dropped", _finding(load), blocks)


def _finding(load: Accounting) -> str:
    if not load.offered:
        return "Requests were recorded, but none in the measured window."
    text = (
        f"{quantity.plural(load.offered, 'request')} were due in {quantity.duration(load.window_s)}; "
        f"{quantity.count(load.sent)} were sent, {quantity.count(load.late)} of them over 50 ms late"
    )
    return text + (
        f", and {quantity.count(load.dropped)} were dropped." if load.dropped else "; none was dropped."
    )


def _tiles(load: Accounting) -> list[Tile]:
    late = f"{quantity.share(load.late_share)} over 50 ms after due"
    tiles = [
        Tile("due", quantity.count(load.offered), f"{quantity.rate(load.offered_per_s)} offered"),
        Tile("sent", quantity.count(load.sent), quantity.rate(load.sent_per_s)),
        Tile("late", quantity.count(load.late), late),
        Tile("dropped", quantity.count(load.dropped), f"{quantity.share(load.dropped_share)} never sent"),
        Tile("errors", quantity.count(load.errors), f"{quantity.share(load.error_share)} of the sent"),
        Tile("given up", quantity.count(load.abandoned), "members who left the wait"),
        Tile("lateness, 99 %", quantity.milliseconds(load.lateness_p99_ms), "sent minus due"),
    ]
    if load.sessions:
        begun = quantity.count(load.sessions.get("started", float("nan")))
        rest = ", ".join(
            f"{quantity.count(n)} {name.replace('_', ' ')}"
            for name, n in load.sessions.items()
            if name != "started"
        )
        tiles.append(Tile("sessions begun", begun, rest))
    return tiles


def _reconciled(counts: tuple[EndpointCount, ...]) -> Table:
    rows: list[list[str | Cell]] = [
        [row.endpoint, f"{row.recorded:,}", f"{row.counted:,}", _difference(row)] for row in counts
    ]
    note = "All phases of the run. A difference up to the number of unanswered requests is explained by them."
    if any(row.untold for row in counts):
        note += " What workers that were lost sent in their last seconds may be missing in the record."
    columns = ("endpoint", "in the record", "counted there", "difference")
    return Table("Record against the platform's own counts", columns, rows, note, wide=True)


def _difference(row: EndpointCount) -> Cell:
    apart = row.recorded - row.counted
    tone: Tone = "good" if not apart else "warn" if row.explained else "bad"
    return Cell(f"{apart:+,}" if apart else "0", tone)
