"""``wsgibench report RUN [RUN ...]``."""

from collections.abc import Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from wsgibench.analysis.audit import Audited
from wsgibench.analysis.comparison import compare_runs, read_ended
from wsgibench.analysis.verdict import verdict_of
from wsgibench.cli.comparison_tables import print_comparison
from wsgibench.cli.failures import making_sense_of
from wsgibench.cli.option_table import OPTIONS
from wsgibench.cli.options import takes
from wsgibench.cli.output import print_json, require_one_form
from wsgibench.cli.run_and_report import OutputOptions, folder_at, show
from wsgibench.cli.terminal import say
from wsgibench.errors import UsageError
from wsgibench.model.comparison import RunComparison
from wsgibench.report import comparison_words as words
from wsgibench.report.bencher import bencher_json
from wsgibench.report.conclusions import markdown
from wsgibench.report.page import side_by_side
from wsgibench.report.wording import listed
from wsgibench.runs import RunFolder, write_whole


@click.command(name="report")
@click.argument("runs", nargs=-1, required=True, metavar="RUN [RUN ...]")
@takes("pictures", "cumulative", "format", "json", "objective", "margin", "anyway", "export", "out", out=".")
def command(
    runs: tuple[str, ...],
    *,
    pictures: str,
    cumulative: bool,
    format: str,  # noqa: A002  # the option's name
    json: bool,
    objective: tuple[str, ...],
    margin: float,
    anyway: bool,
    export: str | None,
    out: str,
) -> None:
    """Make the report, pictures and tables of a run again, or a page of several.

    RUN is a folder; nothing is measured. --format md prints the verdict alone, to paste into a pull request.

    Several runs are held against the first, as by wsgibench compare; the page is side-by-side.html in --out.
    --objective, --margin, --anyway and --out are for these, --cumulative and --export are for one
    run.

    \b
    wsgibench report runs/before
    wsgibench report runs/w6 runs/w60
    """  # noqa: D301  # click wants a backspace before lines that it must not fill
    require_one_form(format, json=json)
    _require_fitting(len(runs))
    with making_sense_of(runs):
        folders = [folder_at(run) for run in runs]
        if len(folders) > 1:
            target, form = Path(out) if pictures == "on" else None, "json" if json else format
            read = read_ended(folders)
            comparison = compare_runs(folders, objectives=objective, margin=margin, anyway=anyway, read=read)
            _show_several(folders, read, comparison, out=target, form=form)
        elif format == "md":
            verdict = verdict_of(folders[0])
            if export:
                folders[0].write_file("bencher.json", bencher_json(verdict))
            say(markdown(verdict), nl=False)
        else:
            show(folders[0], OutputOptions(pictures=pictures == "on", cumulative=cumulative, json=json, export=export))


_FOR_SEVERAL = ("objective", "margin", "anyway", "out")
_FOR_ONE = ("cumulative", "export")


def _require_fitting(runs: int) -> None:
    """Refuse options that say nothing about so many runs; those of ``wsgibench.toml`` are for other verbs, too.

    Raises:
        UsageError: there is one on the command line.
    """
    context = click.get_current_context()
    wrong, where = (_FOR_ONE, "a single run") if runs > 1 else (_FOR_SEVERAL, "several runs")
    found = [key for key in wrong if context.get_parameter_source(key) is ParameterSource.COMMANDLINE]
    if found:
        flags = listed([OPTIONS[key].flag for key in found])
        hint = "Leave out what does not."
        if {"objective", "margin"} & set(found):
            hint = "What a run is to settle, and by which margin, is fixed before it begins: wsgibench run has both."
        raise UsageError(f"{flags} {'goes' if len(found) == 1 else 'go'} with {where} alone.", hint)


def _show_several(
    folders: Sequence[RunFolder],
    read: Sequence[Audited],
    comparison: RunComparison,
    *,
    out: Path | None,
    form: str,
) -> None:
    """Print the comparison; write the page into ``out``, except beside Markdown.

    Raises:
        UsageError: there is no such directory, and it cannot be made.
    """
    if form == "md":
        say(words.markdown(words.document(comparison)), nl=False)
        return
    page = _write_page(folders, read, comparison, out) if out else None
    if form == "json":
        print_json(comparison)
        return
    print_comparison(words.document(comparison))
    if page:
        say(f"\nSide by side: {page}")


def _write_page(folders: Sequence[RunFolder], read: Sequence[Audited], comparison: RunComparison, out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise UsageError(f"'{out}' cannot be made: {exc.strerror}.", "Give another place with --out.") from exc
    page = out / "side-by-side.html"
    write_whole(page, side_by_side(folders, comparison, read).encode())
    return page
