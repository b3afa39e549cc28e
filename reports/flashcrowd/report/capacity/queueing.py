"""Closed forms of queues, as a second opinion on what was measured."""

import math


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
