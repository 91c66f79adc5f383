"""Stacks, an engine, a monitor, a host and a clock that only pretend: what a run decides is seen in milliseconds.

A stack has so many workers, each of which takes so long for an answer; all else follows. Time passes where the engine
sends, where a stack starts, and nowhere else.
"""

import itertools
import json
import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np

from support.records import a_run
from wsgibench import __version__
from wsgibench.analysis.gathering import MonitorData
from wsgibench.bench.made_with import made_with_now
from wsgibench.bench.parts import Parts
from wsgibench.deploy.diagnosis import supervisord_ended
from wsgibench.errors import AnswerError, DeathError, StartError
from wsgibench.model.address import Tcp
from wsgibench.model.answer_table import Answers
from wsgibench.model.app import App
from wsgibench.model.cores import Cores
from wsgibench.model.engine import LoadDone
from wsgibench.model.load import Connections, Requests
from wsgibench.model.plan import Phase, Plan
from wsgibench.model.recording import BUCKETS, Recording, SecondCounts, bucket_of
from wsgibench.model.run import FORMAT
from wsgibench.model.stack import parse_candidate
from wsgibench.model.trial import Trial, TrialTimes
from wsgibench.monitors import MONITORS

EPOCH_S = 1795228020.0
START_S = 0.4
CORE = min(os.sched_getaffinity(0))
MACHINE = a_run().machine
SATURATED = (Phase(name="saturated", load=Connections(count=32), duration_s=1.0),)


@dataclass
class World:
    """What there is, and what happened: ``(what, whom)`` in ``log``, ``(place, whom)`` of each load in ``places``.

    Attributes:
        service_s: how long an answer takes, by stack.
        workers: how many each of them has.
        noise: of an answer's time from trial to trial.
        on_load: told of each load before it is sent; it may raise, or let somebody die.
        unable: stacks that do not start.
        lonely: stacks that do not start beside others.
        failing: stacks that come up and answer 500.
        stumbles: at which of its starts a stack does not, counted from 1.
        keeper_kills: stacks whose start is the end of supervisord, the first time.
        busy: what a stack uses of a core without any request.
        busy_until_s: when that ends.
        restless: whether requests that fall due still pile up when a load is to end.
        others_share: what other processes use of the stack's cores.
        open_cpu_s: what the engine uses for each request that falls due.
        wrong: stacks that answer with another body than the others.
        ended: process ids of those that died.
    """

    service_s: dict[str, float]
    workers: int = 4
    noise: float = 0.01
    on_load: Callable[[int, str], None] = lambda _number, _stack: None
    unable: set[str] = field(default_factory=set)
    lonely: set[str] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)
    stumbles: dict[str, set[int]] = field(default_factory=dict)
    keeper_kills: set[str] = field(default_factory=set)
    keeper: int = 1
    busy: dict[str, float] = field(default_factory=dict)
    busy_until_s: float = math.inf
    restless: bool = False
    others_share: float = 0.0
    open_cpu_s: float = 0.0
    wrong: set[str] = field(default_factory=set)
    now_s: float = 0.0
    log: list[tuple[str, str]] = field(default_factory=list)
    places: list[tuple[int, str]] = field(default_factory=list)
    up: dict[str, int] = field(default_factory=dict)
    hosts: int = 0
    children: int = 0
    ended: set[int] = field(default_factory=set)
    cpu_s: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.loads = itertools.count(1)
        self.pids = itertools.count(1000)
        self.draw = np.random.default_rng(1)
        self.factors: dict[int, float] = {}

    @property
    def nothing_is_left(self) -> bool:
        """Whether all that was started has been stopped."""
        return not self.up and not self.hosts and not self.children

    def time(self) -> float:
        return EPOCH_S + self.now_s

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        at_work_s = min(max(self.busy_until_s - self.now_s, 0.0), seconds)
        self.now_s += seconds
        for label, pid in self.up.items():
            self.cpu_s[pid] += at_work_s * self.busy.get(label, 0.0)

    def parts(self) -> Parts:
        """All of them, of this world."""
        return Parts(
            stack=lambda *given: FakeStack(self, *given),
            engine=lambda _name, job, directory: FakeEngine(self, job, directory),
            monitor=lambda _name, job, directory: FakeMonitor(self, job, directory),
            host=lambda _directory: FakeHost(self),
            clock=self,
            require=lambda _plan, _apps: None,
            describe=lambda plan, command, created_s: a_run(
                plan=plan,
                machine=MACHINE,
                versions={"wsgibench": __version__},
                command=tuple(command),
                created_s=created_s,
                format=FORMAT,
                made_with=made_with_now(plan),
            ),
        )


def a_plan(stacks, **fields) -> Plan:
    """Interleaved, saturated, four blocks, unless told otherwise."""
    return Plan(
        **{
            "app": App(target="shop:app", directory="/srv/shop"),
            "stacks": tuple(map(parse_candidate, stacks)),
            "phases": SATURATED,
            "requests": Requests(paths=("/",)),
            "engine": "native",
            "monitor": "psutil",
            "blocks": 4,
            "seed": 7,
            "turn_s": 0.2,
            "cores": Cores(stack=(CORE,), engine=(CORE,), available=1),
            **fields,
        }
    )


def without_bodies(trial: Trial) -> Trial:
    """As if its answers were not compared with those of others."""
    gates = tuple(gate for gate in trial.gates if gate.name not in {"same-bodies", "compared-bodies"})
    return msgspec.structs.replace(trial, bodies=None, gates=gates)


class FakeStack:
    """See ``RunningStack``."""

    def __init__(self, world: World, context, stack, number, folder) -> None:
        self.stack, self.folder = stack, folder
        self.address = Tcp(port=number)
        self.reached = {"started_s": world.time()}
        self.trees: dict[str, tuple[int, ...]] = {}
        self.warm_share, self.found_workers, self.first_bodies, self.commands = 1.0, [], {}, {}
        self.alone_s: list[float] = []
        self.start_s, self.static_by = START_S, None
        self._world, self._keeper, self._preflight = world, 0, context.preflight_of(stack)

    @property
    def times(self) -> TrialTimes:
        return TrialTimes(**self.reached)

    @property
    def pids(self) -> set[int]:
        return {self._keeper, *(pid for tree in self.trees.values() for pid in tree)}

    def start(self) -> None:
        world, label = self._world, self.stack.label
        world.log.append(("start", label))
        world.sleep(START_S)
        self._keeper = world.keeper
        if label in world.keeper_kills:
            world.keeper_kills.remove(label)
            world.ended.add(world.keeper)
            raise StartError(f"'{label}' does not answer /: Connection refused.")
        if world.log.count(("start", label)) in world.stumbles.get(label, ()):
            raise StartError(f"'{label}' ended while it started.", "It said nothing.")
        if label in world.unable or (label in world.lonely and world.up):
            raise StartError(f"'{label}' ended while it started.", "It said nothing.")
        pid = next(world.pids)
        world.up[label], world.cpu_s[pid] = pid, 0.0
        world.factors[pid] = float(np.exp(world.draw.normal(0, world.noise)))
        self.trees = {"server": (pid,)}
        self.reached["ready_s"] = world.time()
        if label in world.failing:
            raise AnswerError(f"'{label}' answers / with 500.", "It said nothing.", status=500)
        self._preflight.is_passed = True

    def warm_up(self) -> None:
        self.reached["warm_s"] = self._world.time()

    def check_alive(self, ended, *, starting: bool = False) -> None:
        if self._keeper in ended:
            raise supervisord_ended("while it was measured")
        if not ended.isdisjoint(self.pids):
            kind = StartError if starting else DeathError
            raise kind(f"'{self.stack.label}' ended while it was measured.", "It said nothing.")

    def verify_again(self) -> None:
        """It answers."""

    def server_log(self) -> str:
        return ""

    def look_back(self) -> None:
        """Nothing is left of a load."""

    def ask_to_end(self) -> None:
        """It ends at once, when it is stopped."""

    def stop(self) -> None:
        if self._world.up.pop(self.stack.label, None) is not None:
            self._world.log.append(("stop", self.stack.label))
        self.reached["stopped_s"] = self._world.time()


class _Child:
    """What is started in a directory, and has to be ended."""

    argv = ("fake",)

    def __init__(self, world: World, directory: Path) -> None:
        self.log = directory / f"{type(self).__name__}.log"
        self.log.touch()
        self._world = world
        self._runs = True
        world.children += 1

    def end(self) -> None:
        self._world.children -= self._runs
        self._runs = False


class FakeEngine(_Child):
    """See ``EngineProcess``."""

    pid = 1

    def __init__(self, world: World, job, directory: Path) -> None:
        super().__init__(world, directory)
        self.answers: dict[str, Answers] = {}
        self._job = job
        self._latencies: dict[tuple[str, str], list[tuple[int, float]]] = {}

    def wait_ready(self, on_waiting=None) -> None:
        """At once."""

    def run(self, load, *, ramp_s, check, **_) -> LoadDone:
        world, target = self._world, load.target
        world.on_load(next(world.loads), target)
        world.log.append((load.phase, target))
        world.places.append((load.place, target))
        check()
        pid = world.up[target]
        service_s = world.service_s[target] * world.factors[pid]
        bears_per_s = world.workers / service_s
        made = load.load or self._job.phases[load.phase]
        rate_per_s = min(made.peak_per_s or made.population / service_s, bears_per_s)
        count = round(rate_per_s * load.duration_s)
        # What is asked for beyond what it bears waits, the longer the later it came.
        behind = max(1 - bears_per_s / made.peak_per_s, 0.0) * load.duration_s / 2 if made.peak_per_s else 0.0
        latency_s = service_s + behind if made.is_open else made.population / rate_per_s
        start_s = world.monotonic() + ramp_s + load.warmup_s
        world.sleep(ramp_s + load.warmup_s + load.duration_s)
        world.cpu_s[pid] += count * service_s / 2
        check()
        self._latencies.setdefault((target, load.phase), []).append((count, latency_s))
        return LoadDone(
            target=target,
            phase=load.phase,
            start_s=start_s,
            duration_s=load.duration_s,
            drain_s=0.0,
            outcomes={"ok": count},
            cpu_s=0.05 * load.duration_s + (count * world.open_cpu_s if made.is_open else 0.0),
            completed=count,
            answered=count,
            has_settled=not (made.is_open and world.restless),
            pending=count if made.is_open and world.restless else 0,
            longest_gap_s=service_s,
            slower=tuple(count if latency_s > limit_s else 0 for limit_s in load.limits_s),
        )

    def finish(self) -> dict[tuple[str, str], Recording]:
        wrong = self._world.wrong
        self.answers = {target: Answers.of({"/": int(target in wrong)}) for target, _ in self._latencies}
        return {key: _recording(pieces) for key, pieces in self._latencies.items()}


def _recording(pieces: list[tuple[int, float]]) -> Recording:
    """A piece in each second."""
    seconds, counts = range(len(pieces)), [count for count, _ in pieces]
    latencies = np.array([latency_s for _, latency_s in pieces])
    assert bucket_of(latencies).max() < BUCKETS
    return Recording(
        EPOCH_S,
        latency=SecondCounts.gather(seconds, bucket_of(latencies), counts),
        lateness=SecondCounts.gather(seconds, bucket_of(np.full(len(pieces), 1e-4)), counts),
        outcomes=SecondCounts.gather(seconds, [0] * len(pieces), counts),
        latency_sum_s=latencies * counts,
    )


class FakeMonitor(_Child):
    """See ``MonitorProcess``."""

    interval_s = 1.0

    def __init__(self, world: World, job, directory: Path) -> None:
        super().__init__(world, directory)
        self._job = job

    def wait_ready(self) -> None:
        pass

    def seen(self, began_s: float, ended_s: float, *, expected: int) -> MonitorData:
        tree = {"cpu_s": 1.0, "rss_bytes": 2, "pss_bytes": 10**7, "processes": 1, "threads": 1, "open_files": 1}
        made = [
            {
                "timestamp": {"UTC": "2026-11-21T00:00:00.000"},
                "proc_loadavg": {"load_avg_1min": 1.0, "load_avg_5min": 1.0},
                "proc_meminfo": {"MemTotal": 2**34, "MemFree": 2**33},
                "wsgibench": {
                    "time_s": began_s + second,
                    "trees": {name: {**tree, "restarts": 0} for name in self._job.trees},
                },
            }
            for second in range(expected)
        ]
        Path(self._job.output).write_text(json.dumps({"header": {}, "samples": made}))
        samples, warnings = MONITORS.get("psutil").parse(Path(self._job.output).read_bytes())
        return MonitorData(
            samples=samples, began_s=began_s, ended_s=ended_s, expected=expected, died=False, warnings=warnings
        )


class FakeHost:
    """See ``Host``."""

    def __init__(self, world: World) -> None:
        self._world = world

    def start(self, _cores, _env, **_options) -> None:
        self._world.hosts += 1

    @property
    def keeper(self) -> int:
        return self._world.keeper

    @property
    def has_ended(self) -> bool:
        return self._world.keeper in self._world.ended

    def start_again(self) -> None:
        """Without the stacks that it had."""
        if self.has_ended:
            self._world.up.clear()
            self._world.keeper = next(self._world.pids)

    def stop(self) -> None:
        self._world.hosts -= 1

    def pin(self, _cores) -> None:
        """They have none."""

    def cpu_clocks(self, trees):
        return lambda *names: {name: sum(map(self._world.cpu_s.get, trees[name])) for name in names or trees}

    def other_cpu(self, _cores):
        return _Others(self._world)

    def liveness(self, pids):
        return _Alive(self._world, set(pids))


class _Others:
    def __init__(self, world: World) -> None:
        self._world = world

    def start(self) -> None:
        """From now on."""

    def share(self) -> float:
        return self._world.others_share


class _Alive:
    checks, cpu_s = 1, 0.0

    def __init__(self, world: World, pids: set[int]) -> None:
        self._world, self._pids = world, pids

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        """Nothing to let go of."""

    def ended(self) -> frozenset[int]:
        return frozenset(self._pids & self._world.ended)
