"""The futures of a plan: who comes and what is asked for, day by day, in as many futures as are drawn."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from flashcrowd.core.clock import DAY
from flashcrowd.core.plan import Plan
from flashcrowd.report.plan.assumptions import Assumption, Z, assumptions
from flashcrowd.report.plan.basis import Basis
from flashcrowd.report.plan.curves import bass_sign_ups, continued, fitted_bass, weekly_users
from flashcrowd.report.plan.users import Users, users_of_sign_ups, users_of_weekly

Floats = npt.NDArray[np.float64]

KINDS: Final = ("sessions", "reads", "posts", "reactions", "images")
"""What is asked for."""

FIT: Final = ("fit.market", "fit.innovation", "fit.imitation")
"""Parameters of the Bass curve that was fitted to the plan's own sign-ups."""


@dataclass(frozen=True)
class Futures:
    """Arrays of shape `(n, days)`; what is asked for is a mean rate a second over the day.

    Attributes:
        users: who signs up, comes, came within a week.
        rates: kind -> mean per second; also `sign_ups` and `requests`.
        by_hour: of the day over its mean, shape `(24,)`.
        values: name of an assumption -> its value in each future, shape `(n,)`.
    """

    users: Users
    rates: dict[str, Floats]
    by_hour: Floats
    values: dict[str, Floats]

    def busiest(self, kind: str) -> Floats:
        """The rate (per second) in the busiest hour of each ordinary day, shape `(n, days)`."""
        return self.rates[kind] * float(self.by_hour.max())

    def crowded(self, kind: str) -> Floats:
        """The same under a flash crowd."""
        return self.busiest(kind) * self.values["flash_crowd.factor"][:, None]


class Model:
    """From assumptions to futures.

    Args:
        plan: the file.
        basis: what stands beside it.
    """

    def __init__(self, plan: Plan, basis: Basis) -> None:
        self.plan = plan
        self.basis = basis
        self.assumptions: dict[str, Assumption] = assumptions(plan, basis.capacity)
        self._fit = None
        if basis.sign_ups is not None and plan.growth.beyond == "bass":
            self._fit = fitted_bass(basis.sign_ups)
        self.names = [name for name, one in self.assumptions.items() if not one.range.is_sure]
        self.names += [f"society.{kind}" for kind in KINDS if self._is_measured(kind)]
        self.names += list(FIT) if self._fit is not None else []

    def futures(self, z: Z, draws: int) -> Futures:
        """As many futures as `draws`, each assumption at its standard normal numbers."""
        none = np.zeros(draws)
        values = {name: one.at(z.get(name, none)) for name, one in self.assumptions.items()}
        users = self._users(values, z, draws)
        per_person = {kind: self._per_person(kind, values, z.get(f"society.{kind}", none)) for kind in KINDS}
        rates = {kind: users.daily * per[:, None] / DAY for kind, per in per_person.items()}
        if "demand.images_per_week" in values:
            rates["images"] = users.weekly * values["demand.images_per_week"][:, None] / (7 * DAY)
        if "demand.reads_per_post" in values:
            rates["reads"] = rates["posts"] * values["demand.reads_per_post"][:, None]
        rates["sign_ups"] = users.sign_ups / DAY
        rates["requests"] = sum(
            (rates[kind] for kind in ("reads", "posts", "reactions", "images")), np.zeros_like(users.daily)
        )
        return Futures(users, rates, self.basis.measured.by_hour, values)

    def planned_members(self) -> float:
        """Members of the society that the plan comes to at its largest, if everything is likely."""
        users = self._users({name: one.at(np.zeros(1)) for name, one in self.assumptions.items()}, {}, 1)
        return float(users.daily.max()) / self.basis.measured.active_share

    def says(self, name: str) -> str:
        """What an assumption is, for people."""
        if name in self.assumptions:
            return self.assumptions[name].says
        section, part = name.split(".")
        return (
            f"{part} as simulated, carried to size" if section == "society" else f"{part} of the fitted curve"
        )

    def _is_measured(self, kind: str) -> bool:
        given = self.plan.demand
        instead = {"images": given.images_per_week, "reads": given.reads_per_post}.get(kind)
        return getattr(given, kind) is None and instead is None

    def _per_person(self, kind: str, values: dict[str, Floats], z: Floats) -> Floats:
        """Demand of a person on a day on which it comes, shape `(n,)`."""
        given = values.get(f"demand.{kind}")
        if given is not None:
            return given
        return self.basis.measured.laws[kind].drawn(self._members, z)

    @property
    def _members(self) -> float:
        """The size to which demand is carried; at least that which was simulated."""
        largest = max(law.at for law in self.basis.measured.laws.values())
        return max(self.planned_members(), largest)

    def _users(self, values: dict[str, Floats], z: Z, draws: int) -> Users:
        growth, days = self.plan.growth, self.plan.days
        share, factor = values["growth.share"], values["demand.retention_factor"]
        daily_share = values.get("demand.daily_share", np.full(draws, self.basis.daily_share))
        daily_share = np.minimum(daily_share, 1.0)
        if growth.curve == "users":
            weekly = share[:, None] * weekly_users(growth.points, days)[None, :]
            return users_of_weekly(weekly, self.basis.curve, factor, daily_share)
        sign_ups = share[:, None] * self._sign_ups(values, z, draws)
        return users_of_sign_ups(sign_ups, self.basis.curve, factor, growth.begins_with, daily_share)

    def _sign_ups(self, values: dict[str, Floats], z: Z, draws: int) -> Floats:
        """Sign-ups a day before the share is taken, shape `(n, days)`."""
        days, given = self.plan.days, self.basis.sign_ups
        if given is None:
            market, p, q = (values[f"growth.{name}"] for name in ("market", "innovation", "imitation"))
            return bass_sign_ups(market, p, q, days)
        if self._fit is None:
            return np.tile(continued(given, days), (draws, 1))
        found, covariance = self._fit
        numbers = np.stack([z.get(name, np.zeros(draws)) for name in FIT])
        sizes, axes = np.linalg.eigh(covariance)
        spread = axes @ (np.sqrt(np.maximum(sizes, 0.0))[:, None] * numbers)
        market, p, q = found[:, None] * np.exp(np.clip(spread, -3.0, 3.0))
        made = bass_sign_ups(market, p, q, max(days, len(given)))
        made[:, : len(given)] = given  # what was counted is known
        return made[:, :days]
