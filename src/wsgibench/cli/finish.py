"""What ``run``, ``resume`` and ``report`` have in common: measuring what is left, and showing what came of it."""

import shlex
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from wsgibench.bench.experiment import carry_out
from wsgibench.bench.verdict import verdict_of
from wsgibench.cli.conclusion import print_verdict
from wsgibench.cli.output import console, print_json, table
from wsgibench.cli.progress import listener
from wsgibench.errors import MissingError, WsgibenchError
from wsgibench.model.run import FinishedRun
from wsgibench.model.verdict import Answer, Verdict
from wsgibench.report.circumstances import load_in_words
from wsgibench.report.pictures import draw
from wsgibench.report.summary import SummaryRow, summarize
from wsgibench.runs.folder import RunFolder
from wsgibench.runs.results import results_csv
from wsgibench.units import format_size


@dataclass(frozen=True, kw_only=True)
class Shown:
    """How a run is shown."""

    pictures: bool
    cumulative: bool
    json: bool
    assert_claims: bool = False


def measure_and_show(folder: RunFolder, shown: Shown) -> None:
    """Do what is left of the run, then show it.

    Raises:
        KeyboardInterrupt: after saying how to go on.
        WsgibenchError: no trial counts.
    """
    try:
        with listener() as listening:
            run = carry_out(folder, listening)
    except KeyboardInterrupt:
        click.echo(
            f"The finished trials are safe. Go on with: wsgibench resume {shlex.quote(str(folder.path))}", err=True
        )
        raise
    verdict = show(folder, shown)
    if not any(trial.counts for trial in run.trials):
        raise WsgibenchError("No trial counts.", "The table above and the trials' logs say why.")
    if shown.assert_claims:
        _assert(verdict)


def _assert(verdict: Verdict) -> None:
    own = [claim for claim in verdict.claims if claim.source == "own"]
    open_ = [claim for claim in own if claim.answer is not Answer.SUPPORTED]
    if open_:
        answers = "; ".join(f"'{claim.text}' is {claim.answer.value}" for claim in open_)
        raise WsgibenchError(f"{len(open_)} of {len(own)} claims did not hold: {answers}.", "The figures stand above.")


def show(folder: RunFolder, shown: Shown) -> Verdict:
    """Write verdict, table and pictures into the folder, and print the summary; returns the verdict."""
    run = folder.read()
    verdict = verdict_of(folder)
    folder.write_file("results.csv", results_csv(run))
    folder.write_file("verdict.json", msgspec.json.format(msgspec.json.encode(verdict), indent=1) + b"\n")
    rows = summarize(folder)
    pictures = _pictures(folder, cumulative=shown.cumulative) if shown.pictures else 0
    if shown.json:
        print_json({"folder": str(folder.path), "status": run.run.status, "verdict": verdict, "summary": rows})
        return verdict
    click.echo(_circumstances(run))
    for phase in run.run.plan.phases:
        mine = [row for row in rows if row.phase == phase.name]
        click.echo(f"\n{phase.name}: {load_in_words(phase.load)}")
        _print_rows(mine)
    _say_what_does_not_count(run)
    print_verdict(verdict)
    drawn = f"{pictures} pictures, " if pictures else ""
    click.echo(f"{drawn}verdict.json, results.csv and all trials: {folder.path}")
    return verdict


def _pictures(folder: RunFolder, *, cumulative: bool) -> int:
    """How many were drawn; without the libraries for it, none, and that is said."""
    try:
        return len(draw(folder, cumulative=cumulative))
    except MissingError as exc:
        click.echo(f"{exc.message}\n{exc.hint}", err=True)
        return 0


_COLUMNS = (
    "stack",
    "requests/s",
    "failed",
    "mean ms",
    "p50",
    "p90",
    "p99",
    "max",
    "CPU s/1000",
    "memory",
    "gates failed",
)


_LESS = ("max", "mean ms", "p90", "memory", "CPU s/1000")
"""What a narrow terminal does without, the first first; all of it is in results.csv."""


_NO_LIMIT = 10_000


def _print_rows(rows: list[SummaryRow]) -> None:
    """The table, in as many columns as the terminal has room for."""
    out = console()
    dropped: set[str] = set()
    for name in (*_LESS, ""):
        kept = [place for place, column in enumerate(_COLUMNS) if column not in dropped]
        cells = [[_cells(row)[place] for place in kept] for row in rows]
        columns = [_COLUMNS[place] for place in kept]
        grid = table(columns, cells, right=[column for column in columns if column not in ("stack", "gates failed")])
        if out.measure(grid, options=out.options.update(max_width=_NO_LIMIT)).maximum <= out.width:
            break
        dropped.add(name)
    out.print(grid)


def _cells(row: SummaryRow) -> tuple[str, ...]:
    return (
        row.stack,
        _number(row.requests_per_s, "{:,.1f}"),
        f"{row.failures:,}",
        *(
            "-" if value is None else f"{value * 1e3:,.2f}"
            for value in (row.mean_s, row.p50_s, row.p90_s, row.p99_s, row.max_s)
        ),
        _number(row.cpu_per_1000_s, "{:.3f}"),
        "-" if row.pss_bytes is None else format_size(row.pss_bytes),
        _gates(row),
    )


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)


def _gates(row: SummaryRow) -> str:
    return f"{', '.join(row.gates)} ({row.trials - row.counted} of {row.trials})" if row.gates else ""


def _circumstances(run: FinishedRun) -> str:
    plan, machine = run.run.plan, run.run.machine
    workers = sorted({stack.workers for stack in plan.stacks})
    parts = [
        f"{plan.app.target} on {machine.cores} cores ({machine.cpu})",
        f"{', '.join(map(str, workers))} workers",
        plan.store or "",
        f"engine {plan.engine}",
        f"seed {plan.seed}",
    ]
    return ", ".join(part for part in parts if part)


def _say_what_does_not_count(run: FinishedRun) -> None:
    out = [trial for trial in run.trials if not trial.counts]
    if not out:
        return
    click.echo(f"\n{len(out)} of {len(run.trials)} trials {'does' if len(out) == 1 else 'do'} not count:")
    for trial in out:
        for gate in (gate for gate in trial.gates if not gate.passed):
            click.echo(f"  {trial.folder}: {gate.cause.splitlines()[0]}")
            if gate.advice:
                click.echo(f"    {gate.advice.splitlines()[-1]}")


def folder_at(path: str) -> RunFolder:
    """The run folder of that path."""
    return RunFolder.open(Path(path))
