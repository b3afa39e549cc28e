"""Visits: what is read and written, how many items, how long, how often."""

from typing import Any, Final

import numpy as np
from scipy.stats import invgauss

from flashcrowd.core.clock import DAY, MINUTE
from flashcrowd.core.events import ACTION_CODE, BRACKETS, READS, WRITES
from flashcrowd.report.metrics.behaviour import session_lengths
from flashcrowd.report.realism.fact import Figure, Reading, absent
from flashcrowd.report.realism.measures.grids import cdf_on, on_grid
from flashcrowd.report.realism.measures.observation import Observation
from flashcrowd.report.run import Column, Columns

FEEDS: Final = ("home", "public", "search", "trends")
"""Reads of feeds: the reads of the read/write ratio."""

ITEMS: Final = np.arange(1, 201)
LENGTHS_MIN: Final = np.geomspace(0.1, 200, 101)
NO_VISITS: Final = "has no visits"


def browsing_share(seen: Observation) -> Reading:
    """Reads among everything that members ask the platform for."""
    counts = seen.totals
    total = sum(counts.values()) - sum(counts[name] for name in BRACKETS)
    reads = sum(counts[name] for name in READS)
    if not reads:
        return absent(NO_VISITS)
    return Reading({"share": Figure(reads / total, total)})


def read_write(seen: Observation) -> Reading:
    """Feed reads per post, reply, repost or quote."""
    counts = seen.totals
    reads, writes = (sum(counts[name] for name in names) for names in (FEEDS, WRITES))
    if not reads:
        return absent(NO_VISITS)
    return Reading({"ratio": Figure(reads / writes if writes else float("nan"), reads + writes)})


def session_items(seen: Observation) -> Reading:
    """By how much an inverse Gaussian describes the items browsed in a session better than a geometric law.

    The figure is the difference of the AIC per session: above 0 the inverse Gaussian is better.
    """
    items = items_per_session(seen.brackets, seen.exposures, seen.sampled, seen.start_s)
    if not len(items):
        return absent("no exposures recorded")
    gain = (aic_geometric(items) - aic_inverse_gaussian(items)) / len(items)
    shares = np.bincount(np.minimum(items, ITEMS[-1] + 1), minlength=len(ITEMS) + 2) / len(items)
    mean, shape = inverse_gaussian_fit(items)
    return Reading(
        {
            "gain": Figure(gain, len(items)),
            "mean": Figure(mean, len(items)),
            "shape": Figure(shape, len(items)),
        },
        curve=on_grid(ITEMS, shares[1 : len(ITEMS) + 1]),
    )


def session_length(seen: Observation) -> Reading:
    """Median minutes of a session, and mean sessions on a day on which a member comes at all."""
    brackets = _since(seen.brackets, seen.start_s)
    minutes = session_lengths(brackets) / MINUTE
    begun = brackets["action"] == ACTION_CODE["session_start"]
    if not begun.any():
        return absent(NO_VISITS)
    day = (brackets["t"][begun] // DAY).astype(np.int64)
    active = len(np.unique(day * seen.members + brackets["member"][begun]))
    middle = float(np.median(minutes)) if len(minutes) else float("nan")
    return Reading(
        {
            "minutes": Figure(middle, len(minutes)),
            "per_day": Figure(int(begun.sum()) / active, active),
        },
        curve=cdf_on(LENGTHS_MIN, minutes),
    )


def items_per_session(brackets: Columns, exposures: Columns, sampled: Column, start_s: float) -> Column:
    """Items shown in each session of the sampled members that begins at `start_s` or later, without the empty
    ones.

    A session reaches to the member's next one; the last of each member is left out: it may go on.
    """
    begun = (brackets["action"] == ACTION_CODE["session_start"]) & (brackets["t"] >= start_s)
    begun &= np.isin(brackets["member"], sampled)
    member, t = brackets["member"][begun], brackets["t"][begun]
    order = np.lexsort((t, member))
    member, t = member[order].astype(np.int64), t[order]
    # One number that orders members first, then time: members are whole, times below `span` are fractions.
    span = max(float(np.max(column, initial=0.0)) for column in (t, exposures["t"])) + 1.0
    shown = np.sort(exposures["member"] + exposures["t"] / span)
    edges = np.searchsorted(shown, member + t / span)
    items = np.diff(edges)[member[1:] == member[:-1]]
    return np.asarray(items[items > 0])


def inverse_gaussian_fit(items: Column) -> tuple[float, float]:
    """Mean mu and shape lambda of greatest likelihood: 1 / lambda = mean(1 / x) - 1 / mu (Tweedie 1957)."""
    mean = float(items.mean())
    spread = float((1.0 / items).mean()) - 1.0 / mean
    return mean, 1.0 / spread if spread > 0 else float("inf")


def inverse_gaussian_shares(x: Column, mean: float, shape: float) -> Column:
    """Probability of the whole numbers `x` >= 1: the inverse Gaussian over x +- 1/2, given at least 1/2."""
    law = invgauss(mean / shape, scale=shape)
    return np.asarray((law.cdf(x + 0.5) - law.cdf(x - 0.5)) / law.sf(0.5))


def aic_inverse_gaussian(items: Column) -> float:
    """Akaike's criterion of the inverse Gaussian, two parameters."""
    mean, shape = inverse_gaussian_fit(items)
    if not np.isfinite(shape):
        return float("nan")
    values, counts = np.unique(items, return_counts=True)
    shares = np.maximum(inverse_gaussian_shares(values, mean, shape), 1e-300)
    return float(2 * 2 - 2 * (counts * np.log(shares)).sum())


def geometric_shares(x: Column, mean: float) -> Column:
    """Probability of the whole numbers `x` >= 1 of a geometric law with this mean."""
    return np.asarray((1.0 / mean) * (1.0 - 1.0 / mean) ** (x - 1.0))


def aic_geometric(items: Column) -> float:
    """Akaike's criterion of the geometric law on 1, 2, …, one parameter."""
    mean = float(items.mean())
    values, counts = np.unique(items, return_counts=True)
    shares = np.maximum(geometric_shares(values, mean), 1e-300)
    return float(2 * 1 - 2 * (counts * np.log(shares)).sum())


def _since(rows: Columns, start_s: float) -> dict[str, Any]:
    kept = rows["t"] >= start_s
    return {name: rows[name][kept] for name in rows}
