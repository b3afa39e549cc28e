"""What two runs of one report are called."""

from flashcrowd.report.analysis import Analysis


def run_names(one: Analysis, other: Analysis) -> tuple[str, str]:
    """What to call the two: by kind, or by directory when the kinds are equal."""
    if one.run.kind != other.run.kind:
        return one.run.kind, other.run.kind
    if one.run.path.name != other.run.path.name:
        return one.run.path.name, other.run.path.name
    return f"this {one.run.kind} run", f"the other {other.run.kind} run"
