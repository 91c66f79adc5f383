"""The machine and the versions, for the record."""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil

from wsgibench import __version__
from wsgibench.bench.made_with import made_with_now
from wsgibench.deploy.environment import built_environment, environment_names
from wsgibench.deploy.proxy_programs import proxy_program_of
from wsgibench.engines import ENGINES
from wsgibench.model.plan import Plan
from wsgibench.model.run import Machine, Run
from wsgibench.model.stack import DIRECT
from wsgibench.monitors import MONITORS
from wsgibench.processes.interpreter import described, versions_of
from wsgibench.processes.programs import find_program, output_of
from wsgibench.servers import SERVERS


def described_run(plan: Plan, command: Sequence[str], created_s: float) -> Run:
    """The record of a run that begins here and now, with all that is known of what it is made on and with."""
    return Run(
        plan=plan,
        machine=this_machine(),
        versions=versions_in(plan),
        command=tuple(command),
        created_s=created_s,
        environment=environment_names(),
        interpreter=described(plan.app, inherited=built_environment()),
        made_with=made_with_now(plan),
    )


def this_machine() -> Machine:
    """Where we are."""
    return Machine(
        cpu=_cpu_name(),
        cores=len(os.sched_getaffinity(0)),
        memory_bytes=psutil.virtual_memory().total,
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        hypervisor=_hypervisor(),
    )


def versions_in(plan: Plan) -> dict[str, str]:
    """Versions of all that takes part, by name; what does not tell is left out. ``python`` is wsgibench's own."""
    servers = {stack.server: SERVERS.get(stack.server).distribution for stack in plan.stacks}
    python = next((each.python for each in plan.variants if each.python), plan.app.python)
    installed = versions_of(set(servers.values()) | {"flask"}, python)
    versions = {"wsgibench": __version__, "python": platform.python_version()}
    versions |= {name: version for name, version in installed.items() if version}
    monitor = MONITORS.get(plan.monitor)
    ours = {ENGINES.get(plan.engine).distribution, *([monitor.distribution] if monitor.distribution else [])}
    versions |= {name: version for name, version in versions_of(ours).items() if version}
    if monitor.program and (version := _said_by((monitor.program,), ("--version",))):
        versions[plan.monitor] = version
    for name in {stack.proxy for stack in plan.stacks} - {DIRECT}:
        if (program := proxy_program_of(name)) and program.version:
            versions[name] = program.version
    return versions


def _said_by(programs: Iterable[str], argv: Sequence[str]) -> str | None:
    program = find_program(programs)
    found = re.search(r"\d+(?:\.\d+)+", output_of((program, *argv))[1]) if program else None
    return found[0] if found else None


def _cpu_name() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def _hypervisor() -> str | None:
    """What ``systemd-detect-virt`` says; None on bare metal, or where nobody knows."""
    program = find_program(("systemd-detect-virt",))
    if program is None:
        return None
    said = output_of((program,))[1].strip()
    return said if said and said != "none" else None
