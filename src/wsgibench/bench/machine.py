"""The machine and the versions, for the record."""

import os
import platform
import re
from pathlib import Path

import psutil

from wsgibench import __version__
from wsgibench.engines import ENGINES
from wsgibench.model.plan import Plan
from wsgibench.model.run import Machine
from wsgibench.model.stack import DIRECT
from wsgibench.processes.interpreter import versions_of
from wsgibench.processes.programs import find_program, output_of
from wsgibench.proxies import PROXIES
from wsgibench.servers import SERVERS


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
    """Versions of all that takes part, by name; what does not tell is left out."""
    servers = {stack.server: SERVERS.get(stack.server).distribution for stack in plan.stacks}
    installed = versions_of(set(servers.values()) | {"flask"}, plan.app.python)
    versions = {"wsgibench": __version__, "python": platform.python_version()}
    versions |= {name: version for name, version in installed.items() if version}
    engine = ENGINES.get(plan.engine).distribution
    versions |= {name: version for name, version in versions_of([engine]).items() if version}
    for name in {stack.proxy for stack in plan.stacks} - {DIRECT}:
        proxy = PROXIES.get(name)
        program = find_program(proxy.programs)
        if program and (found := re.search(r"\d+(?:\.\d+)+", output_of((program, *proxy.version_argv))[1])):
            versions[name] = found[0]
    return versions


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
