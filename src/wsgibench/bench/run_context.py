"""What all trials of a run share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wsgibench.bench.bodies.known import Known
from wsgibench.bench.deadline import Clock, Deadline
from wsgibench.bench.listener import Listener
from wsgibench.bench.parts import Parts
from wsgibench.bench.verification import Reference
from wsgibench.deploy.preflight import Preflight
from wsgibench.hosts import Host
from wsgibench.model.app import App
from wsgibench.model.cores import Cores
from wsgibench.model.learned import Learned
from wsgibench.model.plan import Plan
from wsgibench.model.stack import Stack


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """The plan, where it is carried out and with what.

    Attributes:
        host: where the stacks run.
        directory: private and short-lived.
        preflights: one for each variant, by name as ``apps``.
        apps: by the name of a variant; of a run without several, by the empty one.
        known: what stacks answered to each path so far, by whom is to answer alike (``Plan.alike``).
        learned: what the first look at each stack found, by label; empty before it.
        is_adapted: whether that look was taken.
        looked_s: how long it took.
        has_begun_anew: whether it was taken again, as a stack had failed to start by accident.
    """

    plan: Plan
    host: Host
    directory: Path
    cores: Cores
    reference: Reference
    preflights: Mapping[str, Preflight]
    known: Mapping[str, Known]
    apps: Mapping[str, App]
    listener: Listener
    deadline: Deadline
    parts: Parts
    learned: Mapping[str, Learned] = field(default_factory=dict)
    is_adapted: bool = False
    looked_s: float = 0.0
    has_begun_anew: bool = False

    @property
    def clock(self) -> Clock:
        """What tells the time."""
        return self.parts.clock

    def app_of(self, stack: Stack) -> App:
        """What it serves."""
        return self.apps[stack.variant]

    def preflight_of(self, stack: Stack) -> Preflight:
        """What its variant is asked before it is measured."""
        return self.preflights[stack.variant]
