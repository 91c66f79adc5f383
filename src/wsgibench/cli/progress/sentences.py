"""What happens during a run, in words."""

from wsgibench.analysis.capacities import Capacity
from wsgibench.analysis.verdict.interim import Look
from wsgibench.model.engine import Progress, Waiting
from wsgibench.model.failures import failures_in_words
from wsgibench.model.trial import PhaseFigures, Trial
from wsgibench.report.adaptation import rate_words
from wsgibench.report.causes import alike, whose
from wsgibench.report.circumstance_words import printable
from wsgibench.stats.curves import Censoring
from wsgibench.units import counted


def how_to_start(waiting: Waiting) -> str:
    """How many workers on other machines are there, and how to start one."""
    return f"{waiting.workers} of {waiting.of} workers are there. Start one elsewhere with: {waiting.command}"


def settled(look: Look) -> str:
    """``after block 4: 15 of 21 pairs settled, 1 claim open, 2 stacks open for the rate``.

    By several figures each pair is compared as often.
    """
    rates = f", {counted(look.rates_open, 'stack')} open for the rate" if look.rates_open else ""
    claims = f", {counted(look.claims_open, 'claim')} open" if look.claims_open else ""
    pairs = counted(look.pairs, "pair" if look.objectives == 1 else "comparison")
    return f"after block {look.block}: {look.settled} of {pairs} settled{claims}{rates}"


class Reasons:
    """Why trials do not count; the same cause in full once for each stack, or for all if it is the machine's."""

    def __init__(self) -> None:
        self._said: dict[tuple[str | None, ...], tuple[str, int]] = {}

    def of(self, trial: Trial) -> list[str]:
        """A sentence for each gate that the trial failed; none where it counts."""
        stack, sentences = trial.stack.label, []
        for gate in (gate for gate in trial.gates if not gate.passed):
            key = (whose(stack, gate.name), gate.name, gate.phase, alike(gate.cause))
            first, block = self._said.setdefault(key, (stack, trial.block))
            before = f"as in block {block}" if block != trial.block else f"as of {first}"
            cause = gate.cause if (first, block) == (stack, trial.block) else f"{gate.name}, {before}."
            sentences.append(f"{stack} (block {trial.block}) does not count: {printable(cause)}")
        return sentences


def figures(found: PhaseFigures) -> str:
    """``250.1/s, p50 2.10 ms, p99 8.40 ms``; percentiles only with ten requests beyond them."""
    if found.p50_s is None or found.requests_per_s is None:
        return f"{found.failures} of {found.requests} failed: {failures_in_words(found.failed_by_kind)}"
    latencies = (("p50", found.p50_s), ("p99", found.p99_s))
    said = [f"{name} {value * 1e3:.2f} ms" for name, value in latencies if value and name not in found.few_beyond]
    failed = [f"failed: {failures_in_words(found.failed_by_kind)}"] if found.failures else []
    return ", ".join([f"{found.requests_per_s:,.1f}/s", *said, *failed])


def in_words(capacity: Capacity) -> str:
    """``587/s, then p99 < 100ms breaks``, or what else comes first; of a bound that it is one."""
    found = capacity.crossing
    rate = rate_words(found.rate_per_s)
    if found.censoring is Censoring.AT_LEAST:
        return f"at least {rate}{', beyond it the load engine took more than it may' if capacity.by_engine else ''}"
    if found.censoring is Censoring.LESS_THAN:
        return f"less than {rate}{', too few requests below that to show that it is kept' if found.too_few else ''}"
    return f"{rate}, then {'a queue grows' if capacity.by_queue else f'{capacity.limit} breaks'}"


def second(progress: Progress) -> str:
    """What happened in the last second: ``40 users, 20/s, 3.1 ms``."""
    latency = f", {progress.mean_latency_s * 1e3:.1f} ms" if progress.mean_latency_s is not None else ""
    failures = f", {progress.failures:,} failed" if progress.failures else ""
    return f"{progress.users:,} users, {progress.requests:,}/s{latency}{failures}"
