"""Everything that is computed about one run, each part when first asked for."""

from dataclasses import dataclass
from functools import cached_property

from flashcrowd.report.metrics.accounting import Accounting, accounting
from flashcrowd.report.metrics.attention import Attention, attention
from flashcrowd.report.metrics.behaviour import Behaviour, behaviour
from flashcrowd.report.metrics.forest import Forest, forest
from flashcrowd.report.metrics.freshness import Freshness, freshness
from flashcrowd.report.metrics.governance import Governance, governance
from flashcrowd.report.metrics.heat import Heat, heat
from flashcrowd.report.metrics.images import Images, images
from flashcrowd.report.metrics.kinds import Kinds, kinds
from flashcrowd.report.metrics.latency import ActionLatency, latency_by_action
from flashcrowd.report.metrics.moderation import Moderation, moderation
from flashcrowd.report.metrics.pulse import Pulse, pulse
from flashcrowd.report.metrics.reconciliation import EndpointCount, reconciliation
from flashcrowd.report.metrics.timeline import Timeline, timeline
from flashcrowd.report.metrics.traffic import Traffic, traffic
from flashcrowd.report.metrics.transitions import Transitions, transitions
from flashcrowd.report.metrics.virality import Spread, spread
from flashcrowd.report.run import Run


@dataclass(frozen=True)
class Analysis:
    """The results that sections, verdicts and metrics share, computed once from `run`."""

    run: Run

    @cached_property
    def measured(self) -> Traffic:
        """Requests of the measured phase."""
        return traffic(self.run.requests)

    @cached_property
    def all_traffic(self) -> Traffic:
        """Requests of all phases."""
        return traffic(self.run.requests, None)

    @cached_property
    def latency(self) -> tuple[ActionLatency, ...]:
        """Latency by action in the measured window."""
        return latency_by_action(self.measured)

    @cached_property
    def accounting(self) -> Accounting:
        """Offered, sent, late, dropped in the measured window."""
        return accounting(self.measured, self.run.manifest)

    @cached_property
    def timeline(self) -> Timeline:
        """The whole run second by second."""
        return timeline(self.all_traffic)

    @cached_property
    def reconciliation(self) -> tuple[EndpointCount, ...]:
        """The record against the platform's own counts."""
        return reconciliation(self.run.requests, self.run.manifest)

    @cached_property
    def freshness(self) -> Freshness:
        """Time to visibility, lost writes, wrong counts."""
        return freshness(self.run.sightings, self.run.rereads, self.run.scenario.freshness.limit)

    @cached_property
    def behaviour(self) -> Behaviour:
        """What the members did."""
        return behaviour(self.run.lived, self.run.acting_members, self.run.member_days)

    @cached_property
    def pulse(self) -> Pulse:
        """Actions along the scenario clock."""
        return pulse(self.run.lived)

    @cached_property
    def forest(self) -> Forest:
        """Posts and reposts as trees."""
        return forest(self.run.actions)

    @cached_property
    def spread(self) -> Spread:
        """One row of measures per cascade."""
        return spread(self.forest, self.run.members)

    @cached_property
    def attention(self) -> Attention:
        """Reposts and likes received by author."""
        return attention(self.run.actions, self.run.acting_members, self.run.members["community"])

    @cached_property
    def images(self) -> Images:
        """The AI-image pipeline."""
        return images(self.run.lived, self.all_traffic)

    @cached_property
    def heat(self) -> Heat:
        """How response times are spread at each moment of the whole run."""
        return heat(self.all_traffic)

    @cached_property
    def transitions(self) -> Transitions:
        """What members did next."""
        return transitions(self.run.lived)

    @cached_property
    def kinds(self) -> Kinds:
        """AI images against everything else."""
        return kinds(self.run.actions, self.forest, self.spread, self.run.exposures)

    @cached_property
    def governance(self) -> Governance:
        """What did harm, who saw it, and what the platform did about it."""
        return governance(self.run.harm, self.run.verdicts, self.run.actions, self.run.views)

    @cached_property
    def moderation(self) -> Moderation:
        """What was reported, and what had been seen of it."""
        return moderation(self.run.actions, self.run.exposures, self.forest)
