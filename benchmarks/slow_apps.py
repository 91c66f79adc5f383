"""Are the figures true of apps that take their time? In turns, in one piece, and by theory.

Apps that sleep or compute from 0.2 ms to 1.2 s, behind 1, 2 and 4 workers of gunicorn; first as fast as they answer,
then at a share of what they were seen to bear. Each is measured in turns and in one long trial. Goals:

* throughput and CPU of a request the same both ways within 2 % (CPU, or 0.05 ms), p50 and p99 within 5 % or 1 ms;
* of the app that sleeps, p50 and p99 as of the queue M/D/c (queue_theory.py), within the same;
* above 100 % no trial counts;
* apps that pause, by count, by time, and to collect garbage, saturated and at 200/s: both ways the same.

What chance alone does to so few requests is added to each allowance: 95 % of simulated streams keep to it. --kind
apart and --kind same are about pairs of stacks, see slow_pairs.py. The whole takes seven hours; every part can be run
alone, and what is done in --folder is not done again. Writes results/slow_apps.json.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from queue_theory import Expected, Pauses, percentile_s
from slow_cells import PAUSE_EVERY, PAUSE_RATE, PAUSE_S, TARGETS, Cell, Figures, measure
from slow_pairs import PAIRS, pairs
from slow_rows import Row, against_theory, compared, show

DELAYS_MS = (0.2, 1.0, 5.0, 20.0, 50.0, 150.0, 500.0, 1200.0)
WORKERS = (1, 2, 4)
LOADS = (50, 90, 110, 200, 1000)
BORNE_SHARE = 0.6
SIMULATED_MOST = 20_000
"""Requests of a simulated stream: beyond, chance does little."""


def theory_of(cell: Cell, service_s: float, rate_per_s: float, requests: int) -> dict[str, Expected]:
    """The percentiles of as many requests at that rate."""
    return {
        name: percentile_s(
            share,
            service_s=service_s,
            workers=cell.workers,
            rate_per_s=rate_per_s,
            requests=min(max(requests, 1), SIMULATED_MOST),
            pauses=Pauses(PAUSE_EVERY, PAUSE_S) if cell.pauses else None,
            streams=100,
        )
        for name, share in (("p50", 0.5), ("p99", 0.99))
    }


class Matrix:
    """The rows of a kind of app."""

    def __init__(self, folder: Path, seconds: float, requests: int) -> None:
        self._folder = folder
        self._seconds = seconds
        self._requests = requests

    def rows(self, cell: Cell, loads: list[int]) -> Iterator[Row]:
        """Saturated, then at each load."""
        turns, whole = self._both(cell, "saturated", None)
        yield Row(cell.name, None, turns, whole, None, tuple(compared(turns, whole, None, is_open=False)))
        bears = whole.requests_per_s or cell.workers / cell.delay_s
        for load in loads:
            yield self._loaded(cell, load, bears)

    def paused(self, cell: Cell) -> Iterator[Row]:
        """An app that pauses: saturated, and at 200/s or what it bears well. Theory lends its spread to all kinds."""
        turns, whole = self._both(cell, "saturated", None)
        yield Row(cell.name, None, turns, whole, None, tuple(compared(turns, whole, None, is_open=False)))
        bears = whole.requests_per_s or PAUSE_RATE
        rate = min(PAUSE_RATE, bears * BORNE_SHARE)
        turns, whole = self._both(cell, "paused", rate)
        theory = theory_of(cell, max(cell.workers / bears - PAUSE_S / PAUSE_EVERY, 1e-4), rate, whole.requests)
        wrong = list(compared(turns, whole, theory, is_open=True))
        load = round(rate / bears * 100)
        yield Row(cell.name, load, turns, whole, theory if cell.kind == "pauses-by-count" else None, tuple(wrong))

    def _loaded(self, cell: Cell, load: int, bears: float) -> Row:
        rate = bears * load / 100
        turns, whole = self._both(cell, f"load{load}", rate)
        if load > 100:
            wrong = [f"{way} counts" for way, each in (("in turns", turns), ("in one piece", whole)) if each.counts]
            return Row(cell.name, load, turns, whole, None, tuple(wrong))
        theory = theory_of(cell, cell.workers / bears, rate, whole.requests) if cell.kind == "sleeps" else None
        wrong = list(compared(turns, whole, theory, is_open=True))
        if theory:
            wrong += [*against_theory(turns, theory, "in turns"), *against_theory(whole, theory, "in one piece")]
        return Row(cell.name, load, turns, whole, theory, tuple(wrong))

    def _both(self, cell: Cell, name: str, rate: float | None) -> tuple[Figures, Figures]:
        seconds = max(self._seconds, self._requests / (rate or cell.workers / (cell.delay_s or 1e-3)))
        found = [
            measure(cell, self._folder / cell.name / f"{name}-{way}", seconds=seconds, turns=turns, rate_per_s=rate)
            for way, turns in (("turns", True), ("whole", False))
        ]
        return found[0], found[1]


def main() -> None:
    """Measure what was asked for, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", nargs="+", choices=[*TARGETS, *PAIRS], default=[*TARGETS, *PAIRS])
    parser.add_argument("--delays", nargs="+", type=float, default=list(DELAYS_MS), help="in ms")
    parser.add_argument("--workers", nargs="+", type=int, default=list(WORKERS))
    parser.add_argument("--loads", nargs="*", type=int, default=list(LOADS), help="in %% of what the app bears")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each trial")
    parser.add_argument("--requests", type=int, default=60, help="trials of few requests last until so many are due")
    parser.add_argument("--runs", type=int, default=10, help="of each pair of stacks")
    parser.add_argument(
        "--short", action="store_true", help="sleeps and computes 1, 20 and 150 ms, 2 workers, 10 s each"
    )
    parser.add_argument("--folder", type=Path, default=Path("results/slow-apps"), help="keeps the runs")
    given = parser.parse_args()
    if given.short:
        given.kind, given.delays, given.workers, given.loads = (
            ["sleeps", "computes"],
            [1.0, 20.0, 150.0],
            [2],
            [50, 110],
        )
        given.seconds, given.requests = 10.0, 20
    matrix, rows = Matrix(given.folder, given.seconds, given.requests), []
    head = f"{'counts':>6}{'/s':>7}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>8}"
    print(f"{'app':<26}{'load':>7} |{'in turns: ' + head:>39} |{'in one piece: ' + head:>39} | theory: p50 ms p99 ms")
    for row in _rows(matrix, given):
        show(row)
        rows.append(row)
    found = [
        each for kind in given.kind if kind in PAIRS for each in pairs(kind, given.delays, given.runs, given.folder)
    ]
    wrong = sum(bool(row.wrong) for row in rows)
    print(f"{len(rows)} rows, {wrong} with something wrong")
    Path("results").mkdir(exist_ok=True)
    result = {"rows": [asdict(row) for row in rows], "wrong": wrong, "pairs": found}
    Path("results/slow_apps.json").write_text(json.dumps(result, indent=1) + "\n")


def _rows(matrix: Matrix, given: argparse.Namespace) -> Iterator[Row]:
    for kind in given.kind:
        for workers in given.workers:
            if kind.startswith("pauses"):
                yield from matrix.paused(Cell(kind, 0.0, workers))
            elif kind in TARGETS:
                for delay_ms in given.delays:
                    yield from matrix.rows(Cell(kind, delay_ms / 1e3, workers), given.loads)


if __name__ == "__main__":
    main()
