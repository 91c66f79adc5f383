"""Whether capacities keep their word, by simulation.

Verdict: runs of made-up capacities in blocks, on a machine that gets slower, some of them known to be but "at least" or
"less than" so much: how often a winner is named that is none, and how often any interval of a pair misses the truth.

Queues: the ladder of rates as it is carried out, against exactly simulated M/D/c queues instead of servers: how far the
capacity of a block is from the true one, and how often the interval of a run holds it.

    python benchmarks/capacity_simulated.py [--runs 2000]

Prints tables and writes results/capacity_simulated.json.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from queue_theory import latencies_s, poisson

from wsgibench.analysis.verdict.capacities import Capacity, capacity_of
from wsgibench.bench.ladder import Ladder
from wsgibench.model.curve import Curve, Limit
from wsgibench.model.learned import Learned
from wsgibench.model.plan import Phase
from wsgibench.model.trial import Turn
from wsgibench.stats.levels import levels
from wsgibench.stats.looks import looks_of
from wsgibench.stats.sequential import judgements

RESULT = Path(__file__).parent.parent / "results" / "capacity_simulated.json"
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Candidates and the machine.

    Attributes:
        logs: true logarithms of the capacities.
        noise: standard deviation of a block's; Student's t with 4 degrees of freedom, scaled to it.
        noisy: how many times that noise the last candidate has.
        drift: by how much all fall from the first block to the last.
        missing: share of trials that do not count.
        top, bottom: logarithms of the highest and the lowest rate of the last candidate's curve, beyond which a
            capacity is known to be but more or less.
    """

    name: str
    logs: tuple[float, ...] = (0.0,) * 7
    blocks: int = 8
    noise: float = 0.03
    noisy: float = 1.0
    drift: float = 0.1
    missing: float = 0.0
    top: float = np.inf
    bottom: float = -np.inf


_SEVEN = (0.0,) * 7
SCENARIOS = (
    Scenario(name="identical"),
    Scenario(name="identical, two, 3 blocks", logs=(0.0, 0.0), blocks=3),
    Scenario(name="identical, two, 12 blocks", logs=(0.0, 0.0), blocks=12),
    Scenario(name="identical, 1 trial of 10 missing", missing=0.1),
    Scenario(name="identical, one 3x noisier", noisy=3),
    Scenario(name="identical, one at least, in half of the blocks", top=0.0),
    Scenario(name="identical, one at least, in nearly all blocks", top=-0.05),
    Scenario(name="identical, one less than, in half of the blocks", bottom=0.0),
    Scenario(name="identical, two, one at least", logs=(0.0, 0.0), top=-0.02),
    Scenario(name="one at least, missing, one 3x noisier", noisy=3, missing=0.1, top=0.0),
    Scenario(name="best by 10 %, one at least", logs=(float(np.log(1.1)), *_SEVEN[1:]), top=0.0),
)


def simulate(scenario: Scenario, random: np.random.Generator) -> tuple[Floats, Ints]:
    """Capacities and their censoring, shape (blocks, candidates)."""
    shape = scenario.blocks, len(scenario.logs)
    scale = scenario.noise / 2**0.5 * np.where(np.arange(shape[1]) == shape[1] - 1, scenario.noisy, 1.0)
    logs = np.array(scenario.logs) + random.standard_t(4, shape) * scale
    logs += np.log1p(-scenario.drift) * np.linspace(0, 1, shape[0])[:, np.newaxis]
    last = logs[:, -1]
    censoring = np.zeros(shape, np.int64)
    censoring[:, -1] = np.where(last > scenario.top, 1, np.where(last < scenario.bottom, -1, 0))
    logs[:, -1] = np.clip(last, scenario.bottom, scenario.top)
    return np.where(random.random(shape) < scenario.missing, np.nan, 1000 * np.exp(logs)), censoring


@dataclass(frozen=True)
class Said:
    """Shares of the runs: that named a winner falsely; in which an interval missed the truth, at any look."""

    false_winner: float
    missed: float


def verdicts(scenario: Scenario, runs: int, seed: int = 1) -> Said:
    """Over so many runs."""
    random = np.random.default_rng(seed)
    truth = np.array(scenario.logs)
    differences = truth[:, np.newaxis] - truth
    best = int(truth.argmax()) if (truth == truth.max()).sum() == 1 else None
    false = missed = 0
    for _ in range(runs):
        figures, censoring = simulate(scenario, random)
        seen = list(judgements(figures, looks=looks_of(scenario.blocks), censoring=censoring))
        false += any(each.winner not in (None, best) for each in seen)
        missed += any(
            bool(((differences < each.intervals.low - 1e-9) | (differences > each.intervals.high + 1e-9)).any())
            for each in seen
        )
    return Said(false / runs, missed / runs)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """An app that takes ``service_s``, on ``workers``, and a limit of the p99 in so many times that."""

    workers: int
    times: float
    service_s: float = 0.005

    @property
    def most_per_s(self) -> float:
        """What it can do at most."""
        return self.workers / self.service_s

    @property
    def limit(self) -> Limit:
        """Of the p99."""
        return Limit(figure="p99", most=self.times * self.service_s, share=0.01, text=f"p99 < {self.times:g}d")


QUEUES = tuple(Queue(workers=workers, times=times) for workers in (1, 2, 4) for times in (2, 5, 20))


@cache
def true_capacity_per_s(queue: Queue, *, streams: int = 300, requests: int = 4000, seed: int = 7) -> float:
    """Where 1 % of the requests take longer than the limit, to 0.1 %, by bisection over one set of random numbers."""
    gaps = poisson(1.0, streams, requests, np.random.default_rng(seed))
    low, high = 0.02 * queue.most_per_s, 0.998 * queue.most_per_s
    while high > 1.001 * low:
        middle = (low * high) ** 0.5
        found = latencies_s(gaps / middle, np.full_like(gaps, queue.service_s), queue.workers)[:, requests // 4 :]
        is_broken = (found > queue.limit.most * (1 + 1e-9)).mean() > queue.limit.share
        low, high = (low, middle) if is_broken else (middle, high)
    return float((low * high) ** 0.5)


def held(queue: Queue, rung: Phase, random: np.random.Generator) -> Turn:
    """The rung as the engine would send it: its record begins and ends where nobody waits, if that comes in time."""
    rate, most_s = rung.load.last_per_s or 0.0, rung.warmup_s + rung.duration_s + 2 * rung.patience_s
    count = int(rate * most_s + 6 * (rate * most_s) ** 0.5 + 10)
    due = poisson(rate, 1, count, random)[0]
    took = latencies_s(due[np.newaxis], np.full((1, count), queue.service_s), queue.workers)[0]
    alone = took <= queue.service_s * (1 + 1e-9)
    begin_s, _ = _renewal(due, alone, rung.warmup_s, rung.patience_s)
    end_s, has_settled = _renewal(due, alone, begin_s + rung.duration_s, rung.patience_s)
    mine = (due >= begin_s) & (due < end_s)
    under_way = int(((due < end_s) & (due + took > end_s)).sum())
    return Turn(
        phase=rung.name,
        start_s=begin_s,
        duration_s=end_s - begin_s,
        outcomes={"ok": int(mine.sum())},
        stack_cpu_s=None,
        engine_cpu_s=0.0,
        has_settled=has_settled,
        pending=max(under_way - int(rate * queue.service_s), 0),
        slower=(int((took[mine] > queue.limit.most * (1 + 1e-9)).sum()),),
    )  # fmt: skip


def _renewal(due: Floats, alone: npt.NDArray[np.bool_], at_s: float, patience_s: float) -> tuple[float, bool]:
    later = np.flatnonzero(alone & (due >= at_s))
    if len(later) and due[later[0]] <= at_s + patience_s:
        return float(due[later[0]]), True
    return at_s + patience_s, False


def blocks_of(queue: Queue, blocks: int, hold_s: float | None, random: np.random.Generator) -> Iterator[Capacity]:
    """The capacity of each block of a run of one candidate."""
    curve = Curve(limits=(queue.limit,), hold_s=hold_s)
    learned = Learned(
        stack="queue",
        service_s=queue.service_s,
        bears_per_s=queue.most_per_s * random.uniform(0.9, 1.03),
        connections=8,
        longest_gap_s=0.0,
        idle_cpu_share=0.0,
        engine_cpu_share=0.0,
        start_s=0.0,
    )
    for _ in range(blocks):
        ladder = Ladder(curve, learned)
        while due := ladder.next():
            for place in random.permutation(len(due)):
                ladder.add(due[place], held(queue, due[place], random))
        found = capacity_of(ladder.seen, curve)
        if found is None:
            raise ValueError("nothing was measured")
        yield found


@dataclass(frozen=True)
class Bias:
    """Of the capacity of a run, against the truth, in shares: the mean, and what differs from run to run.

    ``covered`` are the runs whose interval holds the truth; ``wide`` half the width of a typical one.
    """

    mean: float
    spread: float
    covered: float
    wide: float
    true_share: float


def against_queue(queue: Queue, runs: int, *, blocks: int = 5, hold_s: float | None = None, seed: int = 1) -> Bias:
    """Over so many runs of one candidate."""
    random = np.random.default_rng(seed)
    truth = np.log(true_capacity_per_s(queue))
    found = []
    for _ in range(runs):
        logs = np.log([[each.crossing.rate_per_s] for each in blocks_of(queue, blocks, hold_s, random)])
        run = levels(logs)
        found.append((run.value[0] - truth, run.low[0] - truth, run.high[0] - truth))
    value, low, high = np.array(found).T
    return Bias(
        mean=float(value.mean()),
        spread=float(value.std()),
        covered=float(((low <= 0) & (high >= 0)).mean()),
        wide=float(np.median(high - low) / 2),
        true_share=float(np.exp(truth) / queue.most_per_s),
    )


def main() -> None:
    """Print tables and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--queue-runs", type=int, default=40)
    options = parser.parse_args()
    result: dict[str, dict[str, float]] = {}
    print("runs that name a winner falsely, and in which any interval misses the truth, at any look:")
    for scenario in SCENARIOS:
        said = verdicts(scenario, options.runs)
        result[scenario.name] = asdict(said)
        print(f"  {scenario.name:50} {said.false_winner:6.1%} {said.missed:6.1%}", flush=True)
    print("capacity of a run of 5 blocks against an exactly simulated queue:")
    for queue in QUEUES:
        bias = against_queue(queue, options.queue_runs, hold_s=None)
        name = f"M/D/{queue.workers}, p99 < {queue.times:g} d"
        result[name] = asdict(bias)
        print(
            f"  {name:20} at {bias.true_share:.0%} of the most: {bias.mean:+6.1%} (from run to run {bias.spread:.1%}), "
            f"interval of {bias.wide:.1%} either way holds it in {bias.covered:.0%}",
            flush=True,
        )
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
