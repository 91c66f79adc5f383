"""The page of a run as one self-contained HTML document."""

from collections.abc import Sequence
from dataclasses import dataclass

from wsgibench.analysis.audit import Audited, audit
from wsgibench.model.plan import Phase
from wsgibench.model.recording import Ints
from wsgibench.model.run import FinishedRun
from wsgibench.model.secrets import Secrets
from wsgibench.model.stack import Stack
from wsgibench.model.verdict import Verdict
from wsgibench.report import conclusions
from wsgibench.report.bodies import bodies_in_words
from wsgibench.report.page.blocks import block_spans
from wsgibench.report.page.chart import Chart, Table
from wsgibench.report.page.curve import curve_charts
from wsgibench.report.page.downloads import downloads
from wsgibench.report.page.flame import flame_charts
from wsgibench.report.page.gates import LISTED_MAX, discounted, gate_names, repeated, wrong_bodies
from wsgibench.report.page.histories import time_charts
from wsgibench.report.page.layout import rendered
from wsgibench.report.page.lead import lead_chart
from wsgibench.report.page.legend import legend
from wsgibench.report.page.machine_facts import command, configurations, facts
from wsgibench.report.page.marks import WINNER_MARKS
from wsgibench.report.page.percentiles import percentile_chart
from wsgibench.report.page.ranking import ranking_view
from wsgibench.report.page.stacks import COLUMNS, stack_tables
from wsgibench.report.page.why_nothing import SHOWN_MAX, why_nothing
from wsgibench.report.reading import PhaseCurves, read_phases
from wsgibench.report.summary import SummaryRow, summarize
from wsgibench.report.variants import bodies_between_in_words
from wsgibench.runs.folder import RunFolder


@dataclass(frozen=True)
class PhaseCharts:
    """What is drawn of a phase."""

    name: str
    percentiles: Chart
    histories: tuple[Chart, ...]


def page_of(
    folder: RunFolder,
    verdict: Verdict,
    rows: Sequence[SummaryRow] | None = None,
    phases: Sequence[PhaseCurves] | None = None,
    *,
    audited: Audited | None = None,
    live: bool = False,
) -> str:
    """The page of the run as HTML: nothing outside it is needed to see it.

    ``rows`` are the run's summary, ``phases`` its curves and ``audited`` the run itself, where the caller has them: to
    make any, every recording is read. ``live`` is for a run that goes on: the page then asks the server that it came
    from for news. Without the libraries for charts the page has words and tables, and says what is missing.

    Raises:
        RunFolderError: the record of the run is damaged.
    """
    audited = audited or audit(folder)
    run = audited.run
    secrets = Secrets.of(run.run.plan)
    rankings = [ranking_view(verdict, each) for each in verdict.rankings if each.standings or each.unranked]
    read = read_phases(folder, run, samples=audited.samples) if phases is None else phases
    drawn = [_phase_charts(run, phase, curves) for phase, curves in zip(run.run.plan.phases, read, strict=True)]
    lead, out = lead_chart(verdict), discounted(run, secrets)
    reasons = repeated(out)
    charts = [*([lead] if lead else []), *(ranking.chart for ranking in rankings)]
    curves, flames = curve_charts(run, verdict), flame_charts(verdict, folder.read_samplings())
    charts += [*curves, *flames]
    charts += [chart for phase in drawn for chart in (phase.percentiles, *phase.histories)]
    return rendered(
        "page.html.j2",
        charts,
        downloads(run, verdict),
        block_spans(run),
        live=live,
        verdict=verdict,
        conclusions=conclusions,
        lead=lead,
        curves=curves,
        nothing=[] if verdict.counted else why_nothing(out)[:SHOWN_MAX],
        changed=[*conclusions.changes(verdict), *conclusions.over_stacks(verdict)],
        bodies_between=bodies_between_in_words(verdict),
        flames=flames,
        costs=[_table_of(each) for each in conclusions.cost_tables(verdict)],
        won=conclusions.winners(verdict),
        winner_marks=WINNER_MARKS,
        rankings=rankings,
        columns=COLUMNS,
        tables=stack_tables(run, verdict, summarize(folder, audited) if rows is None else rows),
        phases=drawn,
        stacks=legend(run),
        blocks=sorted({trial.block for trial in run.trials}),
        in_turns=any(trial.turns for trial in run.trials),
        discounted=reasons[:LISTED_MAX],
        reasons_left=max(len(reasons) - LISTED_MAX, 0),
        gates=gate_names(run),
        bodies=bodies_in_words(run),
        wrong_bodies=wrong_bodies(run, secrets),
        facts=list(facts(run, secrets)),
        versions=sorted(run.run.versions.items()),
        command=command(run, secrets),
        configurations=configurations(folder, run, secrets),
    )


def _table_of(costs: conclusions.CostTable) -> Table:
    return Table(caption=costs.title, columns=costs.columns, rows=costs.rows)


def _phase_charts(run: FinishedRun, phase: Phase, curves: PhaseCurves) -> PhaseCharts:
    percentiles = percentile_chart(run, phase, _totals(curves))
    return PhaseCharts(phase.name, percentiles, tuple(time_charts(run, phase, curves)))


def _totals(curves: PhaseCurves) -> dict[Stack, Ints]:
    """Latency counts by bucket of each stack, merged over its trials that count."""
    totals: dict[Stack, Ints] = {}
    for each in curves.trials:
        if each.trial.counts and each.latency is not None:
            stack = each.trial.stack
            totals[stack] = totals[stack] + each.latency if stack in totals else each.latency
    return totals
