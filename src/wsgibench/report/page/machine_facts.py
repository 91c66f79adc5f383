"""What the machine was, what ran on it, and the very files that configured it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from wsgibench.analysis.made_with import made_with
from wsgibench.analysis.verdict.circumstances import circumstances_of
from wsgibench.model.run import FinishedRun, Run
from wsgibench.model.secrets import Secrets
from wsgibench.model.trial import Trial
from wsgibench.model.verdict import Circumstances
from wsgibench.report.adaptation import adaptations
from wsgibench.report.circumstance_words import load_of
from wsgibench.report.placement import at_once_in_words, engine_in_words, workers_in_words
from wsgibench.report.variants import packages_in_words
from wsgibench.report.wording import listed
from wsgibench.runs import RunFolder, TrialFolder
from wsgibench.units import counted, format_duration, format_size

_FILE_MAX = 20_000
"""Characters of one file."""
_READ_MOST_BYTES = 500_000
_ALL_MAX = 300_000
"""Of all files together, for the page is to stay small."""
_KINDS = {
    "unix": "private unix sockets",
    "tcp": "TCP",
    "tcp-http": "TCP, private unix sockets where they speak the uwsgi protocol",
}
_OF_THE_BENCH = ("engine.json", "monitor-job.json")
"""They configure the measuring, not the stack."""


@dataclass(frozen=True)
class ConfigFile:
    """A file that ran; ``text`` is without secrets."""

    name: str
    text: str


@dataclass(frozen=True)
class StackConfiguration:
    """Of a stack: its files and its command lines by role, as in one trial, and who served the app's static files."""

    stack: str
    trial: str
    commands: tuple[tuple[str, str], ...]
    files: tuple[ConfigFile, ...]
    static_by: str | None


def facts(run: FinishedRun, secrets: Secrets) -> Iterator[tuple[str, str]]:
    """What and its value, in the order of interest."""
    record, plan, machine = run.run, run.run.plan, run.run.machine
    found = circumstances_of(run)
    yield "CPU", f"{machine.cpu}, {machine.cores} cores"
    yield "memory", format_size(machine.memory_bytes)
    yield "system", machine.system
    yield "hypervisor", machine.hypervisor or "none seen"
    yield "app", secrets.hidden_in_call(plan.app.words)
    yield "Python", _python(record)
    yield from _variants(found)
    if plan.store:
        yield "data", secrets.hidden(plan.store)
    yield "requests", " ".join((plan.requests.method, *map(secrets.hidden, plan.requests.paths)))
    if plan.requests.expect:
        yield "right statuses", listed(plan.requests.expect, "or")
    if plan.setup.prefix:
        yield "mounted below", plan.setup.prefix
    if plan.setup.forwarded_proto:
        yield "X-Forwarded-Proto", plan.setup.forwarded_proto
    for phase in plan.phases:
        yield f"load, {phase.name}", f"{load_of(plan, phase)}, for {format_duration(phase.duration_s)} a trial"
    if why := " ".join(adaptations(plan, record.learned or ())):
        yield "first look", why
    yield "hops", _hops(record)
    yield "engine, monitor", f"{plan.engine}, {plan.monitor}"
    yield "seed", str(plan.seed)
    if record.viewers is not None and record.status != "running":
        yield "watched live by", f"{counted(record.viewers, 'viewer')} at once"
    yield "pinned to cores", _pinning(run.trials) or "nothing"
    if said := engine_in_words(found):
        yield "load engine", said
    yield "workers", workers_in_words(found)
    if said := at_once_in_words(found.at_once):
        yield "at a time", said
    yield "began", _moment(record.created_s)
    yield "ended", _moment(record.ended_s) if record.ended_s else record.status


def _python(record: Run) -> str:
    """The app's; where it is another one, wsgibench's own, too."""
    found = record.interpreter
    if found is None:
        return record.machine.python
    own = "" if found.version == record.machine.python else f"; wsgibench ran by {record.machine.python}"
    return f"{found.implementation} {found.version}, {found.path}{own}"


def _variants(found: Circumstances) -> Iterator[tuple[str, str]]:
    for name, words in found.variants.items():
        yield f"variant {name}", "; ".join(words)
    if len(found.variants) > 1:
        yield "installed", packages_in_words(found)


def command(run: FinishedRun, secrets: Secrets) -> str:
    """The command line that made the run, with what was drawn for it; empty where none made it."""
    words = run.run.command
    if not words:
        return ""
    seed = () if any(word.startswith("--seed") for word in words) else ("--seed", str(run.run.plan.seed))
    return secrets.joined((*words, *seed))


def configurations(folder: RunFolder, run: FinishedRun, secrets: Secrets) -> list[StackConfiguration]:
    """Of each stack, from its first trial that counts, else its first."""
    left = _ALL_MAX
    found = []
    for stack in run.run.plan.stacks:
        mine = [trial for trial in run.trials if trial.stack == stack]
        if not mine:
            continue
        trial = next((trial for trial in mine if trial.counts), mine[0])
        files = tuple(_files(folder.trial(trial), secrets, left))
        left -= sum(len(file.text) for file in files)
        commands = tuple((role, secrets.joined(argv)) for role, argv in trial.commands.items())
        found.append(StackConfiguration(stack.label, trial.folder, commands, files, trial.static_by))
    return found


def _files(trial: TrialFolder, secrets: Secrets, room: int) -> Iterator[ConfigFile]:
    for name, whole in trial.configuration(most_bytes=_READ_MOST_BYTES):
        if name in _OF_THE_BENCH:
            continue
        text = secrets.hidden(whole)
        allowed = max(min(_FILE_MAX, room), 0)
        if len(text) > allowed:
            text = f"{text[:allowed]}\n... {len(text) - allowed:,} more characters are in the run's folder."
        room -= len(text)
        yield ConfigFile(name, text)


def _hops(run: Run) -> str:
    """What they go by; where not all alike, which stacks'."""
    by: dict[str, list[str]] = {}
    facts = made_with(run).stacks
    for stack in run.plan.stacks:
        if facts[stack.label].has_hops:
            by.setdefault(_KINDS[stack.bind], []).append(stack.label)
    return next(iter(by), "none") if len(by) < 2 else "; ".join(f"{kind}: {', '.join(by[kind])}" for kind in by)


def _pinning(trials: Sequence[Trial]) -> str:
    cores = {role: cores for trial in trials for role, cores in trial.cores.items() if cores}
    return "; ".join(f"{role}: {', '.join(map(str, cores[role]))}" for role in cores)


def _moment(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
