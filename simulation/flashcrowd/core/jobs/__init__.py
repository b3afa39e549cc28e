"""Many runs side by side, each result kept in a file: what was killed goes on where it stopped."""

from flashcrowd.core.jobs.job import Done, Job, Tell, Work, Worker
from flashcrowd.core.jobs.kept import kept, sources_digest
from flashcrowd.core.jobs.run import run_all, workers_for

__all__ = ["Done", "Job", "Tell", "Work", "Worker", "kept", "run_all", "sources_digest", "workers_for"]
