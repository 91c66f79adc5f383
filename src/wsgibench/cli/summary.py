"""A run in a table for each phase, on the terminal."""

from wsgibench.analysis.verdict.circumstances import circumstances_of
from wsgibench.cli.output import print_fitting, print_text
from wsgibench.cli.terminal import say
from wsgibench.model.failures import failures_in_words
from wsgibench.model.run import FinishedRun
from wsgibench.model.secrets import Secrets
from wsgibench.model.trial import GateResult
from wsgibench.report.bodies import bodies_in_words
from wsgibench.report.causes import alike, later_ones, whose
from wsgibench.report.circumstance_words import load_of
from wsgibench.report.placement import at_once_in_words, cores_in_words, engine_in_words, workers_in_words
from wsgibench.report.summary import FEW, FEW_SAID, SummaryRow
from wsgibench.report.variants import variants_in_words
from wsgibench.units import counted, format_size

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
_LESS = ("max", "mean ms", "p90", "memory", "CPU s/1000", "gates failed", "p99", "failed")
"""What a narrow terminal does without, the first first; all of it is in results.csv."""


def print_summary(run: FinishedRun, rows: list[SummaryRow]) -> None:
    """What the figures hold for, a table for each phase, and what does not count."""
    print_text(_circumstances(run))
    for sentence in variants_in_words(circumstances_of(run)):
        print_text(sentence)
    if bodies := bodies_in_words(run):
        print_text(bodies)
    for phase in run.run.plan.phases:
        say()
        print_text(f"{phase.name}: {load_of(run.run.plan, phase)}")
        cells = [_cells(row) for row in rows if row.phase == phase.name]
        right = [column for column in _COLUMNS if column not in ("stack", "gates failed")]
        print_fitting(_COLUMNS, cells, less=_LESS, right=right)
        for row in rows:
            if row.phase == phase.name and row.failed_by_kind:
                print_text(f"{row.stack} failed: {failures_in_words(row.failed_by_kind)}.")
    if any(row.few_beyond for row in rows):
        say()
        print_text(FEW_SAID)
    _say_what_does_not_count(run)


def _cells(row: SummaryRow) -> tuple[str, ...]:
    return (
        row.stack,
        _number(row.requests_per_s, "{:,.1f}"),
        _number(row.failures, "{:,}"),
        *(
            "-" if value is None else f"{value * 1e3:,.2f}{FEW if name in row.few_beyond else ''}"
            for name, value in row.latencies_s.items()
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
    plan, found = run.run.plan, circumstances_of(run)
    parts = [
        f"{Secrets.of(plan).hidden_in_call(plan.app.words)} {cores_in_words(found)} ({found.cpu})",
        workers_in_words(found),
        plan.store or "",
        f"engine {plan.engine}",
        f"seed {plan.seed}",
        f"watched by {counted(run.run.viewers, 'viewer')}" if run.run.viewers else "",
    ]
    line = ", ".join(part for part in parts if part)
    return " ".join(filter(None, [f"{line}.", engine_in_words(found), at_once_in_words(found.at_once)]))


def _say_what_does_not_count(run: FinishedRun) -> None:
    secrets = Secrets.of(run.run.plan)
    out = [trial for trial in run.trials if not trial.counts]
    if not out:
        return
    say(f"\n{len(out)} of {counted(len(run.trials), 'trial')} {'does' if len(out) == 1 else 'do'} not count:")
    # What is wrong with the app is wrong in every block: it is said once for each stack, and counted.
    faults: dict[tuple[str | None, ...], tuple[GateResult, dict[str, str]]] = {}
    for trial in out:
        for gate in (gate for gate in trial.gates if not gate.passed):
            key = (whose(trial.stack.label, gate.name), gate.name, gate.phase, alike(gate.cause))
            faults.setdefault(key, (gate, {}))[1][trial.folder] = trial.stack.label
    for gate, stacks in faults.values():
        which = f"{next(iter(stacks))}{later_ones(tuple(stacks.values()))}"
        first_line, _, _ = secrets.hidden(gate.cause).partition("\n")
        print_text(f"{which}: {first_line}", indent=2, hanging=2)
        if gate.advice:
            print_text(secrets.hidden(gate.advice).splitlines()[-1], indent=4)
