"""``wsgibench compare``, as a user calls it."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from support.command import APPS, run_wsgibench, went_well
from support.compared import a_compared_run
from support.records import CREATED_S
from support.terminal import Terminal
from wsgibench.model.comparison import RunComparison
from wsgibench.model.load import Connections
from wsgibench.model.plan import Phase

RATES = {"gunicorn": [1000, 1010, 990, 1005], "waitress": [700, 702, 695, 704]}
FASTER = {"gunicorn": [1100, 1112, 1089, 1105], "waitress": [701, 702, 696, 704]}
LOAD = {"phases": (Phase(name="saturated", load=Connections(count=64), duration_s=2.0),)}


def two_runs(parent, **changed) -> list[str]:
    """Folders of runs of which the later one has another gunicorn."""
    before = a_compared_run(parent, RATES)
    after = a_compared_run(parent, FASTER, start_s=CREATED_S + 3600, **{"versions": {"gunicorn": "23.0.0"}, **changed})
    return [str(before.path), str(after.path)]


def test_circumstances_come_first_then_each_stack(tmp_path):
    """Exit code 0: nothing is on stderr, and what changed is said before any figure."""
    ended = run_wsgibench("compare", *two_runs(tmp_path))
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    said = [lines.index(line) for line in lines if "22.0.0 -> 23.0.0" in line or line.startswith("gunicorn")]
    assert said == sorted(said)
    (row,) = (line for line in lines if line.startswith("gunicorn"))
    assert row.split()[1:4] == ["1,000/s", "1,100/s", "+10"]
    assert row.split()[-1] == "better"
    assert "control" in next(line for line in lines if line.startswith("waitress"))


def test_json_is_the_record(tmp_path):
    """One document, from which the record can be read again."""
    ended = run_wsgibench("compare", *two_runs(tmp_path), "--json", "--objective", "cpu", "--objective", "throughput")
    found = msgspec.json.decode(ended.out, type=RunComparison)
    assert [each.objective for each in found.others[0].objectives] == ["cpu", "throughput"]
    assert json.loads(ended.out)["format"] == 1


def test_markdown_is_a_table_of_githubs(tmp_path):
    """A line of dashes below the heading, and as many cells in every row."""
    ended = run_wsgibench("compare", *two_runs(tmp_path), "--format", "md")
    rows = [line for line in ended.out.splitlines() if line.startswith("|")]
    assert rows[0].startswith("| stack |")
    assert set(rows[1]) <= set("|:- ")
    assert {row.count("|") for row in rows} == {7}


def test_the_margin_decides_what_is_tied(tmp_path):
    """10 % are within 15 %, and not within 5 %."""
    runs = two_runs(tmp_path)
    assert "Tied, at most 15 % apart: gunicorn." in run_wsgibench("compare", *runs, "--margin", "15%").out
    assert "Better: gunicorn." in run_wsgibench("compare", *runs).out


def test_unlike_runs_are_refused_and_overridden(tmp_path):
    """In a sentence and a hint with exit code 2; overridden, the first line says so."""
    runs = two_runs(tmp_path, plan=LOAD)
    refused = run_wsgibench("compare", *runs)
    assert refused.code == 2
    assert refused.out == ""
    first, second = refused.err.splitlines()
    assert first.startswith("wsgibench: ")
    assert "(load: saturated, connections 32 -> 64)" in first
    assert "--anyway" in second
    overridden = run_wsgibench("compare", *runs, "--anyway")
    assert overridden.code == 0
    assert overridden.out.startswith("Compared anyway: ")
    markdown = run_wsgibench("compare", *runs, "--anyway", "--format", "md").out
    assert markdown.startswith("> [!WARNING]\n> Compared anyway: ")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "A comparison takes two runs or more."),
        (("{a}",), 2, "A comparison takes two runs or more."),
        (("{a}", "{a}"), 2, "is given twice."),
        (("{a}", "{b}/../nowhere"), 1, "cannot be read"),
        (("{a}", "{b}", "--objective", "speed"), 2, "'speed'"),
        (("{a}", "{b}", "--margin", "much"), 2, "'much' is not a share."),
        (("{a}", "{b}", "--margin", "0"), 2, "A margin of 0 % is none"),
        (("{a}", "{b}", "--margin", "300%"), 2, "A margin of 300 % is none"),
        (("{a}", "{b}", "--json", "--format", "md"), 2, "contradict one another"),
    ],
)
def test_what_cannot_be_compared(tmp_path, arguments, code, message):
    """Is said in a sentence, without a traceback, and nothing is printed as a result."""
    places = dict(zip("ab", two_runs(tmp_path), strict=True))
    ended = run_wsgibench("compare", *(argument.format(**places) for argument in arguments))
    assert ended.code == code
    assert message in ended.err
    assert "Traceback" not in ended.err
    assert ended.out == ""


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("columns", [50, 140])
def test_a_narrow_terminal_loses_columns_and_no_row(tmp_path, columns):
    """On 50 columns the figures go, before any row is broken."""
    # readline, where the tests have loaded it, puts the size of another terminal into the environment.
    size = {"COLUMNS": str(columns), "LINES": "80"}
    with Terminal("compare", *two_runs(tmp_path), columns=columns, lines=80, env=size) as terminal:
        assert terminal.wait() == 0
        lines = [line.rstrip() for line in terminal.display]
    (start,) = (place for place, line in enumerate(lines) if line.startswith("stack"))
    assert lines[start].endswith("outcome")
    assert ("before" in lines[start]) == (columns == 140)
    assert [line.split()[0] for line in lines[start + 1 : start + 3]] == list(RATES)


def test_two_real_runs(tmp_path: Path):
    """Measured here one after the other: the later one has more workers, and gunicorn more memory for it.

    On a busy machine trials fail gates; then no stack may be left to compare, and that is said.
    """
    folders = []
    for workers in ("1", "2"):
        ended = run_wsgibench(
            "run", "waitress", "gunicorn", "--rate", "100/s", "--duration", "1s", "--blocks", "2", "--turns", "on",
            "--warmup", "100ms", "--pictures", "off", "--workers", workers,
            "--app", "hello:app", "--chdir", str(APPS), "--out", str(tmp_path / workers),
        )  # fmt: skip
        assert went_well(ended.code, ended.err)
        folders += map(str, (tmp_path / workers).glob("*/"))
    ended = run_wsgibench("compare", *folders, "--json", "--objective", "throughput", "--objective", "memory")
    if ended.code == 1 and re.search(r"No (trial|stack) .* count", ended.err):
        pytest.skip("the machine is too busy to measure")
    assert ended.code == 0, ended.err
    (other,) = msgspec.json.decode(ended.out, type=RunComparison).others
    assert [each.words for each in other.differences] == ["workers 1 -> 2"]
    for objective in other.objectives:
        compared = [each.stack for each in objective.stacks]
        assert sorted(compared + [each.stack for each in objective.uncompared]) == ["gunicorn", "waitress"]
    for each in other.objectives[1].stacks:
        if min(each.counted_before, each.counted_after) > 1:
            assert each.change.low < each.change.ratio < each.change.high
        if each.stack == "gunicorn":
            assert each.after > each.before
