"""A/A in simulation: what ``wsgibench ab`` says of one revision twice, by the code of its verdict, over made-up trials.

Of each machine: in how many runs it says anything but "no difference" or "undecided", at whatever look, of requests/s,
which is what the run is to settle. The goal is 5 % at most.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wsgibench.analysis.verdict.rankings import judged
from wsgibench.model.app import App
from wsgibench.model.load import Connections, Requests
from wsgibench.model.plan import Phase, Plan
from wsgibench.model.run import FinishedRun, Machine, Run
from wsgibench.model.stack import Stack
from wsgibench.model.trial import PhaseFigures, Trial, TrialTimes
from wsgibench.model.variant import Variant
from wsgibench.model.verdict import Outcome
from wsgibench.stats.looks import looks_of

STATES = ("old", "new")


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A machine, by what it does to trials.

    Attributes:
        blocks: the most that a run takes; it is looked at after each from the third on.
        noise: standard deviation of a trial's logarithm; Student's t with 4 degrees of freedom, scaled to it.
        block_noise: of what a block does to both states alike.
        off: share of blocks in which one of the two, drawn at random, is slowed down by 10 %.
        missing: share of trials that do not count.
    """

    name: str
    blocks: int
    noise: float = 0.01
    block_noise: float = 0.05
    off: float = 0.0
    missing: float = 0.0


SCENARIOS = (
    Scenario(name="quiet, 12 blocks", blocks=12, noise=0.005),
    Scenario(name="quiet, 40 blocks", blocks=40, noise=0.005),
    Scenario(name="a core burns on and off, 12 blocks", blocks=12, noise=0.03, block_noise=0.3),
    Scenario(name="a core burns on and off, 40 blocks", blocks=40, noise=0.03, block_noise=0.3),
    Scenario(name="one of the two off in 1 block of 5, 12 blocks", blocks=12, off=0.2),
    Scenario(name="1 trial of 10 does not count, 24 blocks", blocks=24, missing=0.1),
)


def says_something(scenario: Scenario, number: int, seed: int) -> bool:
    """Whether one simulated run says that one of the two, which are the same, is better."""
    _, judgement = judged(_run(scenario, np.random.default_rng([seed, number])), "throughput")
    assert judgement is not None
    return any(pair.outcome in (Outcome.BETTER, Outcome.WORSE) for pair in judgement.pairs)


def false_share(scenario: Scenario, runs: int, seed: int) -> float:
    """Of so many runs."""
    return sum(says_something(scenario, number, seed) for number in range(runs)) / runs


def _rates(scenario: Scenario, random: np.random.Generator) -> npt.NDArray[np.float64]:
    shape = scenario.blocks, len(STATES)
    logs = (
        random.normal(0, scenario.block_noise, (scenario.blocks, 1))
        + random.standard_t(4, shape) * scenario.noise / 2**0.5
    )
    is_off = random.random((scenario.blocks, 1)) < scenario.off
    logs += np.log(0.9) * (is_off & (np.arange(2) == random.integers(2, size=(scenario.blocks, 1))))
    return np.asarray(1000 * np.exp(logs))


def _run(scenario: Scenario, random: np.random.Generator) -> FinishedRun:
    """As the folder of such a run would be read."""
    stacks = tuple(Stack(server="gunicorn", variant=name) for name in STATES)
    load = Connections(count=8)
    plan = Plan(
        app=App(target="site:app", directory="/site"),
        stacks=stacks,
        phases=(Phase(name="saturated", load=load, duration_s=1.0),),
        requests=Requests(paths=("/",)),
        engine="native",
        monitor="psutil",
        blocks=scenario.blocks,
        looks=looks_of(scenario.blocks),
        seed=1,
        margin=0.02,
        variants=tuple(Variant(name=name) for name in STATES),
        within_stacks=True,
    )
    rates, counts = _rates(scenario, random), random.random((scenario.blocks, len(STATES))) >= scenario.missing
    trials = tuple(
        _trial(stack, block, place, float(rates[block, place]), counts=bool(counts[block, place]))
        for block in range(scenario.blocks)
        for place, stack in enumerate(stacks)
    )
    here = Machine(cpu="simulated", cores=2, memory_bytes=1, system="none", python="none")
    run = Run(plan=plan, machine=here, versions={}, command=(), created_s=0.0, status="done")
    return FinishedRun(folder="simulated", run=run, trials=trials)


def _trial(stack: Stack, block: int, place: int, rate_per_s: float, *, counts: bool) -> Trial:
    figures = PhaseFigures(
        start_s=0.0, duration_s=1.0, outcomes={"ok": round(rate_per_s)}, events={}, requests_per_s=rate_per_s,
        mean_s=None, p50_s=None, p90_s=None, p99_s=None, p999_s=None, max_s=None,
        server_cpu_s=None, proxy_cpu_s=None, engine_cpu_s=None,
    )  # fmt: skip
    return Trial(
        number=2 * block + place + 1,
        stack=stack,
        block=block + 1,
        position=place + 1,
        status="done" if counts else "failed",
        times=TrialTimes(started_s=0.0),
        phases={"saturated": figures} if counts else {},
    )
