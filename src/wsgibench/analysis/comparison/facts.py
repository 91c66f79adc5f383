"""The circumstances of a run as facts: what is asked of two runs to see what changed."""

from collections.abc import Callable
from dataclasses import dataclass

from wsgibench.model.run import Run
from wsgibench.units import format_duration, format_size


@dataclass(frozen=True)
class Fact:
    """Something that every run has, in words; None where this one has no such thing.

    ``unlike`` says that figures mean something else where it differs: what was asked of which app, how it was asked and
    measured. What serves (versions, workers, the machine) is what runs are compared for.
    """

    group: str
    name: str
    of: Callable[[Run], str | None]
    unlike: bool = False


def _requests(name: str, of: Callable[[Run], str | None]) -> Fact:
    return Fact("requests", name, of, unlike=True)


def _load_from(run: Run) -> str:
    return "other machines" if run.plan.engine_remote_workers else "this machine"


def _on(*, is_on: bool) -> str:
    return "on" if is_on else "off"


def _order(run: Run) -> str:
    """Stacks that idle beside the one that is loaded have a part of the machine."""
    return "one after another" if run.plan.turn_s is None else "in turns"


def _turn(run: Run) -> str | None:
    return None if run.plan.turn_s is None else format_duration(run.plan.turn_s)


def _own_python(run: Run) -> str | None:
    """Where it is not the app's."""
    is_own = run.interpreter is not None and run.interpreter.version != run.machine.python
    return run.machine.python if is_own else None


def _variants(run: Run) -> str | None:
    return "; ".join(f"{each.name}: {', '.join(each.words)}" for each in run.plan.variants) or None


FACTS = (
    Fact("machine", "CPU", lambda run: run.machine.cpu),
    Fact("machine", "cores", lambda run: str(run.machine.cores)),
    Fact("machine", "memory", lambda run: format_size(run.machine.memory_bytes)),
    Fact("machine", "system", lambda run: run.machine.system),
    Fact("machine", "Python", lambda run: run.interpreter.version if run.interpreter else run.machine.python),
    Fact("machine", "hypervisor", lambda run: run.machine.hypervisor),
    Fact("app", "app", lambda run: run.plan.app.target, unlike=True),
    Fact("app", "directory", lambda run: run.plan.app.directory),
    Fact("app", "interpreter", lambda run: run.plan.app.python),
    Fact("app", "variants", _variants),
    Fact("stacks", "keep-alive to servers", lambda run: _on(is_on=run.plan.setup.keep_alive)),
    Fact("stacks", "compression", lambda run: _on(is_on=run.plan.setup.compression)),
    Fact("stacks", "access log", lambda run: _on(is_on=run.plan.setup.access_log)),
    _requests("paths", lambda run: " ".join(run.plan.requests.paths)),
    _requests("ids", lambda run: f"{run.plan.requests.first_id}..{run.plan.requests.last_id}"),
    _requests("method", lambda run: run.plan.requests.method),
    _requests("right statuses", lambda run: " ".join(map(str, run.plan.requests.expect)) or None),
    _requests("mounted below", lambda run: run.plan.setup.prefix or None),
    _requests("forwarded proto", lambda run: run.plan.setup.forwarded_proto),
    Fact("measuring", "timeout", lambda run: format_duration(run.plan.requests.timeout_s)),
    Fact("data", "store", lambda run: run.plan.store, unlike=True),
    Fact("measuring", "engine", lambda run: run.plan.engine, unlike=True),
    Fact("measuring", "engine processes", lambda run: str(run.plan.engine_processes)),
    Fact("measuring", "load from", _load_from, unlike=True),
    Fact("measuring", "stacks", _order, unlike=True),
    Fact("measuring", "length of a turn", _turn),
    Fact("measuring", "monitor", lambda run: run.plan.monitor),
    Fact("measuring", "Python of wsgibench", _own_python),
    Fact("measuring", "address", lambda run: run.plan.host),
    Fact("measuring", "bodies", lambda run: "checked" if run.plan.check_bodies else "not checked"),
)
