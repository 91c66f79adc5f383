"""A short look at each stack before anything is measured: how long an answer takes, and how many it bears."""

import itertools
from collections.abc import Mapping, Sequence

import msgspec

from wsgibench.bench.block import Block
from wsgibench.bench.comparing_block import Clocks
from wsgibench.bench.deadline import Clock
from wsgibench.bench.engine_process import EngineProcess
from wsgibench.bench.listener import StageReached
from wsgibench.bench.run_context import RunContext
from wsgibench.bench.running_trial import RunningTrial
from wsgibench.bench.saturation import connection_counts, connections_for
from wsgibench.errors import AnswerError, StartError
from wsgibench.model.cores import engine_share
from wsgibench.model.engine import LoadDone, RunLoad
from wsgibench.model.learned import Learned, pause_least_s, works_idle
from wsgibench.model.load import Connections, Rate

_ONE_S = 0.15
_ALL_S = 0.4
_SERVICES = 3
"""So many answers, one after another, are worth a look at what a stack bears."""
_LOOKS_MOST = 3
_OPEN_SHARE, _OPEN_PATIENCE_S = 0.9, 0.2
"""Of what a stack was just found to bear, and until its queue is given up."""
_IDLE_S = 0.5
_ASKED_AGAIN = 3
_FIRST_PLACE = 1 << 28
"""Beyond the places of all that is measured: no answer is to be warm for one stack and not for another."""


def learn(block: Block, context: RunContext) -> list[Learned]:
    """What a look at those stacks of a block that are up finds; nothing of a stack that answers nothing right under it.

    Each look is a load like any other, and as long as a few answers take.
    """
    if not block.up:
        return []
    apparatus = block.apparatus("learning")
    counts = connection_counts(context.plan)
    engine = apparatus.start_engine(
        [trial.running_stack for trial in block.up],
        {"one": Connections(count=1)} | {str(count): Connections(count=count) for count in counts},
        draw="learning",
        processes=1,
    )
    engine.wait_ready()
    clocks = apparatus.clocks({name: pids for up in block.up for name, pids in up.trees.items()})
    idle = _idle_shares(block, clocks, context.clock)
    looks = _Looks(context, engine)
    services_s = {trial.label: _service_s(looks.look(trial, "one", _ONE_S, 0.0)) for trial in block.up}
    known = [service_s for service_s in services_s.values() if service_s is not None]
    first = connections_for(context.plan, max(known, default=0.0))
    found: list[Learned] = []
    for trial in block.up:
        service_s = services_s[trial.label]
        bearing: Sequence[Learned] = ()
        if service_s is not None:
            counted = [count for count in counts if count >= first]
            bearing = looks.bearing(trial, service_s, counted, idle[trial.label])
        if trial.label not in looks.failing or _answers_still(trial):
            found += bearing
    engine.finish()
    return found


def _answers_still(trial: RunningTrial) -> bool:
    """Whether a stack still answers as it did before it was loaded; else it is out: the app may limit rates.

    Asked a few times, for one worker may do, and one answer in a hundred may fail.
    """
    for _ in range(_ASKED_AGAIN):
        try:
            trial.running_stack.verify_again()
        except AnswerError as exc:
            trial.outcome.error = exc
        except StartError:
            break  # why it keeps silent, the gates will say
        else:
            trial.outcome.error = None
            break
    return trial.outcome.error is None


def _idle_shares(block: Block, clocks: Clocks, clock: Clock) -> Mapping[str, float]:
    """CPU of each stack while nobody asks anything, as a share of one core.

    The least of up to three looks, where it seems to be at work: on a busy machine the start may go on for a while.
    """
    shares = _idle_share_once(block, clocks, clock)
    for _ in range(_LOOKS_MOST - 1):
        if not any(map(works_idle, shares.values())):
            break
        again = _idle_share_once(block, clocks, clock)
        shares = {label: min(share, again[label]) for label, share in shares.items()}
    return shares


def _idle_share_once(block: Block, clocks: Clocks, clock: Clock) -> dict[str, float]:
    began_s, before = clock.monotonic(), clocks()
    clock.sleep(_IDLE_S)
    after, took_s = clocks(), clock.monotonic() - began_s
    return {up.label: sum(after[name] - before[name] for name in up.trees) / took_s for up in block.up}


def _service_s(done: LoadDone) -> float | None:
    """The mean of answers one after another; without the longest, where that was a pause."""
    if not done.completed:
        return None
    rest, gap_s = done.completed - 1, done.longest_gap_s or 0.0
    if rest and gap_s > pause_least_s((done.duration_s - gap_s) / rest):
        return (done.duration_s - gap_s) / rest
    return done.duration_s / done.completed


class _Looks:
    """Looks at stacks, one at a time; ``failing`` are the labels of those that did not answer all of it right."""

    def __init__(self, context: RunContext, engine: EngineProcess) -> None:
        self.failing: set[str] = set()
        self._context = context
        self._engine = engine
        self._places = itertools.count(_FIRST_PLACE)

    def look(self, trial: RunningTrial, phase: str, duration_s: float, warmup_s: float) -> LoadDone:
        load = RunLoad(
            target=trial.label,
            phase=phase,
            duration_s=duration_s,
            warmup_s=warmup_s,
            patience_s=self._context.plan.requests.timeout_s,
            place=next(self._places),
        )
        done = self._run(trial, load)
        if not done.completed or set(done.outcomes) - {"ok"}:
            self.failing.add(trial.label)
        return done

    def _run(self, trial: RunningTrial, load: RunLoad) -> LoadDone:
        self._context.listener(StageReached(name="look at", stack=trial.slot.stack))
        return self._engine.run(load, ramp_s=0.0, check=self._context.deadline.check)

    def bearing(
        self, trial: RunningTrial, service_s: float, counts: Sequence[int], idle_share: float
    ) -> Sequence[Learned]:
        """What the stack bears with the first number of connections of which some have to wait; none if nothing."""
        found: list[Learned] = []
        for count in counts:
            looked = self._looked(trial, str(count), service_s)
            duration_s = sum(done.duration_s for done in looked)
            bears_per_s = sum(done.completed or 0 for done in looked) / duration_s if duration_s else 0.0
            if not bears_per_s:
                break
            found = [
                Learned(
                    stack=trial.label,
                    service_s=service_s,
                    bears_per_s=bears_per_s,
                    connections=count,
                    longest_gap_s=max(done.longest_gap_s or 0.0 for done in looked),
                    idle_cpu_share=idle_share,
                    engine_cpu_share=self._engine_share(looked),
                    start_s=trial.running_stack.start_s,
                )
            ]
            if found[0].is_saturated:
                break
        return [self._with_open_load(trial, each) for each in found]

    def _with_open_load(self, trial: RunningTrial, learned: Learned) -> Learned:
        """What the engine takes where requests fall due, which wakes it for each: more than where it reads in batches.

        A curve goes on to all that a stack bears; other rates are about half of that.
        """
        cores = self._context.plan.cores
        if self._context.plan.curve is None or cores is None or cores.asked or not cores.shared:
            return learned
        rate_per_s = _OPEN_SHARE * learned.bears_per_s
        load = RunLoad(
            target=trial.label,
            phase="open",
            load=Rate(start_per_s=rate_per_s, end_per_s=rate_per_s),
            duration_s=max(_ALL_S, _SERVICES * learned.service_s),
            patience_s=_OPEN_PATIENCE_S,
            place=next(self._places),
        )
        share = self._engine_share([self._run(trial, load)]) / _OPEN_SHARE
        return msgspec.structs.replace(learned, engine_cpu_share=max(learned.engine_cpu_share, share))

    def _engine_share(self, looked: Sequence[LoadDone]) -> float:
        return engine_share(
            sum(done.cpu_s for done in looked),
            sum(done.duration_s + done.drain_s for done in looked),
            1,
            connects=sum(done.connects for done in looked),
            connection_cpu_s=self._context.plan.thresholds.connection_cpu_s,
        )

    def _looked(self, trial: RunningTrial, phase: str, service_s: float) -> list[LoadDone]:
        """A look; where nothing came for long two or three, to tell the app's pauses from a hiccup of the machine."""
        length_s = max(_ALL_S, _SERVICES * service_s)
        looked: list[LoadDone] = []
        while len(looked) < _LOOKS_MOST:
            looked.append(self.look(trial, phase, length_s, 0.1 * length_s))
            pausing = [done for done in looked if (done.longest_gap_s or 0.0) > pause_least_s(service_s)]
            if len(pausing) != 1:
                return looked
        return [done for done in looked if done not in pausing]
