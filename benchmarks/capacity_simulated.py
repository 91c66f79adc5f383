"""Whether capacities keep their word, by simulation.

Verdict: runs of made-up capacities in blocks, on a machine that gets slower, some of them known to be but "at least" or
"less than" so much: how often a winner is named that is none, and how often any interval of a pair misses the truth.

Queues: the ladder of rates as it is carried out, against exactly simulated M/D/c and M/M/c queues instead of servers:
how far the capacity of a run is from the true one, and how often its interval holds it.

    python benchmarks/capacity_simulated.py [--runs 2000] [--queue-runs 200] [--only M/D/2]

Prints tables and writes results/capacity_simulated.json, where what is not run again stays. Verdicts and queues take a
quarter of an hour each.
"""

import argparse
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from kept import Kept
from queue_theory import poisson, slower_share_mmc, stream_s

from wsgibench.analysis.capacities import Capacity, Rung, capacity_of, read_to
from wsgibench.analysis.verdict.unevenness import Uneven, unevenness
from wsgibench.bench.ladder import Ladder
from wsgibench.model.curve import Curve, Limit
from wsgibench.model.learned import Learned
from wsgibench.model.plan import Phase
from wsgibench.model.trial import Turn
from wsgibench.stats.curves import Censoring
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
    """An app that takes ``service_s``, on ``workers``, and a limit of the p99 in so many times that.

    ``is_exponential`` makes that the mean of a time that varies (M/M/c). All workers stand still for the last
    ``still_s`` of every ``every_s`` seconds.
    """

    workers: int
    times: float
    service_s: float = 0.005
    is_exponential: bool = False
    still_s: float = 0.0
    every_s: float = 10.0

    @property
    def name(self) -> str:
        """In Kendall's notation, with the limit."""
        still = f", still {self.still_s:g} s in {self.every_s:g}" if self.still_s else ""
        return f"M/{'M' if self.is_exponential else 'D'}/{self.workers}, p99 < {self.times:g} d{still}"

    @property
    def most_per_s(self) -> float:
        """What it can do at most."""
        return self.workers / self.service_s

    @property
    def limit(self) -> Limit:
        """Of the p99."""
        return Limit(figure="p99", most=self.times * self.service_s, share=0.01, text=f"p99 < {self.times:g}d")

    def slower_share(self, rate_per_s: float, gaps: Floats) -> float:
        """Of the requests, those that take longer than the limit; ``gaps`` are arrivals at 1/s, where simulated."""
        if self.is_exponential:
            return slower_share_mmc(self.limit.most, self.service_s, rate_per_s, self.workers)
        return float(self.breaks(stream_s(gaps / rate_per_s, self.service_s, self.workers)).mean())

    def latencies_s(self, due: Floats, service_s: Floats | float) -> Floats:
        """Of requests that are due then: the queue goes on in the time in which workers do not stand still."""
        works_s = self.every_s - self.still_s
        worked = np.floor(due / self.every_s) * works_s + np.minimum(due % self.every_s, works_s)
        ended = worked + stream_s(worked, service_s, self.workers)
        return np.floor(ended / works_s) * self.every_s + ended % works_s - due

    def breaks(self, latencies_s: Floats) -> npt.NDArray[np.bool_]:
        """Which of them take longer, by more than a last digit."""
        return latencies_s > self.limit.most * (1 + 1e-9)


QUEUES = (
    *(Queue(workers=workers, times=times) for workers in (1, 2, 4) for times in (2, 5, 20)),
    *(Queue(workers=2, times=times, is_exponential=True) for times in (2, 5, 20)),
)

USUAL = Curve(limits=())
SHORT = (Curve(limits=(), requests=400), Curve(limits=(), requests=400, hold_share=0.6))
"""How rates are held where the budget has no room for more (bench.adapting)."""
SHORTENED = tuple(Queue(workers=workers, times=20) for workers in (1, 2))

STALLING = tuple(Queue(workers=workers, times=20, still_s=1.0) for workers in (1, 2))


@cache
def true_capacity_per_s(queue: Queue, *, requests: int = 4_000_000, seed: int = 7) -> float:
    """Where 1 % of the requests take longer than the limit, to 0.05 %, by bisection over one set of random numbers.

    Of M/M/c by its formula; 0.0 where more of them do at any rate, for some take so long by themselves.
    """
    gaps = poisson(1.0, 1, requests, np.random.default_rng(seed))[0]
    low, high = 0.02 * queue.most_per_s, 0.9995 * queue.most_per_s
    if queue.slower_share(low, gaps) > queue.limit.share:
        return 0.0
    while high > 1.0005 * low:
        middle = (low * high) ** 0.5
        is_broken = queue.slower_share(middle, gaps) > queue.limit.share
        low, high = (low, middle) if is_broken else (middle, high)
    return float((low * high) ** 0.5)


def held(queue: Queue, rung: Phase, random: np.random.Generator) -> tuple[Turn, float]:
    """The rung as the engine would send it: its record begins and ends where nobody waits, if that comes in time.

    And the median response time, in seconds.
    """
    rate, most_s = rung.load.last_per_s or 0.0, rung.warmup_s + rung.duration_s + 2 * rung.patience_s
    count = int(rate * most_s + 6 * (rate * most_s) ** 0.5 + 10)
    due = poisson(rate, 1, count, random)[0]
    service_s = random.exponential(queue.service_s, count) if queue.is_exponential else queue.service_s
    # Where in its pauses an app is when a rate begins, is chance.
    took = (
        queue.latencies_s(due + random.uniform(0, queue.every_s), service_s)
        if queue.still_s
        else stream_s(due, service_s, queue.workers)
    )
    alone = took <= service_s * (1 + 1e-9)
    begin_s, _ = _renewal(due, alone, rung.warmup_s, rung.patience_s)
    end_s, has_settled = _renewal(due, alone, begin_s + rung.duration_s, rung.patience_s)
    mine = (due >= begin_s) & (due < end_s)
    under_way = int(((due < end_s) & (due + took > end_s)).sum())
    done = Turn(
        phase=rung.name,
        start_s=begin_s,
        duration_s=end_s - begin_s,
        outcomes={"ok": int(mine.sum())},
        stack_cpu_s=None,
        engine_cpu_s=0.0,
        has_settled=has_settled,
        pending=max(under_way - int(rate * queue.service_s), 0),
        slower=(int(queue.breaks(took[mine]).sum()),),
    )  # fmt: skip
    return done, float(np.median(took[mine])) if mine.any() else 0.0


def _renewal(due: Floats, alone: npt.NDArray[np.bool_], at_s: float, patience_s: float) -> tuple[float, bool]:
    later = np.flatnonzero(alone & (due >= at_s))
    if len(later) and due[later[0]] <= at_s + patience_s:
        return float(due[later[0]]), True
    return at_s + patience_s, False


def blocks_of(queue: Queue, blocks: int, how: Curve, random: np.random.Generator) -> Iterator[Capacity]:
    """The capacity of each block of a run of one candidate, whose rates are held in that way."""
    for rungs, curve in curves_of(queue, blocks, how, random):
        found = capacity_of(rungs, curve)
        if found is None:
            raise ValueError("nothing was measured")
        yield found


def uneven_share(queue: Queue, trials: int, *, seed: int = 1) -> float:
    """The share of trials of which a caution may say that their curve is none."""
    random = np.random.default_rng(seed)
    found = [unevenness(*each) != Uneven() for each in curves_of(queue, trials, USUAL, random)]
    return sum(found) / len(found)


def curves_of(queue: Queue, blocks: int, how: Curve, random: np.random.Generator) -> Iterator[tuple[list[Rung], Curve]]:
    """What a ladder found in each block."""
    curve = msgspec.structs.replace(how, limits=(queue.limit,))
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
        ladder, medians_s = Ladder(curve, learned), dict[float | None, float]()
        while due := ladder.next():
            for place in random.permutation(len(due)):
                done, medians_s[due[place].load.last_per_s] = held(queue, due[place], random)
                ladder.add(due[place], done)
        yield [replace(rung, median_s=medians_s[rung.rate_per_s]) for rung in ladder.seen], curve


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


def against_queue(queue: Queue, runs: int, *, blocks: int = 5, how: Curve = USUAL, seed: int = 1) -> Bias:
    """Over so many runs of one candidate whose limit some rate keeps."""
    random = np.random.default_rng(seed)
    truth = np.log(true_capacity_per_s(queue))
    found = []
    for _ in range(runs):
        logs = np.log([[each.crossing.rate_per_s] for each in blocks_of(queue, blocks, how, random)])
        run = levels(logs, beyond=read_to(msgspec.structs.replace(how, limits=(queue.limit,)), queue.most_per_s))
        found.append((run.value[0] - truth, run.low[0] - truth, run.high[0] - truth))
    value, low, high = np.array(found).T
    return Bias(
        mean=float(value.mean()),
        spread=float(value.std()),
        covered=float(((low <= 0) & (high >= 0)).mean()),
        wide=float(np.median(high - low) / 2),
        true_share=float(np.exp(truth) / queue.most_per_s),
    )


def less_than(queue: Queue, runs: int, *, blocks: int = 5, seed: int = 1) -> float:
    """The share of runs that say "less than", where no rate keeps the limit."""
    random = np.random.default_rng(seed)
    kinds = [{each.crossing.censoring for each in blocks_of(queue, blocks, USUAL, random)} for _ in range(runs)]
    return sum(each == {Censoring.LESS_THAN} for each in kinds) / runs


def _queue_line(queue: Queue, how: Curve, runs: int, result: dict[str, dict[str, float]]) -> str:
    if not true_capacity_per_s(queue):
        result[queue.name] = {"less_than": (share := less_than(queue, runs))}
        return f"no rate keeps the limit, and {share:.0%} of the runs say so"
    bias = against_queue(queue, runs, how=how)
    result[queue.name + _held_in_words(how)] = asdict(bias)
    return (
        f"at {bias.true_share:.0%} of the most: {bias.mean:+6.1%} (from run to run {bias.spread:.1%}), "
        f"interval of {bias.wide:.1%} either way holds it in {bias.covered:.1%}"
    )


def _held_in_words(how: Curve) -> str:
    return "" if how == USUAL else f", {how.requests} requests, {how.hold_share:.0%} of the time"


def main() -> None:
    """Print tables and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--queue-runs", type=int, default=200)
    parser.add_argument("--only", default="", help="What a scenario's or queue's name begins with.")
    options = parser.parse_args()
    kept = Kept(RESULT)
    result = kept.facts
    print("runs that name a winner falsely, and in which any interval misses the truth, at any look:")
    for scenario in (each for each in SCENARIOS if each.name.startswith(options.only)):
        said = verdicts(scenario, options.runs)
        result[scenario.name] = asdict(said)
        print(f"  {scenario.name:50} {said.false_winner:6.1%} {said.missed:6.1%}", flush=True)
        kept.write()
    print("capacity of a run of 5 blocks against an exactly simulated queue:")
    for queue in (each for each in QUEUES if each.name.startswith(options.only)):
        for how in (USUAL, *(SHORT if queue in SHORTENED else ())):
            said = _queue_line(queue, how, options.queue_runs, result)
            print(f"  {queue.name + _held_in_words(how):50} {said}", flush=True)
            kept.write()
    print("trials whose curve is called uneven:")
    for queue in (each for each in (*QUEUES, *STALLING) if each.name.startswith(options.only)):
        share = uneven_share(queue, options.queue_runs)
        result.setdefault(queue.name, {})["uneven"] = share
        print(f"  {queue.name:35} {share:6.1%}", flush=True)
        kept.write()


if __name__ == "__main__":
    main()
