"""What a member does with what it is shown: small pure functions over scalars, written once.

The readable engine calls them, the kernel compiles them, live sessions call them. Constants without a source
of their own are fitted so that `flashcrowd realism` finds the published facts.
"""

import math
from typing import Any, Final

from flashcrowd.core.draws import fold, normal, uniform

SECOND_HAND: Final = 1.12
"""Factor on the repost of an item seen as a repost."""

KNOWN_SCALE: Final = 650.0
"""Reposts after which half of those who see an item at first hand know it already: broadcasts end, and large
cascades are not all stars."""

NOVELTY_SCALE: Final = 26.0
NOVELTY_DECAY: Final = 1.05
"""How new is what is seen as a repost: (1 + reposts / scale) ^ -decay. Long chains end, long before
broadcasts do (`KNOWN_SCALE`), so size and structural virality hardly depend on each other."""

REPOST_CEILING: Final = 0.5
POST_CEILING: Final = 0.9
GENERATION_PATIENCE_SIGMA: Final = 0.7

INTERESTS: Final = (0.405, 0.135, 0.36)
"""Interest in the community's main topic, its side topic, and a topic of the member's own."""

TO_SIDE: Final = INTERESTS[0] + INTERESTS[1]
TO_OWN: Final = TO_SIDE + INTERESTS[2]
"""The same, added up."""

WORST_OFFENCE: Final = 30.0
"""Most offence that an author gives, relative to others."""

NOTHING: Final = -1
LIKE: Final = 10
REPLY: Final = 11
REPOST: Final = 12
QUOTE: Final = 13
UNFOLLOW: Final = 15
REPORT: Final = 16
"""Codes of the reactions in `events.ACTIONS`."""


def position_factor(position: int) -> float:
    """How much attention a feed position gets, 1 at the top (0): (1 + p / 10)^-1/2.

    Action rates fall with position (Hodas & Lerman 2012).
    """
    return 1.0 / math.sqrt(1.0 + position / 10.0)


def divided_attention(followees: int) -> float:
    """How much attention one of many followees' posts gets: (1 + followees / 50)^-1/2 (Hodas & Lerman
    2012)."""
    return 1.0 / math.sqrt(1.0 + followees / 50.0)


def interest(topic: int, main: int, side: int, own: int, topics: int) -> float:
    """A member's interest in a topic, 0..1; the interests in all topics add up to 1.

    A tenth is spread evenly; of the rest 45 % go to the community's main topic, 15 % to its side topic and 40
    % to a topic of the member's own.

    >>> round(sum(interest(topic, 0, 1, 2, 20) for topic in range(20)), 9)
    1.0
    """
    share = 0.1 / topics
    if topic == main:
        share += INTERESTS[0]
    if topic == side:
        share += INTERESTS[1]
    if topic == own:
        share += INTERESTS[2]
    return share


def topic_of_interest(key: Any, main: int, side: int, own: int, topics: int) -> int:
    """A topic drawn from a member's interests."""
    u = uniform(key)
    if u < INTERESTS[0]:
        return main
    if u < TO_SIDE:
        return side
    if u < TO_OWN:
        return own
    return min(int((u - TO_OWN) * 10.0 * topics), topics - 1)


def match(interest_in_topic: float) -> float:
    """How well an item fits a member: 0.03 for a topic of no interest, 1 from an interest of 0.5 on."""
    return 0.03 + 0.97 * min(1.0, 2.0 * interest_in_topic)


def attention(position: int, divided: float, fit: float, mood: float) -> float:
    """What all reactions to an exposure share: place in the feed, divided attention, fit and mood."""
    return mood * position_factor(position) * divided * fit


def novelty(reposts: int) -> float:
    """How new an item still is to whom it comes second hand: 1 without reposts, falling with their number.

    >>> round(novelty(0), 9), round(novelty(26), 3)
    (1.0, 0.483)
    """
    return math.exp(-NOVELTY_DECAY * math.log(1.0 + reposts / NOVELTY_SCALE))


def repost_probability(
    rate: float,
    attended: float,
    propensity: float,
    appeal: float,
    fresh: float,
    is_repost: bool,
    transfer: float,
    reposts: int,
) -> float:
    """Chance that an exposure leads to a repost, below `REPOST_CEILING`.

    Args:
        rate: of the mean member with full attention for a fresh item of appeal 1.
        attended: see `attention`.
        propensity: the member's, about 1.
        appeal: the item's, normalised.
        fresh: freshness of the ROOT at this moment, 0..1 (by the copy's age the clock would restart at every
            hop).
        is_repost: whether the member sees it as a repost.
        transfer: the item's transferability.
        reposts: the root's count so far; it damps by `novelty` at second hand, by `KNOWN_SCALE` at first.
    """
    x = rate * attended * propensity * appeal * fresh
    if is_repost:
        x *= SECOND_HAND * transfer * novelty(reposts)
    else:
        x /= 1.0 + reposts / KNOWN_SCALE
    return REPOST_CEILING * (1.0 - math.exp(-x / REPOST_CEILING))


def allure(raw_appeal: float) -> float:
    """How much an item's appeal before normalisation moves likes and replies: its 0.4th power."""
    return math.exp(0.4 * math.log(raw_appeal))


def like_probability(rate: float, attended: float, propensity: float, appeal: float) -> float:
    """Chance that an exposure leads to a like; `appeal` is the item's before normalisation, see `allure`."""
    return min(0.5, rate * attended * propensity * allure(appeal))


def reply_probability(rate: float, attended: float, propensity: float, appeal: float) -> float:
    """Chance that an exposure leads to a reply; see `like_probability`."""
    return min(0.2, rate * attended * propensity * allure(appeal))


def reaction_ceiling(
    attended: float, reposting: float, appeal: float, transfer: float, answering: float, allured: float
) -> float:
    """No exposure is answered with a greater chance, however fresh: a bound that is cheap to compute.

    A draw beyond it is `NOTHING` whatever the exact chances are; a millionth more covers their rounding.

    Args:
        attended: see `attention`.
        reposting: rate times propensity of reposts.
        appeal, transfer: the item's.
        answering: rate times propensity of likes, with social proof, plus those of replies and quotes.
        allured: `allure` of the item.
    """
    reposted = reposting * appeal * max(1.0, SECOND_HAND * transfer)
    return 1.000001 * attended * (reposted + answering * allured)


def quote_probability(rate: float, attended: float, propensity: float, appeal: float) -> float:
    """Chance that an exposure leads to a post that quotes the item; see `like_probability`."""
    return min(0.2, rate * attended * propensity * allure(appeal))


def social_proof(strength: float, likes: int) -> float:
    """Factor on likes of an item that somebody likes already: 1 + strength.

    A first positive vote made another 32 % likelier in an experiment with 101,281 comments (Muchnik, Aral &
    Taylor, Science 2013).
    """
    return 1.0 + strength if likes > 0 else 1.0


def may_object(draw: float, reporting: float, unfollowing: float) -> bool:
    """Whether an exposure with that draw, uniform in (0, 1), could lead to a report or to an unfollow,
    whoever the author and whatever the item; both by their rates."""
    return draw > 1.0 - reporting * WORST_OFFENCE - unfollowing


def reports(draw: float, rate: float, offence: float) -> bool:
    """Whether it does: with chance rate x offence, by the upper end of the draw, whose lower end decides on
    everything else; so reports change nothing but themselves."""
    return draw > 1.0 - rate * min(offence, WORST_OFFENCE)


def unfollows(draw: float, reporting: float, rate: float, fit: float) -> bool:
    """Whether the member stops following the author of an item that does not fit it: with chance rate x
    (1 - fit), by the stretch of the draw below that of reports, whose rate is `reporting`.

    Every item shown is one more occasion, so unfollows follow bursts of posts (Myers & Leskovec, WWW 2014).
    """
    end = 1.0 - reporting * WORST_OFFENCE
    return end - rate * (1.0 - fit) < draw <= end


def reaction(key: Any, repost: float, like: float, reply: float, quote: float) -> int:
    """What the member does with an exposure: `REPOST`, `LIKE`, `REPLY`, `QUOTE` or `NOTHING`; one draw
    decides.

    `key` is the exposure's, `fold(page_key, item_key)`.
    """
    u = uniform(key)
    if u < repost:
        return REPOST
    if u < repost + like:
        return LIKE
    if u < repost + like + reply:
        return REPLY
    if u < repost + like + reply + quote:
        return QUOTE
    return NOTHING


def follows_author(key: Any, rate: float, propensity: float) -> bool:
    """Whether the member, having reacted, also follows the author; `key` is the exposure's."""
    return uniform(fold(key, 1)) < rate * propensity


def post_probability(posts_per_page: float, mood: float) -> float:
    """Chance that a member posts on a page, given its long-run mean per page and the session's mood."""
    return POST_CEILING * (1.0 - math.exp(-posts_per_page * mood / POST_CEILING))


def posts(key: Any, probability: float) -> bool:
    """Whether the member posts on this page; `key` is the page's."""
    return uniform(fold(key, 4)) < probability


def is_urged(key: Any, urge: float) -> bool:
    """Whether a member who came because of an event posts about it at once; `key` is the page's."""
    return uniform(fold(key, 11)) < urge


def wants_image(key: Any, ai_share: float) -> bool:
    """Whether the post begins with an AI image request; `key` is the page's."""
    return uniform(fold(key, 5)) < ai_share


def prompt_is_blocked(key: Any, blocked: float) -> bool:
    """Whether the policy refuses the prompt; `key` is the page's."""
    return uniform(fold(key, 6)) < blocked


def generation_time(key: Any, median_s: float, sigma: float, cap_s: float) -> float:
    """Seconds that the generator works on the image; log-normal, capped. `key` is the page's."""
    return min(cap_s, median_s * math.exp(sigma * normal(fold(key, 7))))


def generation_patience(key: Any, median_s: float) -> float:
    """Seconds of announced wait that the member accepts; log-normal. `key` is the page's."""
    return median_s * math.exp(GENERATION_PATIENCE_SIGMA * normal(fold(key, 8)))
