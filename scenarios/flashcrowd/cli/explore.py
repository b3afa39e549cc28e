"""`flashcrowd explore`: look at a small world in the browser while it lives."""

import importlib.util
import os
import subprocess
import sys
from typing import Annotated, Final

import typer

from flashcrowd.cli.output import Output, QuietOption
from flashcrowd.core.errors import ExitCode, UsageError

EXAMPLES: Final = (
    "flashcrowd explore launch_day",
    "flashcrowd explore my.yaml --port 8800 --no-browser",
)

PAGE: Final = "flashcrowd.sim.model.explore_page"


def command(
    scenario: Annotated[
        str, typer.Argument(help="A file, or the name of a bundled scenario.")
    ] = "launch_day",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8765,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open your browser.")] = False,
    quiet: QuietOption = False,
) -> int:
    """Watch cascades spread through a small world, in Mesa's own browser view, until Ctrl-C.

    Sliders set the number of members, the ranker, and how willingly they pass on; the figures stand beside
    those of real networks. For teaching, and for trying a ranker. Needs the extra "explore".
    """
    from flashcrowd.core.scenario import load_scenario

    name = load_scenario(scenario).name
    if importlib.util.find_spec("solara") is None:
        raise UsageError(
            "solara is not installed, which this command needs: pip install 'flashcrowd[explore]'"
        )
    Output(quiet=quiet).note(f"{name}: http://127.0.0.1:{port} (Ctrl-C ends it)")
    server = [
        sys.executable,
        "-m",
        "solara",
        "run",
        PAGE,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--production",
        "--no-check-version",
    ]
    environment = os.environ | {"FLASHCROWD_EXPLORE": scenario, "SOLARA_CHECK_HOOKS": "off"}
    asked = ["--no-open"] if no_browser else []
    try:
        done = subprocess.run([*server, *asked], env=environment, check=False)
    except KeyboardInterrupt:
        return ExitCode.PASS
    return ExitCode.PASS if done.returncode in (0, -2, 130) else ExitCode.HARNESS
