"""The desk of a platform: a classifier, people who judge one case after the other, and appeals."""

import heapq
import math
from collections import Counter
from typing import Any, Final

import numpy as np
from scipy.special import ndtri

from flashcrowd.core.draws import Purpose, fold, normal, root_key, uniform
from flashcrowd.core.events import JUDGES, VERDICTS, VERDICTS_SCHEMA
from flashcrowd.core.moderation import Moderation
from flashcrowd.core.scenario import Scenario
from flashcrowd.sim import generation
from flashcrowd.sim.moderation.cases import Case, Change, Posts, effect

DELAY_SIGMA: Final = 0.8
"""Spread of the logarithm of how long the classifier takes, and authors who appeal; an assumption."""

REVIEW_SIGMA: Final = 0.6
"""Spread of the logarithm of how long a person takes over one case; an assumption."""

CLASSIFIED, QUEUED, REVIEWED, APPEALED, HEARD = range(5)
"""What is due on the agenda: the classifier has judged · a case comes before people · they have judged it ·
an appeal comes before people · they have judged that."""

FOUND, WAIT, HUMAN, WORK, APPEALS, SECOND, REWORK, RETURN = range(8)
"""Draws about a case: the last link of their addresses."""


class Desk:
    """Judges posts; deterministic, and indifferent to the order of posts within a tick.

    Attributes:
        policy: what holds now.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._policy = scenario.moderation
        self._key = root_key(scenario.seed, Purpose.MODERATION)
        self._agenda: list[tuple[float, int, int]] = []
        self._cases: dict[int, Case] = {}
        self._staff = [0.0] * self._policy.reviewers
        self._strikes: Counter[int] = Counter()
        self._rows: list[tuple[Any, ...]] = []

    @property
    def policy(self) -> Moderation:
        """The policy that holds for what is judged from now on."""
        return self._policy

    def switch(self, policy: Moderation, now: float) -> None:
        """Let another policy hold from `now` (s) on; new people begin at once, others finish their case."""
        self._policy = policy
        busy = sorted(self._staff)[: policy.reviewers]
        self._staff = busy + [now] * (policy.reviewers - len(busy))
        heapq.heapify(self._staff)

    def take(self, posts: Posts) -> None:
        """Let the classifier begin with the posts of a tick."""
        policy = self._policy
        key = np.asarray(fold(self._key, posts.address.astype(np.uint64)))
        chance = np.where(posts.harmful, policy.recall, policy.false_positives)
        found = np.asarray(uniform(fold(key, FOUND))) < chance
        wait = ndtri(np.asarray(uniform(fold(key, WAIT))))
        judged = posts.t + policy.delay * np.exp(DELAY_SIGMA * wait)
        for i in np.flatnonzero(found | posts.harmful).tolist():
            case = self._case(posts, i)
            case.remedy = "none"
            case.opened = case.posted
            if case.harmful:
                self._note(case, case.posted, "classifier", "pending")
            heapq.heappush(self._agenda, (float(judged[i]), case.post, CLASSIFIED))

    def take_reports(self, posts: Posts, at: Any) -> None:
        """Take members' reports of a tick: the posts, and when each was reported (s)."""
        policy = self._policy
        if not (policy.reports and policy.reviewers):
            return
        for i in np.lexsort((posts.number, at)).tolist():
            case = self._case(posts, i)
            case.reports += 1
            if case.reports >= policy.reports and not case.heard and case.remedy != "remove":
                case.heard = True
                heapq.heappush(self._agenda, (float(at[i]), case.post, QUEUED))

    def rule(self, now: float) -> list[Change]:
        """What has been decided by `now` (s) and not been told yet."""
        changes = []
        while self._agenda and self._agenda[0][0] <= now:
            t, post, step = heapq.heappop(self._agenda)
            change = self._STEPS[step](self, self._cases[post], t)
            if change is not None:
                changes.append(change)
        return changes

    def rows(self) -> dict[str, Any] | None:
        """The verdicts since the last time as columns of the record; None when there are none."""
        if not self._rows:
            return None
        table, self._rows = list(zip(*self._rows, strict=True)), []
        return {name: np.array(column) for name, column in zip(VERDICTS_SCHEMA.names, table, strict=True)}

    def _case(self, posts: Posts, i: int) -> Case:
        number = int(posts.number[i])
        if number not in self._cases:
            key = fold(self._key, int(posts.address[i]))
            self._cases[number] = Case(
                number, int(posts.author[i]), float(posts.t[i]), bool(posts.harmful[i]), key
            )
        return self._cases[number]

    def _classified(self, case: Case, t: float) -> Change | None:
        policy = self._policy
        chance = policy.recall if case.harmful else policy.false_positives
        if uniform(fold(case.key, FOUND)) >= chance:
            self._note(case, t, "classifier", "none")
            return None
        if policy.action == "review":
            self._note(case, t, "classifier", "review")
            if policy.reviewers and not case.heard:
                case.heard = True
                heapq.heappush(self._agenda, (t, case.post, QUEUED))
            return None
        return self._act(case, t, "classifier", policy.action)

    def _queued(self, case: Case, t: float) -> None:
        self._work(case, t, WORK, REVIEWED)

    def _reviewed(self, case: Case, t: float) -> Change | None:
        if case.remedy == "remove":
            return None  # which the classifier did meanwhile
        upheld = self._people_find(case, HUMAN)
        return self._act(case, t, "people", self._policy.review_action if upheld else "none")

    def _appealed(self, case: Case, t: float) -> None:
        if self._policy.reviewers:
            self._work(case, t, REWORK, HEARD)

    def _heard(self, case: Case, t: float) -> Change | None:
        if self._people_find(case, SECOND):
            self._note(case, t, "appeal", "none")
            return None
        self._strikes[case.author] -= 1
        case.remedy = "none"
        self._note(case, t, "appeal", "restore")
        return self._change(case)

    _STEPS: Final = (_classified, _queued, _reviewed, _appealed, _heard)

    def _people_find(self, case: Case, draw: int) -> bool:
        policy = self._policy
        chance = policy.review_recall if case.harmful else policy.review_false_positives
        return uniform(fold(case.key, draw)) < chance

    def _work(self, case: Case, t: float, draw: int, step: int) -> None:
        """Put a case behind those that wait for one of the people."""
        if not self._staff:  # a switched policy has nobody left
            return
        case.opened = t
        took = self._policy.review_time * math.exp(REVIEW_SIGMA * normal(fold(case.key, draw)))
        done = generation.begin_of_work(self._staff, t) + took
        generation.occupy(self._staff, done)
        heapq.heappush(self._agenda, (done, case.post, step))

    def _act(self, case: Case, t: float, by: str, remedy: str) -> Change | None:
        if remedy == "none":
            self._note(case, t, by, "none")
            return None
        case.remedy = remedy
        if remedy == "remove":
            self._strikes[case.author] += 1
            self._let_appeal(case, t)
        limits = remedy == "remove" and self._strikes[case.author] == self._policy.strikes
        self._note(case, t, by, "limit" if limits else remedy)
        return self._change(case)

    def _let_appeal(self, case: Case, t: float) -> None:
        policy = self._policy
        if policy.reviewers and uniform(fold(case.key, APPEALS)) < policy.appeals:
            wait = policy.appeal_delay * math.exp(DELAY_SIGMA * normal(fold(case.key, RETURN)))
            heapq.heappush(self._agenda, (t + wait, case.post, APPEALED))

    def _change(self, case: Case) -> Change:
        policy = self._policy
        limited = 0 < policy.strikes <= self._strikes[case.author]
        return Change(case.post, case.author, *effect(case.remedy, policy), limited)

    def _note(self, case: Case, t: float, by: str, verdict: str) -> None:
        judge, word = JUDGES.index(by), VERDICTS.index(verdict)
        self._rows.append((t, case.post, case.author, case.harmful, judge, word, case.posted, case.opened))


def is_governed(scenario: Scenario) -> bool:
    """Whether posts can do harm, or be moderated."""
    policies = [event.moderation for event in scenario.events if event.kind == "switch"]
    on = any(policy.is_on for policy in (scenario.moderation, *policies) if policy is not None)
    return on or scenario.harm.is_possible


def desk_of(scenario: Scenario) -> Desk | None:
    """The desk of a platform; None where nothing does harm and nobody moderates."""
    return Desk(scenario) if is_governed(scenario) else None
