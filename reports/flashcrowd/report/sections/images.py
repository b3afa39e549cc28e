"""The AI-image pipeline: from prompt to post."""

from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.images import Images
from flashcrowd.report.section import Block, Chart, Section, Tile, Tiles
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis

TITLE = "AI images"


def section(seen: Evidence) -> Section:
    """The pipeline; a sentence where no image was asked for."""
    found = seen.found.images
    if not found.requested and not found.posted:
        return Section("images", "AI images", TITLE, "Nothing to show: nobody asked for an AI image.")
    blocks: list[Block] = [Tiles(_tiles(found))]
    if found.requested:
        blocks.append(_outcomes(found))
    return Section("images", "AI images", TITLE, _finding(found), blocks)


def _finding(found: Images) -> str:
    text = (
        f"{quantity.plural(found.requested, 'image')} asked for, {quantity.count(found.posted)} posted; "
        f"{quantity.share(found.share(found.blocked))} refused by policy, "
        f"{quantity.share(found.share(found.abandoned))} given up"
    )
    if found.wait_s.count:
        text += f". Half took less than {quantity.duration(found.wait_s.p50)}"
    return f"{text}. {_spread(found)}" if found.reposts and found.posts else f"{text}."


def _spread(found: Images) -> str:
    posts, reposts = quantity.share(found.post_share), quantity.share(found.repost_share)
    return f"AI images are {posts} of the posts and got {reposts} of the reposts."


def _tiles(found: Images) -> list[Tile]:
    clock = "wall time, asked to answered" if found.wall else "scenario time, asked to posted"
    return [
        Tile("wait, 50 %", quantity.duration(found.wait_s.p50), clock),
        Tile("wait, 95 %", quantity.duration(found.wait_s.p95), clock),
        Tile("longest queue", quantity.count(found.longest_queue), "images waited for at once"),
        Tile("share of posts", quantity.share(found.post_share), f"{quantity.count(found.posted)} posts"),
        Tile(
            "share of reposts",
            quantity.share(found.repost_share),
            f"{quantity.count(found.ai_reposts)} reposts",
        ),
    ]


def _outcomes(found: Images) -> Chart:
    made = found.requested - found.blocked - found.abandoned - found.failed
    rows = [
        {"name": name, "x": n, "text": f"{quantity.count(n)} ({quantity.share(found.share(n))})"}
        for name, n in (
            ("made", made),
            ("refused by policy", found.blocked),
            ("given up", found.abandoned),
            ("failed", found.failed),
        )
    ]
    most = 1.5 * max(made, found.blocked, found.abandoned, found.failed)
    spec = chart.bars(rows, Axis("count", "images", least=0, most=most), colour="@purple")
    alt = f"{quantity.share(found.share(made))} of the prompts became an image."
    return Chart("images-outcomes", "What became of the prompts", spec, alt)
