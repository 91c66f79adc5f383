"""Whether the verdict keeps its word, by simulation: how often it is false, and how soon it finds what is there.

Each simulated run has seven stacks, or two, in blocks of random order, on a machine whose speed falls while the run
lasts. The same runs are judged in two ways:

  wsgibench   what ``wsgibench.stats`` does
  plain       two-way analysis of variance, one noise for all stacks, Tukey's intervals, the error spent over the looks

and a third column shows the design of the article: each stack once, as long as all its blocks together, in fixed order,
the highest figure wins. Writes results/calibration.json.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import studentized_range

from wsgibench.model.verdict import Outcome
from wsgibench.stats.additive import fit_additive, residual_freedom
from wsgibench.stats.intervals import Intervals
from wsgibench.stats.looks import looks_of
from wsgibench.stats.pairs import outcomes
from wsgibench.stats.ranking import winner
from wsgibench.stats.sequential import ERROR, Judgement, judgements
from wsgibench.stats.stopping import forecast

STACKS = 7
BLOCKS = 12
RESULT = Path(__file__).parent.parent / "results" / "calibration.json"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What the simulated machine and its stacks are like.

    Attributes:
        logs: true logarithms of the stacks' figures, relative to one another.
        blocks: of the run, which is looked at after each from the third on.
        noise: standard deviation of the logarithm of a trial; Student's t with 4 degrees of freedom, scaled to it.
        tails: other degrees of freedom than 4; the scale stays. Infinite is the normal distribution.
        noisy: how many times that noise the last stack has.
        drift: by how much the machine's speed falls from the first trial to the last.
        missing: share of trials that do not count.
        spoilt: share of trials that are slowed down further, by 20 % on average.
        off: share of blocks in which one stack, drawn at random, is slowed down by 20 %.
        step: figures are known in steps of this size alone (of their logarithm); 0 is exactly.
    """

    name: str
    logs: tuple[float, ...] = (0.0,) * STACKS
    blocks: int = BLOCKS
    noise: float = 0.02
    tails: float = 4
    noisy: float = 1.0
    drift: float = 0.16
    missing: float = 0.05
    spoilt: float = 0.0
    off: float = 0.0
    step: float = 0.0

    @property
    def shape(self) -> tuple[int, int]:
        """Blocks and stacks."""
        return self.blocks, len(self.logs)

    @property
    def looks(self) -> tuple[int, ...]:
        """After which blocks the run is looked at."""
        return looks_of(self.blocks)

    @property
    def best(self) -> int | None:
        """The stack that is truly better than all others."""
        first, second = sorted(self.logs, reverse=True)[:2]
        return self.logs.index(first) if first > second else None


def _ahead(share: float) -> tuple[float, ...]:
    return (float(np.log1p(share)), *(0.0,) * (STACKS - 1))


_TWO_LEAD = (0.0, *(-1.0,) * (STACKS - 2), 0.0)
_FEW = (3, 4, 5, 12)
_TWO_APART = (float(np.log1p(0.05)), 0.0)


def _two(name: str, blocks: int, *, logs: tuple[float, ...] = (0.0, 0.0), **options: float) -> Scenario:
    """Two stacks and few blocks, on a machine that slows down as fast as where the others are simulated."""
    drift = 0.16 * blocks * 2 / (BLOCKS * STACKS)
    return Scenario(name=f"two, {blocks:2} blocks: {name}", logs=logs, blocks=blocks, drift=drift, **options)


SCENARIOS = (
    Scenario(name="identical, one 3x noisier", noisy=3),
    Scenario(name="identical, all alike"),
    Scenario(name="identical, spoilt trials", spoilt=0.05),
    Scenario(name="two lead, all alike", logs=_TWO_LEAD),
    Scenario(name="best by 5 %", logs=_ahead(0.05)),
    Scenario(name="best by 5 %, spoilt trials", logs=_ahead(0.05), spoilt=0.05),
    Scenario(name="best by 10 %", logs=_ahead(0.10)),
    Scenario(name="best by 5 %, none missing, no drift", logs=_ahead(0.05), missing=0, drift=0),
    Scenario(name="best by 10 %, none missing, no drift", logs=_ahead(0.10), missing=0, drift=0),
    Scenario(name="best by 10 %, one 3x noisier", logs=_ahead(0.10), noisy=3),
    Scenario(name="stress: identical, one 6x noisier", noisy=6),
    Scenario(name="stress: two lead, one of them 3x noisier", logs=_TWO_LEAD, noisy=3),
    *(_two("normal", blocks, tails=np.inf) for blocks in _FEW),
    *(_two("t with 4", blocks) for blocks in _FEW),
    *(_two("t with 2", blocks, tails=2) for blocks in _FEW),
    *(_two("1 block in 5 off", blocks, off=0.2) for blocks in _FEW),
    *(_two("1 block in 5 off, else 0.2 %", blocks, off=0.2, noise=0.002) for blocks in _FEW),
    *(_two("steps of 1 %", blocks, step=0.01, noise=0.004) for blocks in _FEW),
    *(_two("5 % apart, steps of 1 %", blocks, logs=_TWO_APART, step=0.01, noise=0.004) for blocks in _FEW),
    Scenario(name="identical, 1 block in 5 off", off=0.2),
    Scenario(name="identical, t with 2", tails=2),
    Scenario(name="identical, steps of 1 %", noise=0.004, step=0.01),
    Scenario(name="best by 10 %, 1 block in 5 off", logs=_ahead(0.10), off=0.2),
)


def simulate(scenario: Scenario, random: np.random.Generator) -> Floats:
    """Requests per second, shape (blocks, stacks), NaN where a trial does not count."""
    shape = blocks, stacks = scenario.shape
    place = random.permuted(np.tile(np.arange(stacks), (blocks, 1)), axis=1)
    moment = (np.arange(blocks)[:, np.newaxis] * stacks + place) / (blocks * stacks - 1)
    logs = np.array(scenario.logs) + _machine_noise(scenario, moment) + _noise(scenario, random, shape)
    logs -= (random.random(shape) < scenario.spoilt) * random.exponential(0.2, shape)
    missing = random.random(shape) < scenario.missing
    is_off = random.random((blocks, 1)) < scenario.off
    logs += np.log(0.8) * (is_off & (np.arange(stacks) == random.integers(stacks, size=(blocks, 1))))
    if scenario.step:
        logs = np.round(logs / scenario.step) * scenario.step
    return np.where(missing, np.nan, 1000 * np.exp(logs))


def article_trials(scenario: Scenario, random: np.random.Generator) -> tuple[Floats, Floats]:
    """One long trial of each stack, in an order fixed beforehand: when, from 0 to 1, and logarithms of the figures."""
    stacks = len(scenario.logs)
    moment = random.permutation(stacks) / (stacks - 1)
    long_noise = _noise(scenario, random, scenario.shape).mean(axis=0)
    return moment, np.array(scenario.logs) + _machine_noise(scenario, moment) + long_noise


def article_names(scenario: Scenario, random: np.random.Generator) -> int:
    """The stack with the highest figure in the article's design."""
    return int(np.argmax(article_trials(scenario, random)[1]))


def _machine_noise(scenario: Scenario, moment: Floats) -> Floats:
    return np.asarray(np.log1p(-scenario.drift * moment))


def _noise(scenario: Scenario, random: np.random.Generator, shape: tuple[int, int]) -> Floats:
    scales = np.full(shape[1], scenario.noise)
    scales[-1] *= scenario.noisy
    if np.isinf(scenario.tails):
        return np.asarray(random.standard_normal(shape) * scales)
    return np.asarray(random.standard_t(scenario.tails, shape) / np.sqrt(2) * scales)  # t with 4 has variance 2


def plain_looks(figures: Floats) -> Iterator[Intervals]:
    """What the textbook says at each look: least squares, one noise, Tukey, each look with its share of the error."""
    blocks, stacks = figures.shape
    intervals = Intervals.unknown(stacks)
    spent = 0.0
    for look in looks_of(blocks):
        allowed = ERROR * (look / blocks) ** 1.5
        table = np.log(figures[:look])
        present = np.isfinite(table)
        freedom = residual_freedom(present)
        if freedom < 1:
            yield intervals
            continue
        fit = fit_additive(table, present.astype(float))
        variance = (fit.residuals**2).sum() / freedom
        centre = fit.effects[:, np.newaxis] - fit.effects
        reach = _tukey(allowed - spent, stacks, freedom) * np.sqrt(np.maximum(variance * fit.difference_factors, 0.0))
        intervals = intervals.narrowed(Intervals(centre - reach, centre + reach))
        yield intervals
        spent = allowed


@cache
def _tukey(level: float, stacks: int, freedom: int) -> float:
    return float(studentized_range.isf(level, stacks, freedom) / np.sqrt(2))


@dataclass
class Course:
    """How one simulated run went: blocks until something, None for never; all looks are taken, for the errors."""

    named: int | None = None
    named_wrong: bool = False
    missed: bool = False
    settled: int | None = None
    stopped: int = 0

    def look(self, scenario: Scenario, block: int, intervals: Intervals, outcome: list[list[Outcome]]) -> None:
        """Take down what is said after a block."""
        named = winner(outcome)
        if named is not None:
            self.named = self.named or block
            self.named_wrong |= named != scenario.best
        truth = np.subtract.outer(scenario.logs, scenario.logs)
        self.missed |= bool(((truth < intervals.low - 1e-12) | (truth > intervals.high + 1e-12)).any())
        if self.settled is None and not any(Outcome.UNDECIDED in row for row in outcome):
            self.settled = block


def follow(scenario: Scenario, number: int, seed: int, *, with_plain: bool = True) -> dict[str, Course]:
    """One simulated run, judged after each block in both ways."""
    figures = simulate(scenario, np.random.default_rng([seed, number]))
    ours, plain = Course(stopped=scenario.blocks), Course(stopped=scenario.blocks)
    stopped = False
    for judgement in judgements(figures, looks=scenario.looks):
        block = judgement.blocks
        ours.look(scenario, block, judgement.intervals, judgement.outcomes)
        if not stopped and _stops(judgement):
            stopped, ours.stopped = True, block
    if not with_plain:
        return {"wsgibench": ours}
    for block, intervals in zip(scenario.looks, plain_looks(figures), strict=True):
        plain.look(scenario, block, intervals, outcomes(intervals))
    if plain.settled:
        plain.stopped = plain.settled
    return {"wsgibench": ours, "plain": plain}


def _stops(judgement: Judgement) -> bool:
    return judgement.settled or forecast(judgement, judgement.looks[-1]).hopeless


def summary(courses: list[Course]) -> dict[str, float]:
    """Shares of runs, and blocks. A winner counts as named if that came before the run stopped."""
    count = len(courses)
    named = Counter(course.named for course in courses if course.named and course.named <= course.stopped)
    return {
        "named_wrong_share": sum(course.named_wrong for course in courses) / count,
        "covered_share": sum(not course.missed for course in courses) / count,
        "false_share": sum(course.named_wrong or course.missed for course in courses) / count,
        "named_by_5_share": sum(named[block] for block in range(6)) / count,
        "named_share": sum(named.values()) / count,
        "named_blocks_mean": sum((course.named or BLOCKS + 1) for course in courses) / count,
        "settled_share": sum(course.settled is not None for course in courses) / count,
        "stopped_blocks_mean": sum(course.stopped for course in courses) / count,
    }


def article_wrong_share(scenario: Scenario, runs: int, seed: int) -> float:
    """Of the runs of the article's design, those that name another stack than the best; it always names one."""
    random = np.random.default_rng([seed, runs])
    return sum(article_names(scenario, random) != scenario.best for _ in range(runs)) / runs


def measure(
    scenario: Scenario, runs: int, seed: int, pool: ProcessPoolExecutor, *, with_plain: bool
) -> dict[str, object]:
    """All figures of one scenario."""
    follow_one = partial(_follow_number, scenario, seed, with_plain=with_plain)
    courses = list(pool.map(follow_one, range(runs), chunksize=50))
    return {
        "scenario": asdict(scenario),
        "runs": runs,
        "methods": {name: summary([course[name] for course in courses]) for name in courses[0]},
        "article_wrong_share": article_wrong_share(scenario, runs, seed),
    }


def _follow_number(scenario: Scenario, seed: int, number: int, *, with_plain: bool) -> dict[str, Course]:
    return follow(scenario, number, seed, with_plain=with_plain)


HEADER = (
    f"{'scenario':46} {'method':10} {'wrong':>6} {'covers':>7} {'false':>6} {'in 5':>6} {'in 12':>6} {'blocks':>6}"
    f" {'settled':>7} {'stop':>5} {'article wrong':>13}"
)


def lines(result: dict[str, object]) -> list[str]:
    """The rows of the table for one scenario."""
    rows = []
    methods = result["methods"]
    assert isinstance(methods, dict)
    for name, figures in methods.items():
        shares = [figures[f"{key}_share"] for key in ("named_wrong", "covered", "false", "named_by_5", "named")]
        wrong, covers, false, by_5, by_12 = (f"{100 * share:.1f}%" for share in shares)
        rows.append(
            f"{result['scenario']['name']:46} {name:10} {wrong:>6} {covers:>7} {false:>6} {by_5:>6} {by_12:>6}"  # type: ignore[index]
            f" {figures['named_blocks_mean']:6.1f} {100 * figures['settled_share']:6.1f}%"
            f" {figures['stopped_blocks_mean']:5.1f} {100 * result['article_wrong_share']:12.1f}%"  # type: ignore[operator]
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2000, help="simulated runs of each scenario (default 2000)")
    parser.add_argument("--seed", type=int, default=20201121)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[""], help="scenarios with any of these in their name")
    parser.add_argument("--out", type=Path, default=RESULT, help="where the JSON goes")
    parser.add_argument(
        "--plain", action=argparse.BooleanOptionalAction, default=True, help="judge in the textbook's way"
    )
    arguments = parser.parse_args()
    print(HEADER)
    results = []
    begun = time.monotonic()
    with ProcessPoolExecutor(arguments.processes) as pool:
        for scenario in (each for each in SCENARIOS if any(part in each.name for part in arguments.only)):
            results.append(measure(scenario, arguments.runs, arguments.seed, pool, with_plain=arguments.plain))
            print("\n".join(lines(results[-1])), flush=True)
    print(f"{time.monotonic() - begun:.0f} s")
    arguments.out.parent.mkdir(exist_ok=True)
    arguments.out.write_text(json.dumps({"seed": arguments.seed, "results": results}, indent=1))


if __name__ == "__main__":
    main()
