"""Several runs on one page."""

from collections.abc import Sequence
from dataclasses import dataclass

from wsgibench.analysis.audit import Audited, audit
from wsgibench.analysis.verdict import verdict_of
from wsgibench.as_json import as_json
from wsgibench.model.comparison import RunComparison
from wsgibench.model.run import FinishedRun
from wsgibench.model.secrets import Secrets
from wsgibench.model.verdict import Ranking, Verdict
from wsgibench.report.circumstance_words import printable
from wsgibench.report.comparison_words import Document, Table, document
from wsgibench.report.conclusions import heading_of, headline
from wsgibench.report.page.chart import Chart
from wsgibench.report.page.layout import rendered
from wsgibench.report.page.machine_facts import facts
from wsgibench.report.page.ranking import RankingView, ranking_view
from wsgibench.report.page.runs_chart import Look, runs_chart
from wsgibench.report.placement import cores_in_words, workers_in_words
from wsgibench.runs.folder import RunFolder


@dataclass(frozen=True, kw_only=True)
class RunView:
    """A run as the page shows it.

    Attributes:
        name: its folder, as it was given.
        facts: what matters most of where it ran; ``all_facts`` has the rest, too.
        headlines: what was ranked, and who is best.
        rankings: those of the objectives that are compared.
    """

    name: str
    look: Look
    facts: tuple[tuple[str, str], ...]
    all_facts: tuple[tuple[str, str], ...]
    headlines: tuple[tuple[str, str], ...]
    rankings: tuple[RankingView, ...]


@dataclass(frozen=True, kw_only=True)
class ObjectiveView:
    """An objective: all runs in a chart, then each later run's table under its heading."""

    title: str
    chart: Chart
    tables: tuple[tuple[str, Table], ...]


def side_by_side(folders: Sequence[RunFolder], comparison: RunComparison, read: Sequence[Audited] | None = None) -> str:
    """The page of several runs as HTML, in the order of the comparison: nothing outside it is needed to see it.

    ``read`` are the runs, where the caller has them.

    Raises:
        RunFolderError: the record of a run is damaged.
    """
    shown = document(comparison)
    runs = read or [audit(folder) for folder in folders]
    verdicts = [verdict_of(folder, run) for folder, run in zip(folders, runs, strict=True)]
    objectives = [each.objective for each in comparison.others[0].objectives]
    views = [
        _run_view(folder, audited.run, verdict, look=Look.of(number), said=said, objectives=objectives)
        for number, (folder, audited, verdict, said) in enumerate(zip(folders, runs, verdicts, shown.runs, strict=True))
    ]
    found = [
        _objective_view([_ranking(verdict, name) for verdict in verdicts], [view.name for view in views], shown, number)
        for number, name in enumerate(objectives)
    ]
    text = as_json(comparison, indent=1).decode()
    return rendered(
        "side_by_side.html.j2",
        [each.chart for each in found],
        {"comparison.json": {"type": "application/json", "text": text}},
        # No chart here is over time.
        {"blocks": [], "span": 1.0},
        document=shown,
        runs=views,
        objectives=found,
    )


def _run_view(
    folder: RunFolder, run: FinishedRun, verdict: Verdict, *, look: Look, said: str, objectives: Sequence[str]
) -> RunView:
    name = printable(str(folder.path))
    where, all_facts = verdict.circumstances, tuple(facts(run, Secrets.of(run.run.plan)))
    return RunView(
        name=name,
        look=look,
        facts=(
            ("measured", said.removeprefix(f"{name}: ")),
            ("machine", f"{where.cpu}, {where.cores} cores"),
            ("stacks", f"{cores_in_words(where)}, {workers_in_words(where)}"),
        ),
        all_facts=(*all_facts, *sorted(run.run.versions.items())),
        headlines=tuple((heading_of(verdict, ranking), headline(ranking)) for ranking in verdict.asked),
        rankings=tuple(ranking_view(verdict, _ranking(verdict, objective)) for objective in objectives),
    )


def _objective_view(rankings: Sequence[Ranking], names: Sequence[str], shown: Document, number: int) -> ObjectiveView:
    tables = tuple((section.heading, section.tables[number]) for section in shown.sections)
    title = tables[0][1].title
    return ObjectiveView(title=title, chart=runs_chart(title, rankings, names), tables=tables)


def _ranking(verdict: Verdict, objective: str) -> Ranking:
    """A verdict has one of every objective."""
    return next(ranking for ranking in verdict.rankings if ranking.objective == objective)
