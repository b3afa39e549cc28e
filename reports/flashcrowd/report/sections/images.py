"""The AI-image pipeline: from prompt to post."""

from flashcrowd.core.clock import HOUR
from flashcrowd.report import quantity
from flashcrowd.report.evidence import Evidence
from flashcrowd.report.metrics.images import Images
from flashcrowd.report.section import Block, Chart, Section, Tile, Tiles
from flashcrowd.report.sections import chart
from flashcrowd.report.sections.axis import Axis, hours_axis
from flashcrowd.report.sections.wall_clock import wall_clock

TITLE = "AI images"


def section(seen: Evidence) -> Section:
    """The pipeline; a sentence where no image was asked for."""
    found = seen.found.images
    if not found.requested and not found.posted:
        return Section("images", "AI images", TITLE, "Nothing to show: nobody asked for an AI image.")
    blocks: list[Block] = [Tiles(_tiles(found))]
    if found.requested:
        blocks.append(_outcomes(found))
    if len(found.queue):
        blocks.append(_queue(seen, found))
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


def _queue(seen: Evidence, found: Images) -> Chart:
    at, worst = found.queue_t_s, float(found.queue_t_s[int(found.queue.argmax())])
    if found.wall:
        clock = wall_clock(seen.run, float(at[0]), float(at[-1]))
        across, x, when = (
            clock.axis,
            clock.place(at),
            f"{quantity.duration(worst - clock.zero_s)} into the window",
        )
    else:
        across, x = hours_axis(float(at[0] / HOUR), float(at[-1] / HOUR)), at / HOUR
        when = f"{quantity.duration(worst)} into the scenario"
    rows = chart.rows_of(x=x, waiting=found.queue)
    shown = (chart.Series("waiting", "waited for", "@purple"),)
    spec = chart.lines(rows, across, Axis("count", least=0), shown, steps=True, height=170)
    alt = f"At most {quantity.count(found.longest_queue)} at once, {when}."
    return Chart("images-queue", "Images asked for and not yet there", spec, alt)
