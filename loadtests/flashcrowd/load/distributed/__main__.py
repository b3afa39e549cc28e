"""`python -m flashcrowd.load.distributed`: one worker, as a process that its master has started."""

import argparse
import sys
from pathlib import Path

from flashcrowd.core.errors import FlashcrowdError
from flashcrowd.core.runlog import new_run_dir
from flashcrowd.load.distributed.launch import LOOPBACK, PORT
from flashcrowd.load.engine import run_worker


def main() -> int:
    """Play a part of a run; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m flashcrowd.load.distributed", description=__doc__)
    parser.add_argument("--master-host", default=LOOPBACK)
    parser.add_argument("--master-port", type=int, default=PORT)
    parser.add_argument("--out", type=Path, required=True, help="copies of rows go to OUT/<number>")
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    try:
        run_worker(
            options.master_host,
            options.master_port,
            lambda number: new_run_dir(options.out / str(number), ""),
            options.quiet,
        )
    except FlashcrowdError as error:
        print(f"flashcrowd: {error}", file=sys.stderr)
        return int(error.exit_code)
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
