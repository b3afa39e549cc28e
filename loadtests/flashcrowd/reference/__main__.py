"""`python -m flashcrowd.reference`: how `ReferencePlatform` starts its child."""

import argparse
import shutil
import sys
from pathlib import Path

from flashcrowd.core.errors import FlashcrowdError
from flashcrowd.core.runlog import write_text
from flashcrowd.reference.process import end_with
from flashcrowd.reference.server import serve
from flashcrowd.reference.settings import Settings


def main() -> int:
    """Serve as the command line says; the exit code."""
    options = _options()
    if options.parent:
        end_with(options.parent)
    settings = Settings.model_validate_json(options.settings)

    def announce(url: str) -> None:
        if options.address_file:
            write_text(options.address_file, url)

    try:
        serve(options.host, options.port, settings=settings, on_ready=announce)
    except FlashcrowdError as error:
        print(error, file=sys.stderr)
        return int(error.exit_code)
    if options.remove_data and settings.data:
        shutil.rmtree(settings.data, ignore_errors=True)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m flashcrowd.reference", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 = any free one")
    parser.add_argument("--settings", default="{}", help="settings as JSON")
    parser.add_argument(
        "--address-file", type=Path, help="the URL is written here when connections are taken"
    )
    parser.add_argument("--parent", type=int, default=0, help="end when this process is no longer the parent")
    parser.add_argument("--remove-data", action="store_true", help="remove the data folder after serving")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
