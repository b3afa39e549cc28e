"""Runs that other processes import by name, in place of a society."""

import os

from flashcrowd.report.realism.fact import Figure, Reading
from flashcrowd.report.realism.runs import Job, ModelReadings, Tell


def pretend(job: Job, tell: Tell) -> ModelReadings:
    """A run that knows its seed and its process."""
    tell(0.5)
    return {"society": {"seed": Reading({"x": Figure(job.seed, os.getpid())})}}


def fail(job: Job, tell: Tell) -> ModelReadings:
    """A run that goes wrong."""
    raise ValueError(f"seed {job.seed}")
