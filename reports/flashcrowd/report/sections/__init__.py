"""Sections: each turns metrics into a finding, figures and prose. `SECTIONS` is their order."""

from collections.abc import Callable
from typing import Final

from flashcrowd.report.evidence import Evidence
from flashcrowd.report.section import Section
from flashcrowd.report.sections import (
    about,
    actions,
    attention,
    beside,
    cascades,
    explorer,
    feedback,
    freshness,
    harm,
    images,
    kinds,
    latency,
    load,
    moderation,
    summary,
    timeline,
    together,
    virality,
)

SECTIONS: Final[dict[str, Callable[[Evidence], Section | None]]] = {
    "summary": summary.section,
    "timeline": timeline.section,
    "latency": latency.section,
    "load": load.section,
    "freshness": freshness.section,
    "explorer": explorer.section,
    "together": together.section,
    "feedback": feedback.section,
    "cascades": cascades.section,
    "virality": virality.section,
    "attention": attention.section,
    "kinds": kinds.section,
    "images": images.section,
    "harm": harm.section,
    "moderation": moderation.section,
    "actions": actions.section,
    "beside": beside.section,
    "about": about.section,
}
"""Name -> section; a new one is a file here and a line in this table. None: it does not apply."""


def sections(seen: Evidence) -> list[Section]:
    """Every section that applies, in order."""
    written = (write(seen) for write in SECTIONS.values())
    return [one for one in written if one is not None]
