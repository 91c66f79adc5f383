"""What a run is made with."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wsgibench.bench.actions import Action
from wsgibench.bench.deadline import Clock
from wsgibench.bench.engine_process import EngineProcess
from wsgibench.bench.machine import described_run
from wsgibench.bench.monitor_process import MonitorProcess
from wsgibench.deploy.requirements import require_parts
from wsgibench.hosts import Host, LocalHost
from wsgibench.model.app import App
from wsgibench.model.plan import Plan
from wsgibench.model.run import Run


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Real ones, or those that a test hands in to see what is decided without any load.

    Each is what the class named here is: called alike, and used alike.

    Attributes:
        stack: makes a ``RunningStack``, from the run's context, the stack, its trial's number and folder.
        engine: starts an ``EngineProcess``, from its name, its job and a private directory.
        monitor: starts a ``MonitorProcess``, likewise.
        host: makes the host, from a private directory.
        clock: tells what time it is.
        require: refuses a plan of which something is not there, given the app by variant.
        actions: what is done to the stacks of each block while they are measured.
        describe: the record of a plan that is about to be carried out, with what command and when.
    """

    stack: Callable[..., Any]
    engine: Callable[..., EngineProcess] = EngineProcess
    monitor: Callable[..., MonitorProcess] = MonitorProcess
    host: Callable[..., Host] = LocalHost
    clock: Clock = time
    require: Callable[[Plan, Mapping[str, App]], None] = require_parts
    actions: Callable[[Plan], Sequence[Action]] = lambda _: ()
    describe: Callable[[Plan, Sequence[str], float], Run] = described_run
