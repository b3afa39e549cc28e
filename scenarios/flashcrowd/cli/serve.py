"""`flashcrowd serve`: the reference platform, until Ctrl-C."""

from pathlib import Path
from typing import Annotated, Any

import typer

from flashcrowd.cli.output import JsonOption, Output, QuietOption

EXAMPLES = (
    "flashcrowd serve --port 0",
    "flashcrowd serve --data platform --ranker engagement --slots 4 --median 6s",
    "flashcrowd serve --latency 200ms --error-share 0.01",
)


def command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 = any free one.")] = 8000,
    data: Annotated[
        Path | None, typer.Option(help="Folder of database and media; without it they are temporary.")
    ] = None,
    ranker: Annotated[str, typer.Option(help="How home feeds are ordered.")] = "chronological",
    slots: Annotated[int, typer.Option(help="AI images made at once.")] = 8,
    median: Annotated[str, typer.Option(help="Median time to make one image.")] = "12s",
    sigma: Annotated[float, typer.Option(help="Spread of that time (of its logarithm).")] = 0.6,
    cap: Annotated[str, typer.Option(help="Longest time to make one image.")] = "120s",
    blocked: Annotated[float, typer.Option(help="Share of prompts that the policy refuses.")] = 0.05,
    queue_limit: Annotated[int, typer.Option(help="Image requests that may wait; more get 429.")] = 1000,
    rate_limit: Annotated[
        int, typer.Option(help="Requests of one token in 5 minutes; more get 429. 0 = no limit.")
    ] = 0,
    latency: Annotated[str, typer.Option(help="Fault: added to every answer.")] = "0s",
    error_share: Annotated[float, typer.Option(help="Fault: share of requests answered 503.")] = 0.0,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Serve the reference platform: Mastodon's client API and OpenAI's images API on SQLite.

    It runs until Ctrl-C. More faults can be switched on and off while it runs: POST /faults takes them as
    JSON, GET /faults shows them all. Counts by endpoint are at /metrics and /metrics.json.
    """
    import sys

    from flashcrowd.core.clock import seconds
    from flashcrowd.reference.server import serve
    from flashcrowd.reference.settings import checked_settings

    output = Output(json=json, quiet=quiet)

    def announce(url: str) -> None:
        output.result({"url": url, "data": data, "ranker": ranker})
        if not json:
            output.console().print(f"The reference platform is at {url} (Ctrl-C stops it).", markup=False)
        sys.stdout.flush()  # whoever reads a pipe needs the address now, not at the end

    try:
        generator: dict[str, Any] = {"slots": slots, "median_s": seconds(median), "sigma": sigma}
        generator |= {"cap_s": seconds(cap), "blocked": blocked, "queue_limit": queue_limit}
        faults = {"latency_ms": 1000.0 * seconds(latency), "error_share": error_share}
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    settings = checked_settings(
        {"data": data, "ranker": ranker, "rate_limit": rate_limit, "generator": generator, "faults": faults}
    )
    serve(host, port, settings=settings, on_ready=announce)
