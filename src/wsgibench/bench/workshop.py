"""What all trials of a run share."""

from dataclasses import dataclass
from pathlib import Path

from wsgibench.bench.listener import Listener
from wsgibench.bench.verification import Reference
from wsgibench.model.cores import Cores
from wsgibench.model.plan import Plan
from wsgibench.processes.supervisor import Supervisor


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """The plan, where it is carried out and with what; ``directory`` is private and short-lived."""

    plan: Plan
    supervisor: Supervisor
    directory: Path
    cores: Cores
    reference: Reference
    listener: Listener
