"""Runs made one after another for a benchmark, kept in a folder so that it can go on where it was stopped."""

from collections.abc import Callable, Iterator
from pathlib import Path

from wsgibench.analysis.verdict import verdict_of
from wsgibench.bench.experiment import begin, carry_out
from wsgibench.model.plan import Plan
from wsgibench.model.verdict import Verdict
from wsgibench.runs.folder import RunFolder
from wsgibench.units import format_duration


def verdicts(parent: Path, runs: int, plan: Callable[[int], Plan]) -> Iterator[Verdict]:
    """The verdicts of so many runs, each with a plan of its own; those done in ``parent`` are not made again."""
    for number in range(1, runs + 1):
        place = parent / f"{number:02d}"
        folder = _done(place) or _measured(place, plan(number))
        verdict = verdict_of(folder)
        took = f"{verdict.blocks} blocks, {format_duration(verdict.took_s)}"
        print(f"run {number} of {runs}: {verdict.stop}, {took}, {verdict.counted} of {verdict.trials} trials count")
        yield verdict


def _done(place: Path) -> RunFolder | None:
    for path in sorted(place.glob("*")):
        folder = RunFolder.open(path)
        if folder.read_run().status == "done":
            return folder
    return None


def _measured(place: Path, plan: Plan) -> RunFolder:
    folder = begin(plan, place)
    carry_out(folder)
    return folder
