"""Closed forms of queues, as a second opinion on what was measured."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc, gammaln

Floats = npt.NDArray[np.float64]


def erlang_b(servers: int, load: float) -> float:
    """Share of arrivals that find `servers` busy when none may wait (Erlang 1917); `load` in Erlang.

    >>> round(erlang_b(5, 3.0), 4)
    0.1101
    """
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Share of arrivals that wait in M/M/c; 1 when the load is at least the number of servers.

    >>> round(erlang_c(1, 0.5), 4), round(erlang_c(5, 3.0), 4)
    (0.5, 0.2362)
    """
    if load >= servers:
        return 1.0
    blocked = erlang_b(servers, load)
    return blocked / (1 - (load / servers) * (1 - blocked))


def mean_wait_s(servers: int, arrivals_per_s: float, service_s: float) -> float:
    """Mean wait before service in M/M/c (s); infinity when it cannot keep up.

    >>> round(mean_wait_s(1, 0.5, 1.0), 3)
    1.0
    """
    load = arrivals_per_s * service_s
    if load >= servers:
        return math.inf
    return erlang_c(servers, load) * service_s / (servers - load)


def wait_quantile_s(servers: int, arrivals_per_s: float, service_s: float, level: float) -> float:
    """The wait (s) below which a share `level` of the arrivals stays in M/M/c; infinity beyond saturation."""
    load = arrivals_per_s * service_s
    if load >= servers:
        return math.inf
    waits = erlang_c(servers, load)
    if waits <= 1 - level:
        return 0.0
    return math.log(waits / (1 - level)) * service_s / (servers - load)


def servers_for(arrivals_per_s: float, service_s: float, wait_s: float, level: float) -> int:
    """Fewest servers with which a share `level` of the arrivals waits at most `wait_s` in M/M/c.

    >>> servers_for(10.0, 1.0, 0.0, 0.5)
    12
    """
    servers = math.floor(arrivals_per_s * service_s) + 1
    while wait_quantile_s(servers, arrivals_per_s, service_s, level) > wait_s:
        servers += 1
    return servers


def servers_needed(
    arrivals_per_s: Floats, service_s: Floats, wait_s: float, level: float, variation: float = 1.0
) -> Floats:
    """Fewest servers with which a share `level` of the arrivals waits at most `wait_s`, for whole arrays.

    The wait of M/G/c is that of M/M/c times (1 + C^2) / 2, C^2 = `variation` being the squared coefficient of
    variation of the service time (Lee & Longton 1959; exact for one server in the mean).

    Args:
        arrivals_per_s, service_s: equal shapes; where nothing arrives no server is needed.
    """
    load = np.asarray(arrivals_per_s * service_s, float)
    limit_s = wait_s * 2 / (1 + variation)
    low = np.floor(load)  # not enough
    high = low + 1
    while (short := ~_is_enough(high, load, service_s, limit_s, level)).any():
        low, high = np.where(short, high, low), np.where(short, high + 2 * (high - np.floor(load)), high)
    while (open_ := high - low > 1).any():
        middle = np.where(open_, np.floor((low + high) / 2), high)
        fits = _is_enough(middle, load, service_s, limit_s, level)
        low, high = np.where(open_ & ~fits, middle, low), np.where(open_ & fits, middle, high)
    return np.where(load > 0, high, 0.0)


def _is_enough(servers: Floats, load: Floats, service_s: Floats, wait_s: float, level: float) -> Any:
    """Whether P(wait > `wait_s`) <= 1 - `level` in M/M/c; needs more servers than load."""
    late = _erlang_c(servers, load) * np.exp(-(servers - load) * wait_s / service_s)
    return (late <= 1 - level) | (load <= 0)


def _erlang_c(servers: Floats, load: Floats) -> Floats:
    """`erlang_c` of arrays: B = e^-a a^c / c! over Q(c + 1, a), Poisson's density over its sum."""
    some = np.maximum(load, 1e-12)
    density = np.exp(servers * np.log(some) - some - gammaln(servers + 1))
    blocked = density / np.maximum(gammaincc(servers + 1, some), 1e-300)
    return np.asarray(blocked / (1 - (some / servers) * (1 - blocked)))
