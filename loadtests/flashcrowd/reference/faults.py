"""Faults on a switch: what is wrong with the platform, as known truth that a harness can be tested against.

Everything here is pure: a fault says how long, whether, how many; `gate` makes requests feel it. Draws are
addressed by (seed, number of the request, what for): equal requests in equal order meet equal faults.
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from flashcrowd.core import draws

Share = Annotated[float, Field(ge=0.0, le=1.0)]
NotNegative = Annotated[float, Field(ge=0.0)]

ERROR: Final = 1
REJECT: Final = 2
LATENCY: Final = 3
SERVICE: Final = 4
LOSS: Final = 5
SLOW: Final = 6


class Faults(BaseModel):
    """Which faults are on; every default is off."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    only: str = Field(
        "", description="word that a route must hold to be hit, such as timelines/home; empty = all"
    )
    stall_s: NotNegative = Field(
        0.0, description="nothing is answered for so long, from the moment it is switched on"
    )
    stall_every_s: NotNegative = Field(0.0, description="begin such a stall again every so often; 0 = once")
    latency_ms: NotNegative = Field(0.0, description="added to every answer")
    latency_kind: Literal["fixed", "exponential"] = Field(
        "fixed", description="exponential: latency_ms is the mean"
    )
    slow_share: Share = Field(0.0, description="requests that slow_ms is added to")
    slow_ms: NotNegative = Field(0.0, description="added to the answers of that share, besides latency_ms")
    error_share: Share = Field(0.0, description="requests answered 503")
    reject_share: Share = Field(0.0, description="requests answered 429")
    retry_after_s: NotNegative = Field(1.0, description="Retry-After of those")
    lock_ms: NotNegative = Field(
        0.0, description="every write holds one lock of the whole platform this long"
    )
    stale_s: NotNegative = Field(0.0, description="home feeds show nothing younger")
    fanout_ms: NotNegative = Field(
        0.0, description="new statuses come into home feeds one after the other; each takes so long"
    )
    lost_write_share: Share = Field(0.0, description="writes acknowledged and then forgotten")
    generator_factor: Annotated[float, Field(gt=0.0)] = Field(
        1.0, description="time of an image is multiplied by it"
    )
    service_slots: int = Field(
        0, ge=0, description="requests served at once, first come first served; 0 = no bound"
    )
    service_ms: NotNegative = Field(0.0, description="time that a request holds its slot")
    service_kind: Literal["fixed", "exponential"] = Field(
        "fixed", description="exponential: service_ms is the mean"
    )

    contention: Share = Field(
        0.0, description="share of service_ms that each other request under way makes a request wait longer"
    )
    coherency: Share = Field(
        0.0, description="the same for each pair of requests under way (Gunther's sigma and kappa)"
    )

    def hits(self, route: str) -> bool:
        """Whether a request to this route (method and template) can meet a fault."""
        return self.only in route

    def stall_left_s(self, since_s: float) -> float:
        """Seconds that a request must wait for the end of a stall, `since_s` after the switch.

        >>> once = Faults(stall_s=2.0)
        >>> once.stall_left_s(0.5), once.stall_left_s(3.0)
        (1.5, 0.0)
        >>> Faults(stall_s=2.0, stall_every_s=10.0).stall_left_s(10.5)
        1.5
        """
        if self.stall_every_s > 0.0:
            since_s %= self.stall_every_s
        return max(0.0, self.stall_s - since_s)

    def latency_s(self, key: int) -> float:
        """Seconds to add to the answer of the request with this key."""
        extra_ms = self.slow_ms if _chosen(self.slow_share, key, SLOW) else 0.0
        spread_s = _spread(self.latency_ms / 1000.0, self.latency_kind, draws.fold(key, LATENCY))
        return spread_s + extra_ms / 1000.0

    def service_s(self, key: int) -> float:
        """Seconds that the request with this key holds its service slot."""
        return _spread(self.service_ms / 1000.0, self.service_kind, draws.fold(key, SERVICE))

    def crowding(self, inside: int) -> float:
        """Times longer that a service takes with so many requests under way, itself among them.

        1 + sigma (n - 1) + kappa n (n - 1): a platform that obeys the Universal Scalability Law.

        >>> Faults(contention=0.1, coherency=0.01).crowding(3)
        1.26
        """
        others = inside - 1
        return 1.0 + self.contention * others + self.coherency * inside * others

    def fails(self, key: int) -> bool:
        """Whether the request with this key is answered 503."""
        return _chosen(self.error_share, key, ERROR)

    def rejects(self, key: int) -> bool:
        """Whether the request with this key is answered 429."""
        return _chosen(self.reject_share, key, REJECT)

    def loses(self, key: int) -> bool:
        """Whether the write of the request with this key is forgotten."""
        return _chosen(self.lost_write_share, key, LOSS)


NO_FAULTS: Final = Faults()


def request_key(seed: int, number: int) -> int:
    """The key of the draws of the `number`-th request of a platform with this seed."""
    key: int = draws.fold(draws.root_key(seed, draws.Purpose.SAMPLE), number)
    return key


def _spread(mean_s: float, kind: str, key: int) -> float:
    return mean_s * draws.exponential(key) if kind == "exponential" else mean_s


def _chosen(share: float, key: int, purpose: int) -> bool:
    return share > 0.0 and bool(draws.uniform(draws.fold(key, purpose)) < share)
