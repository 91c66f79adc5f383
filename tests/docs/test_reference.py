"""The reference pages hold what the code holds, no more and no less."""

import csv
import io
import re
from importlib import resources

import numpy as np
import pytest

from support.made_up_runs import made_up
from support.pages import DOCS, blocks_of, cells_of
from support.records import a_run, a_trial
from support.small_run import a_folder, add_trial, steady_latencies
from wsgibench.analysis.gates import BODY_GATES, PHASE_GATES, TRIAL_GATES
from wsgibench.analysis.verdict import verdict_of
from wsgibench.bench.trial import _GATE_OF
from wsgibench.cli.option_table import OPTIONS
from wsgibench.cli.progress.board import Board
from wsgibench.cli.progress.table import picture
from wsgibench.cli.run_and_report import OutputOptions, show
from wsgibench.cli.summary import _COLUMNS
from wsgibench.errors import WsgibenchError
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.recording import EVENTS, OUTCOMES, Recording
from wsgibench.model.run import FinishedRun
from wsgibench.model.verdict import Stop
from wsgibench.report.conclusions import closing
from wsgibench.report.measures import MEASURES
from wsgibench.runs.results import results_csv
from wsgibench.runs.trial_folder import without_figures

REFERENCE = DOCS / "reference"


def first_cells(page: str, heading: str = "", column: int = 0) -> list[str]:
    """The names in a column, without their backticks."""
    return [row[column].strip("`") for row in cells_of(REFERENCE / page, heading)]


def test_every_gate_is_in_the_page() -> None:
    """A gate's name is its function's; what ends a trial before its end is a gate too, and a recording cut short."""
    gates = {gate.__name__.replace("_", "-") for gate in (*PHASE_GATES, *TRIAL_GATES, *BODY_GATES)} | set(
        _GATE_OF.values()
    )
    [cut_short] = without_figures(a_trial(), "It is cut short.").gates
    assert set(first_cells("gates.md")) == gates | {cut_short.name}


def test_every_column_of_the_live_table_is_defined() -> None:
    """Its titles stand in the line that begins with the stack's."""
    board = Board()
    board.begin_run(a_run().plan, folder="runs/now", trials=6, finished=())
    lines = [re.sub(r"\x1b\[\d*m", "", line) for line in picture(board.snapshot(), columns=200, lines=50)]
    [titles] = [line for line in lines if line.strip().startswith("stack ")]
    assert first_cells("report.md", "## While it runs") == re.split(r"\s{2,}", titles.strip())


def test_every_column_of_the_table_is_defined() -> None:
    assert first_cells("report.md", "## The table") == list(_COLUMNS)


def test_every_objective_is_defined() -> None:
    assert [name for name in first_cells("report.md", "## The ranking") if name in OBJECTIVES] == list(OBJECTIVES)


OPEN = {"requests_per_s": {"gunicorn": 3000, "waitress": 3010}, "noise": 0.2}
CLEAR = {"requests_per_s": {"gunicorn": 3000, "waitress": 2000}}
RUNS = (
    CLEAR,
    *({**OPEN, "stop": stop} for stop in (Stop.HOPELESS, Stop.BUDGET, Stop.BLOCKS)),
    {**OPEN, "blocks": 2, "stop": Stop.BLOCKS},
    *({**OPEN, "status": status} for status in ("interrupted", "failed")),
    {**OPEN, "noise": 2.0, "stop": Stop.BLOCKS},
    {**CLEAR, "broken": [("gunicorn", 1)]},
    {"requests_per_s": {"gunicorn": 3000}},
)


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_every_closing_sentence_is_explained(run, tmp_path) -> None:
    """What a run says at its end begins as one of the page's sentences does."""
    known = [re.escape(cell).replace(r"\.\.\.", ".*") for cell in first_cells("report.md", "## The ranking")]
    for sentence in closing(verdict_of(made_up(tmp_path, **run))):
        assert any(re.match(each, sentence) for each in known), sentence


def test_every_part_of_the_page_is_explained() -> None:
    """As its own list of contents names them."""
    page = (resources.files("wsgibench.report.page") / "templates" / "page.html.j2").read_text()
    assert first_cells("report.md", "## report.html") == re.findall(r'<a href="#\w+">(\w[^<]*)</a>\n', page)


def test_every_column_of_results_csv_is_defined() -> None:
    header = next(csv.reader(io.StringIO(results_csv(FinishedRun(folder="", run=a_run(), trials=())).decode())))
    assert first_cells("report.md", "## results.csv") == header


def test_every_picture_is_defined() -> None:
    names = [measure.name for measure in MEASURES]
    assert first_cells("report.md", "## Pictures") == [*names, "mean-response-time-by-workers", "ranking-OBJECTIVE"]


def test_every_exit_code_is_explained() -> None:
    """Those of the errors, 0, and 130 of an interrupt."""
    said = {int(cell) for cell in first_cells("errors.md") if cell.isdigit()}
    assert said == {0, 130, *(kind.exit_code for kind in (WsgibenchError, *WsgibenchError.__subclasses__()))}


def test_every_kind_of_value_is_explained() -> None:
    """What an option takes, but for choices, which are listed with it."""
    said = {kind for row in cells_of(REFERENCE / "options.md", "# Command line") for kind in row[0].split(", ")}
    assert said == {option.kind for option in OPTIONS.values()} - {"choice"}


def test_every_file_of_a_run_is_named(tmp_path) -> None:
    """At the top of its folder, and in that of a trial."""
    stacks = ("gunicorn:w2", "gunicorn:w6")
    folder = a_folder(tmp_path, stacks, phases=("saturated",))
    for number, stack in enumerate(stacks, start=1):
        add_trial(folder, number, stack, {"saturated": steady_latencies(4, 4)})
    show(folder, OutputOptions(pictures=True, cumulative=False, json=False))
    tree = next(text for language, text in blocks_of(REFERENCE / "files.md") if language == "text")
    named = [word.replace("PHASE", "*") for word in re.findall(r"[\w*]+(?=/)|[\w*]+\.\w+", tree)]
    for path in (*folder.path.iterdir(), *(folder.path / "trials").glob("*/*")):
        assert any(path.match(pattern) for pattern in named), path
    drawn = {re.sub(r"-(light|dark)$", "", path.stem) for path in folder.path.glob("*.svg")}
    pictures = set(first_cells("report.md", "## Pictures")) - {"ranking-OBJECTIVE"}
    assert drawn == pictures | {f"ranking-{ranking.objective}" for ranking in verdict_of(folder).asked}


def test_every_array_of_a_recording_is_named() -> None:
    text = (REFERENCE / "files.md").read_text()
    with np.load(io.BytesIO(Recording(0.0).to_bytes())) as archive:
        for name in archive.files:
            assert f"`{name}`" in text, name


def test_outcomes_and_events_have_their_numbers() -> None:
    rows = cells_of(REFERENCE / "files.md", "## PHASE.npz")
    assert [row[1].strip("`") for row in rows if row[0].isdigit()] == list(OUTCOMES)
    [events] = [row[2] for row in rows if row[0] == "events"]
    assert re.findall(r"(\d) `(\w+)`", events) == [(str(place), name) for place, name in enumerate(EVENTS)]
