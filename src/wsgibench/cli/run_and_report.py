"""What ``run``, ``resume`` and ``report`` have in common: measuring what is left, and showing what came of it."""

import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wsgibench.analysis.audit import Audited, audit
from wsgibench.analysis.verdict import verdict_of
from wsgibench.as_json import as_json
from wsgibench.bench.experiment import carry_out, note_interruption
from wsgibench.cli.conclusion import print_verdict
from wsgibench.cli.live import served
from wsgibench.cli.output import print_json
from wsgibench.cli.progress import showing
from wsgibench.cli.progress.board import Board
from wsgibench.cli.summary import print_summary
from wsgibench.cli.terminal import say
from wsgibench.errors import MissingError, WsgibenchError
from wsgibench.model.run import FinishedRun
from wsgibench.model.verdict import Answer, Verdict
from wsgibench.report.bencher import bencher_json
from wsgibench.report.circumstance_words import printable
from wsgibench.report.conclusions import markdown
from wsgibench.report.page import page_of
from wsgibench.report.pictures import draw
from wsgibench.report.reading import PhaseCurves, read_phases
from wsgibench.report.summary import summarize
from wsgibench.report.wording import listed
from wsgibench.runs.folder import RunFolder
from wsgibench.runs.results import results_csv
from wsgibench.units import counted


@dataclass(frozen=True, kw_only=True)
class OutputOptions:
    """How a run is shown.

    Attributes:
        markdown: in place of the text.
        serve: port of the live page.
        export: for which other tool a file is written into the folder.
    """

    pictures: bool
    cumulative: bool
    json: bool
    assert_claims: bool = False
    serve: int | None = None
    markdown: bool = False
    export: str | None = None


def run_and_report(folder: RunFolder, output: OutputOptions) -> None:
    """Do what is left of the run, then show it.

    Raises:
        KeyboardInterrupt: after saying how to go on.
        WsgibenchError: no trial counts, too few to rank any stack, or none of one of the stacks.
    """
    try:
        run, verdict = _measured_and_shown(folder, output)
    except KeyboardInterrupt:
        note_interruption(folder)
        say(f"The finished trials are safe. Go on with: wsgibench resume {shlex.quote(str(folder.path))}", err=True)
        raise
    if not verdict.counted:
        raise WsgibenchError("No trial counts.", "The table above and the trials' logs say why.")
    if verdict.counted < verdict.trials and not any(ranking.standings for ranking in verdict.asked):
        raise WsgibenchError(
            f"Too few trials count to rank any stack: {verdict.counted} of {verdict.trials}.",
            "The table above says why. On a quieter machine, or with a longer --budget, more of them may.",
        )
    if output.assert_claims:
        _assert(verdict)
    _require_all(run)


def _require_all(run: FinishedRun) -> None:
    """Let no stack drop out in silence.

    Raises:
        WsgibenchError: of some, no trial counts; says of each why.
    """
    reasons: dict[str, str] = {}
    for stack in run.run.plan.stacks:
        trials = [trial for trial in run.trials if trial.stack.label == stack.label]
        if trials and not any(trial.counts for trial in trials):
            failed = [gate for trial in trials for gate in trial.gates if not gate.passed]
            reasons[stack.label] = next((printable(gate.cause) for gate in failed), "No reason is known.")
    if reasons:
        raise WsgibenchError(
            f"{listed(reasons)} dropped out: no trial of {'it' if len(reasons) == 1 else 'them'} counts.",
            "\n".join(f"{label}: {cause}" for label, cause in reasons.items()),
        )


def _measured_and_shown(folder: RunFolder, output: OutputOptions) -> tuple[FinishedRun, Verdict]:
    board, began_s = Board(), time.time()
    with served(folder, board, output.serve) as over:
        try:
            with showing(board) as listening:
                carry_out(folder, listening)
        finally:
            over()
    audited = audit(folder, since_s=began_s)
    for trial in audited.run.trials:
        for gate in (gate for gate in trial.gates if gate.name == "recording" and not gate.passed):
            # While the run went on nobody knew.
            say(f"{trial.stack.label} (block {trial.block}) does not count: {gate.cause}\n{gate.advice}", err=True)
    return _shown(folder, output, audited)


def _assert(verdict: Verdict) -> None:
    own = [claim for claim in verdict.claims if claim.source == "own"]
    open_ = [claim for claim in own if claim.answer is not Answer.SUPPORTED]
    if open_:
        answers = "; ".join(f"'{claim.text}' is {claim.answer.value}" for claim in open_)
        held = f"{len(own) - len(open_)} of {counted(len(own), 'claim')}"
        raise WsgibenchError(f"Supported: {held}; {answers}.", "The figures stand above.")


def show(folder: RunFolder, output: OutputOptions) -> tuple[FinishedRun, Verdict]:
    """Write verdict, table and pictures into the folder, and print the summary; returns the run and its verdict."""
    return _shown(folder, output, audit(folder))


def _shown(folder: RunFolder, output: OutputOptions, audited: Audited) -> tuple[FinishedRun, Verdict]:
    run = audited.run
    verdict = verdict_of(folder, audited)
    folder.write_file("results.csv", results_csv(run))
    folder.write_file("verdict.json", as_json(verdict, indent=1) + b"\n")
    if output.export == "bencher":
        folder.write_file("bencher.json", bencher_json(verdict))
    rows = summarize(folder, audited)
    if output.pictures:
        phases = read_phases(folder, run, samples=audited.samples, cumulative=output.cumulative)
        folder.write_file("report.html", page_of(folder, verdict, rows, phases, audited=audited).encode())
        _draw(folder, verdict, phases, run, cumulative=output.cumulative)
    if output.json:
        print_json({"folder": str(folder.path), "status": run.run.status, "verdict": verdict, "summary": rows})
        return run, verdict
    if output.markdown:
        say(markdown(verdict), nl=False)
        return run, verdict
    print_summary(run, rows)
    print_verdict(verdict)
    say(f"Report: {folder.path / 'report.html'}" if output.pictures else f"All of it: {folder.path}")
    return run, verdict


def _draw(
    folder: RunFolder, verdict: Verdict, phases: Sequence[PhaseCurves], run: FinishedRun, *, cumulative: bool
) -> None:
    """Draw the pictures; without the libraries for it, say so."""
    try:
        draw(folder, verdict, phases, run=run, cumulative=cumulative)
    except MissingError as exc:
        say(f"{exc.message}\n{exc.hint}", err=True)


def folder_at(path: str) -> RunFolder:
    """The run folder of that path."""
    return RunFolder.open(Path(path))
