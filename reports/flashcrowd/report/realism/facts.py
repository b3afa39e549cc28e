"""The facts that a believable society reproduces: what, where it must lie, who found it, how it is measured.

Bands are never widened to fit: where a fact is missed, the society is wrong.
"""

import math
from typing import Final

from flashcrowd.report.realism.fact import Band, Fact, Part
from flashcrowd.report.realism.measures import (
    attention,
    cascades,
    delays,
    graph,
    images,
    membership,
    posting,
    reactions,
    rhythm,
    visits,
)

BELOW_ONE: Final = math.nextafter(1.0, 0.0)
ABOVE_ZERO: Final = math.nextafter(0.0, 1.0)
FEW: Final = 30
"""Cascades that a median or a mean over cascades needs."""

MANY: Final = 100
"""Cascades that a distance between distributions, or a rank correlation, needs: its error is then 0.1."""

DELAYS: Final = 20_000
"""Delays that their CDF needs: they come by cascades, so that the error of 5,000 is still 0.05."""

ORIGINALS: Final = 50_000
"""Originals that a share of some in ten thousand needs."""

SECONDARY: Final = "The source was not read itself but through a secondary text."
WINDOW: Final = "Measured over the days of the run where these are fewer than 30."
CENSORED: Final = (
    "Originals of the last days, whose cascades could not be followed up, and of the warm-up are left out."
)


def _from(low: float) -> tuple[Band, ...]:
    return (Band(low=low),)


def _to(high: float) -> tuple[Band, ...]:
    return (Band(high=high),)


def _within(low: float, high: float) -> tuple[Band, ...]:
    return (Band(low, high),)


def _about(value: float, error: float) -> tuple[Band, ...]:
    return (Band(value - error, value + error),)


def _retained(preset: str, d1: float, d7: float, d30: float) -> tuple[Part, ...]:
    """The parts of a retention preset: each figure +- 25 % of itself."""
    return tuple(
        Part(f"{preset}.{key}", f"{preset}, day {key[1:]}", "share", _about(share, 0.25 * share), share, MANY)
        for key, share in (("d1", d1), ("d7", d7), ("d30", d30))
    )


FACTS: Final = (
    Fact(
        id="indegree_tail", says="follower-count tail exponent", kind="gate", group="graph",
        band="2.0-2.6 on the top 1 %, two estimates within 0.2", value="2.276",
        source="Kwak et al., WWW 2010", tag="S", note=SECONDARY,
        parts=(
            Part("hill", "exponent, Hill", "1", _within(2.0, 2.6), 2.276, 100),
            Part("likelihood", "exponent, maximum likelihood", "1", _within(2.0, 2.6), 2.276, 100),
            Part("difference", "difference of the two", "1", _to(0.2), least=100),
        ),
        measure=graph.indegree_tail,
    ),
    Fact(
        id="follower_concentration", says="share of followers held by the top 20 %", kind="gate",
        group="graph", band=">= 0.85 (stretch 0.96)", value="> 96 %",
        source="Zhu & Lerman 2016, arXiv 1601.07200", tag="R",
        parts=(Part("share", "share held by the top 20 %", "share", _from(0.85), 0.96),),
        measure=graph.follower_concentration,
    ),
    Fact(
        id="reciprocity", says="mutual share of follows", kind="gate", group="graph", band="0.20-0.45",
        value="22 %; 42 %", source="Kwak et al. 2010; Myers et al. 2014", tag="S", note=SECONDARY,
        parts=(Part("share", "follows that are returned", "share", _within(0.20, 0.45), 0.22),),
        measure=graph.reciprocity,
    ),
    Fact(
        id="mean_path", says="mean shortest path", kind="gate", group="graph",
        band="3.5-5.0 at 1 M members, 3.0-4.7 at 100,000", value="4.1", source="Kwak et al., WWW 2010",
        tag="S",
        note=f"{SECONDARY} Along follows, from 200 members to all that are reached. Below 1 M members the "
             "band of 100,000 applies.",
        parts=(Part("hops", "mean hops", "1", (Band(3.0, 4.7), Band(3.5, 5.0, 1_000_000)), 4.1),),
        measure=graph.mean_path,
    ),
    Fact(
        id="clustering", says="mean local clustering", kind="gate", group="graph", band="0.10-0.40",
        value="0.13-0.61 on five real graphs", source="measured; Quelle & Bovet, PLoS ONE 2025 (R)", tag="M",
        note="Follows are taken as undirected; 3,000 members.",
        parts=(Part("mean", "mean over members", "1", _within(0.10, 0.40)),),
        measure=graph.clustering,
    ),
    Fact(
        id="mean_follows", says="follows per account", kind="report", group="graph", band="20-80",
        value="60 on Bluesky", source="arXiv 2505.11608", tag="R",
        parts=(Part("follows", "mean", "1", _within(20, 80), 60),),
        measure=graph.mean_follows,
    ),
    Fact(
        id="posting_concentration", says="share of posts by the top 10 % over 30 days", kind="gate",
        group="behaviour", band="0.75-0.92; median <= 4 a month", value="80 %, median 2 a month",
        source="Pew 2019", tag="S", note=f"{SECONDARY} Posts and reposts, of all members. {WINDOW}",
        parts=(
            Part("share", "share of the top 10 %", "share", _within(0.75, 0.92), 0.80, 1000),
            Part("median", "median member, a month", "1", _to(4), 2),
        ),
        measure=posting.posting_concentration,
    ),
    Fact(
        id="lurkers", says="members who post nothing in 30 days", kind="report", group="behaviour",
        band="0.5-0.9", value="90-9-1", source="Nielsen 2006", tag="S", note=f"{SECONDARY} {WINDOW}",
        parts=(Part("share", "share", "share", _within(0.5, 0.9), 0.9),),
        measure=posting.lurkers,
    ),
    Fact(
        id="media_share", says="posts with media", kind="report", group="behaviour",
        band="scenario's knob, 0.15-1.0", value="16.7 %", source="Bluesky transparency report 2026", tag="S",
        note=SECONDARY, parts=(Part("share", "share", "share", _within(0.15, 1.0), 0.167, 100),),
        measure=posting.media_share,
    ),
    Fact(
        id="burstiness", says="Goh-Barabási burstiness per member with 30 or more events", kind="gate",
        group="behaviour", band="median 0.35-0.60", value="0.52 and 0.40 on two real logs", source="measured",
        tag="M", note="Events are posts, reposts, replies and quotes.",
        parts=(Part("median", "median B", "1", _within(0.35, 0.60), 0.46, FEW),),
        measure=posting.burstiness,
    ),
    Fact(
        id="circadian", says="peak over trough of the mean hour", kind="gate", group="behaviour",
        band="all regions 1.8-4, one region 5-15", value="2.4-7.8 on ten series", source="measured", tag="M",
        note="All regions by UTC; the region is the largest one, by its local time. All actions count.",
        parts=(
            Part("world", "all regions", "1", _within(1.8, 4)),
            Part("region", "one region", "1", _within(5, 15)),
        ),
        measure=rhythm.circadian,
    ),
    Fact(
        id="flash_peak", says="peak hour and minute over the median, within the topic of a flash crowd",
        kind="gate", group="behaviour", band=">= 30x and >= 50x", value="38x, 52x",
        source="Higgs boson announcement, measured", tag="M", note="Writes of the most sudden topic.",
        parts=(
            Part("flash.hour", "peak hour / median", "1", _from(30), 38, 100),
            Part("flash.minute", "peak minute / median", "1", _from(50), 52, 100),
        ),
        measure=rhythm.flash_peak, runs_in=("flash",),
    ),
    Fact(
        id="browsing_share", says="reads among all client actions", kind="gate", group="behaviour",
        band="0.88-0.97", value="92 %", source="Benevenuto et al., IMC 2009", tag="R",
        note="Requests, not item views.",
        parts=(Part("share", "share", "share", _within(0.88, 0.97), 0.92, 1000),),
        measure=visits.browsing_share,
    ),
    Fact(
        id="read_write", says="feed reads per write at the API", kind="gate", group="behaviour",
        band="20:1-100:1", value="50:1", source="Twitter 2012-13 (Krikorian)", tag="R",
        note="Reads are feed requests; writes are posts, reposts and replies; likes are not in the source.",
        parts=(Part("ratio", "reads per write", "1", _within(20, 100), 50, 1000),),
        measure=visits.read_write,
    ),
    Fact(
        id="session_items", says="items browsed in a session: inverse Gaussian beats geometric by AIC",
        kind="gate", group="behaviour", band="difference > 0", value="inverse Gaussian",
        source="Luo et al., IJCAI 2016", tag="R",
        note="Sessions in which anything was shown, of 10,000 sampled members.",
        parts=(
            Part("gain", "difference of AIC per session", "1", _from(ABOVE_ZERO), least=1000),
            Part("mean", "mean items"), Part("shape", "shape lambda"),
        ),
        measure=visits.session_items,
    ),
    Fact(
        id="session_length", says="minutes per session, sessions per active day", kind="report",
        group="behaviour", band="5-20 and 2-8", value="5-20 and 2-8", source="several", tag="S",
        note=SECONDARY,
        parts=(
            Part("minutes", "median minutes", "1", _within(5, 20)),
            Part("per_day", "sessions per active day", "1", _within(2, 8)),
        ),
        measure=visits.session_length,
    ),
    Fact(
        id="no_reshare", says="original posts never reposted", kind="gate", group="cascades",
        band="0.90-0.98", value="about 95 %", source="Goel et al. 2016", tag="S",
        note=f"{SECONDARY} {CENSORED}",
        parts=(Part("share", "share", "share", _within(0.90, 0.98), 0.95, 1000),),
        measure=cascades.no_reshare,
    ),
    Fact(
        id="big_cascades", says="cascades of 100 or more among original posts", kind="gate", group="cascades",
        band="8e-5 to 8e-4, at 100,000 and at 1 M members", value="0.025 %",
        source="Goel, Anderson, Hofman & Watts, Management Science 2016", tag="S",
        note=f"{SECONDARY} {CENSORED}",
        parts=(Part("share", "share", "share", _within(8e-5, 8e-4), 2.5e-4, ORIGINALS),),
        measure=cascades.big_cascades, pool=cascades.pooled_share,
    ),
    Fact(
        id="one_hop", says="participants one hop from the root, cascades of 100 or more", kind="gate",
        group="cascades", band="mean 0.65-0.95", value="0.77 mean, 0.84 median", source="measured", tag="M",
        parts=(
            Part("mean", "mean over cascades", "share", _within(0.65, 0.95), 0.77, FEW),
            Part("median", "median", "share", published=0.84, least=FEW),
        ),
        measure=cascades.structure, pool=cascades.one_hop,
    ),
    Fact(
        id="structural_virality", says="structural virality by size", kind="gate", group="cascades",
        band="KS distance <= 0.15 to the calibration set, median +-0.25",
        value="100-200: 2.05/2.33/3.04; 200-500: 2.08/2.33/3.15; 500-1000: 2.13/2.37/3.33 (10/50/90 %)",
        source="measured", tag="M",
        note="Pooled over seeds. The calibration set is known by 51 quantiles in each bucket.",
        parts=(
            Part("ks_100", "100-200, KS distance", "1", _to(0.15), least=MANY),
            Part("median_100", "100-200, median", "1", _about(2.33, 0.25), 2.33, FEW),
            Part("ks_200", "200-500, KS distance", "1", _to(0.15), least=MANY),
            Part("median_200", "200-500, median", "1", _about(2.33, 0.25), 2.33, FEW),
            Part("ks_500", "500-1000, KS distance", "1", _to(0.15), least=MANY),
            Part("median_500", "500-1000, median", "1", _about(2.37, 0.25), 2.37, FEW),
        ),
        measure=cascades.structure, pool=cascades.structural_virality,
    ),
    Fact(
        id="size_virality_rank", says="Spearman(size, structural virality), size of 100 or more", kind="gate",
        group="cascades", band="-0.05 to 0.35", value='0.15 measured; "independent of size"',
        source="measured; Goel et al. 2016 (R)", tag="M",
        parts=(Part("rank", "rank correlation", "1", _within(-0.05, 0.35), 0.15, MANY),),
        measure=cascades.structure, pool=cascades.size_virality_rank,
    ),
    Fact(
        id="depth_breadth", says="depth, and maximal breadth over size, by size", kind="gate",
        group="cascades", band="medians +-1 hop, +-0.1",
        value="100-200: depth 2/3/5, breadth 0.54/0.84/0.96 (10/50/90 %)", source="measured", tag="M",
        note="The medians of the two larger buckets are those of the calibration set.",
        parts=(
            Part("depth_100", "100-200, depth", "1", _about(3, 1), 3, FEW),
            Part("breadth_100", "100-200, breadth / size", "1", _about(0.84, 0.1), 0.84, FEW),
            Part("depth_200", "200-500, depth", "1", _about(3, 1), 3, FEW),
            Part("breadth_200", "200-500, breadth / size", "1", _about(0.86, 0.1), 0.86, FEW),
            Part("depth_500", "500-1000, depth", "1", _about(4, 1), 4, FEW),
            Part("breadth_500", "500-1000, breadth / size", "1", _about(0.845, 0.1), 0.845, FEW),
        ),
        measure=cascades.structure, pool=cascades.depth_breadth,
    ),
    Fact(
        id="reshare_delay", says="delay from parent to child, cascades of 56 to 999", kind="gate",
        group="cascades", band="max error of the CDF 0.05",
        value="0.191, 0.443, 0.549, 0.793, 0.917, 0.978 at 5 min, 30 min, 1 h, 6 h, 24 h, 7 d",
        source="measured", tag="M",
        note="Sizes as in the data, which has none from 1,000 on; the error with larger ones is shown. "
             "Delays up to the time that cascades are followed up, below (re)posts of that age; the "
             "published curve is cut at the same horizon by its log-normal (mu 7.95, sigma 2.54 of ln s).",
        parts=(
            Part("error", "largest error", "1", _to(0.05), least=DELAYS),
            Part("error_uncut", "largest error, curve not cut", "1", least=1000),
            Part("error_all", "largest error, larger cascades too", "1", least=1000),
            Part("within_5_min", "within 5 min", "share", published=0.191),
            Part("within_30_min", "within 30 min", "share", published=0.443),
            Part("within_60_min", "within 1 h", "share", published=0.549),
            Part("within_360_min", "within 6 h", "share", published=0.793),
            Part("within_1440_min", "within 24 h", "share", published=0.917),
        ),
        measure=delays.reshare_delay, pool=delays.delay_error,
    ),
    Fact(
        id="half_life", says="time to half of a cascade's reposts, size of 100 or more", kind="gate",
        group="cascades", band="median 20-90 min, q90/q10 >= 15", value="41 min", source="measured", tag="M",
        parts=(
            Part("median", "median minutes", "1", _within(20, 90), 41, FEW),
            Part("ratio", "q90 / q10", "1", _from(15), least=FEW),
        ),
        measure=cascades.structure, pool=cascades.half_life,
    ),
    Fact(
        id="secondary_r", says="offspring per non-root participant, size of 100 or more", kind="gate",
        group="cascades", band="mean 0.10-0.40 and max < 1", value="0.23", source="measured", tag="M",
        parts=(
            Part("mean", "mean over cascades", "1", _within(0.10, 0.40), 0.23, FEW),
            Part("max", "greatest", "1", _to(BELOW_ONE), least=FEW),
        ),
        measure=cascades.structure, pool=cascades.secondary_r,
    ),
    Fact(
        id="author_attention", says="reposts received: top 10 % of authors; Gini over all authors",
        kind="gate", group="attention", band=">= 0.75; 0.90-0.99", value="0.80; 0.976",
        source="measured", tag="M",
        note="Authors are the members who posted.",
        parts=(
            Part("top", "share of the top 10 %", "share", _from(0.75), 0.80, 1000),
            Part("gini", "Gini", "1", _within(0.90, 0.99), 0.976, 1000),
        ),
        measure=attention.author_attention,
    ),
    Fact(
        id="impression_gini", says="Gini of views per post", kind="report", group="attention",
        band="0.85-0.98", value="0.965 on X", source="2026 preprint", tag="R", note=CENSORED,
        parts=(Part("gini", "Gini", "1", _within(0.85, 0.98), 0.965, 1000),),
        measure=attention.impression_gini,
    ),
    Fact(
        id="popularity_exponent", says="tail exponent of cascade size", kind="report", group="cascades",
        band="1.7-2.6", value="1.8-2.2 measured", source="Weng 2012, Gleeson 2014 (R); measured", tag="M",
        note="Sizes of 10 or more, by maximum likelihood.",
        parts=(Part("exponent", "exponent", "1", _within(1.7, 2.6), 2.0, 100),),
        measure=cascades.popularity_exponent, pool=cascades.pooled_exponent,
    ),
    Fact(
        id="position_decay", says="action rate falls with feed position; repost rate per exposure falls with "
        "followees", kind="gate", group="attention", band="both slopes < 0", value="both fall",
        source="Hodas & Lerman 2012, arXiv 1205.2736", tag="R",
        note="Slopes of the logarithms; 10,000 sampled members, all feeds.",
        parts=(
            Part("position", "slope over position", "1", _to(-ABOVE_ZERO), least=1000),
            Part("followees", "slope over followees", "1", _to(-ABOVE_ZERO), least=300),
        ),
        measure=reactions.position_decay,
    ),
    Fact(
        id="engagement", says="(likes + replies + reposts) / views; likes > reposts > replies", kind="gate",
        group="attention", band="0.5-4 %, in that order", value="1.6-2.8 % on X", source="several", tag="S",
        note=SECONDARY,
        parts=(
            Part("rate", "per item view", "share", _within(0.005, 0.04), 0.022, 1000),
            Part("order", "share of runs in that order", "share", _from(1.0), 1.0, 1000),
            Part("like", "likes", "share"), Part("repost", "reposts", "share"),
            Part("reply", "replies", "share"),
        ),
        measure=reactions.engagement,
    ),
    Fact(
        id="retention", says="day 1, 7 and 30 of a cohort of sign-ups, three presets", kind="gate",
        group="membership", band="hype 10/2/1, typical 26/12/6, sticky 60/50/45 %, +-25 % of each",
        value="hype 10/2/1, typical 26/12/6, sticky 60/50/45 %", source="app reports", tag="S",
        note=SECONDARY,
        parts=(
            *_retained("hype", 0.10, 0.02, 0.01),
            *_retained("typical", 0.26, 0.12, 0.06),
            *_retained("sticky", 0.60, 0.50, 0.45),
        ),
        measure=membership.retention, runs_in=("hype", "typical", "sticky"),
    ),
    Fact(
        id="stickiness", says="daily over monthly active members", kind="report", group="membership",
        band="0.2-0.65 by preset", value="0.2-0.65", source="several", tag="S", note=f"{SECONDARY} {WINDOW}",
        parts=tuple(
            Part(f"{preset}.ratio", preset, "share", _within(0.2, 0.65), least=MANY)
            for preset in ("hype", "typical", "sticky")
        ),
        measure=membership.stickiness, runs_in=("hype", "typical", "sticky"),
    ),
    Fact(
        id="ai_concentration", says="AI-image posts by the top 10 % of their authors", kind="gate",
        group="images", band=">= 0.7", value="80 %", source="Chen et al., arXiv 2502.11248", tag="S",
        note=f"{SECONDARY} Authors are the members who posted one.",
        parts=(Part("share", "share", "share", _from(0.7), 0.80, 1000),),
        measure=images.ai_concentration,
    ),
    Fact(
        id="generation_latency", says="seconds to make an image, log-normal", kind="report", group="images",
        band="default median 12, sigma 0.6, cap 120; swept x0.5 and x3", value="sources disagree by 5x",
        source="several", tag="S",
        note=f"{SECONDARY} Measured from asking to the post, with the queue and the minute in which the "
             "society posts what is ready, so more than the generator's own time.",
        parts=(
            Part("median", "median seconds to the post", "s", published=12),
            Part("sigma", "spread of its logarithm", "1", published=0.6),
        ),
        measure=images.generation_latency,
    ),
    Fact(
        id="generation_blocks", says="blocked prompts", kind="report", group="images",
        band="knob 2-15 %, default 5 %", value="no trustworthy figure exists", source="an assumption",
        tag="-",
        parts=(Part("share", "share", "share", _within(0.02, 0.15), 0.05, 100),),
        measure=images.generation_blocks,
    ),
    Fact(
        id="moderation_load", says="reports per post", kind="report", group="membership", band="0.3-1.5 %",
        value="0.71 %", source="Bluesky 2025", tag="S", note=SECONDARY,
        parts=(Part("share", "share", "share", _within(0.003, 0.015), 0.0071),),
        measure=membership.moderation_load,
    ),
)  # fmt: skip
"""The table."""
