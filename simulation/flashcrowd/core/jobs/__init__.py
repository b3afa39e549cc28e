"""Many runs side by side, each result kept in a file: what was killed goes on where it stopped."""

from flashcrowd.core.jobs.job import Done, Job, Tell, Work, Worker
from flashcrowd.core.jobs.run import run_all, workers_for

__all__ = ["Done", "Job", "Tell", "Work", "Worker", "run_all", "workers_for"]
