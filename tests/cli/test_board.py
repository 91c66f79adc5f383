"""What is known of a run while it goes on, and how it is put into lines."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from support.curves import a_run_of_capacities
from support.records import a_learned, a_run, a_trial
from wsgibench.analysis.audit import audit
from wsgibench.bench.listener import RunBegan
from wsgibench.cli.progress import can_draw
from wsgibench.cli.progress.board import Board
from wsgibench.cli.progress.lines import Lines
from wsgibench.cli.progress.remaining import Remaining
from wsgibench.cli.progress.sentences import Reasons
from wsgibench.cli.progress.snapshot import Row, Snapshot, SoFar
from wsgibench.cli.progress.table import last_notes, picture
from wsgibench.model.cores import Cores
from wsgibench.model.engine import LoadDone, Progress
from wsgibench.model.stack import parse_stack
from wsgibench.model.trial import GateResult, Trial

FAILED = GateResult(
    name="errors", passed=False, figure=0.5, threshold=0.1, unit="share", cause="Half\x1b[2J\nfailed.", advice=""
)
STYLES = re.compile(r"\x1b\[\d*m")
FIGURES = st.none() | st.floats(1e-6, 1e6)
SO_FAR = st.builds(SoFar, requests_per_s=FIGURES, p50_s=FIGURES, p99_s=FIGURES)
LABELS = st.from_regex(r"[a-z]{1,9}(\+[a-z-]{1,25})?(:w[0-9]{1,4})?", fullmatch=True)


@st.composite
def snapshots(draw):
    phases = tuple(draw(st.lists(st.sampled_from(("users", "steady", "saturated")), min_size=1, unique=True)))
    rows = tuple(
        Row(
            stack=label,
            done=draw(st.integers(0, 999)),
            counted=draw(st.integers(0, 999)),
            now=draw(st.text(max_size=30).filter(str.isprintable)),
            at_hand=draw(st.booleans()),
            phases={phase: draw(SO_FAR) for phase in phases},
        )
        for label in draw(st.lists(LABELS, min_size=1, max_size=30, unique=True))
    )
    return Snapshot(
        block=draw(st.integers(0, 99)),
        blocks=99,
        ended=draw(st.integers(0, 9999)),
        trials=9999,
        elapsed_s=draw(st.floats(0, 1e5)),
        left_s=draw(st.floats(0, 1e5)),
        under_load=draw(st.booleans()),
        doing=draw(st.text(max_size=60).filter(str.isprintable)),
        settled="after block 4: 15 of 21 pairs settled",
        phases=phases,
        rows=rows,
    )


@given(snapshots(), st.integers(1, 300), st.integers(1, 60))
def test_the_picture_fits_any_terminal(snapshot: Snapshot, columns: int, lines: int) -> None:
    """No line is wider, there are never more lines, and stacks that are left out are counted."""
    drawn = [STYLES.sub("", line) for line in picture(snapshot, columns=columns, lines=lines)]
    assert len(drawn) <= lines
    assert all(cell_len(line) <= columns for line in drawn)
    if lines >= len(snapshot.rows) + 4:
        assert len(drawn) >= len(snapshot.rows) + 3
    elif lines > 6 and columns > 15:
        left_out = len(snapshot.rows) - (lines - 3 - (len(snapshot.phases) > 1)) + 1
        assert drawn[-1] == f"  and {left_out} more"


@given(st.lists(st.text("abc é日本-/ ", max_size=200)), st.integers(2, 100), st.integers(0, 40))
def test_the_last_notes_are_whole(notes: list[str], columns: int, lines: int) -> None:
    """As many of the last as fit, none cut."""
    shown = last_notes(notes, columns=columns, lines=lines)
    assert sum(map(len, shown)) <= lines
    assert ["".join(rows) for rows in shown] == notes[len(notes) - len(shown) :]


def test_what_was_looked_at_first_makes_no_trial_longer() -> None:
    """Of a run whose plan was changed after 100 s, trials of 5 s: four that are left take 20 s, within the budget."""
    now = 0.0
    plan = a_run().plan
    first = Remaining(plan, 9, clock=lambda: now)
    now = 100.0
    found = Remaining(plan, 5, began=first, clock=lambda: now)
    now = 105.0
    found.end()
    assert found.seconds() == 20.0
    assert found.elapsed_s == 105.0
    now = 107.0
    assert found.seconds() == 18.0
    budget = msgspec.structs.replace(plan, budget_s=110.0)
    assert Remaining(budget, 5, began=first, clock=lambda: now).seconds() == 3.0


def begun(*finished, **plan):
    board = Board()
    board.begin_run(a_run(**plan).plan, folder="runs/x", trials=6, finished=finished)
    return board


def row_of(board: Board, stack: str) -> Row:
    [row] = [row for row in board.snapshot().rows if row.stack == stack]
    return row


def test_figures_so_far_are_the_geometric_mean_of_the_trials_that_count() -> None:
    """Ratios are what stacks are compared by; a trial that does not count changes no figure, and is explained."""
    board = begun(a_trial(gates=()))
    once = row_of(board, "gunicorn").phases["steady"]
    assert once == SoFar(requests_per_s=pytest.approx(495), p50_s=pytest.approx(0.003), p99_s=pytest.approx(0.01))
    board.end_trial(a_trial(3, block=2, gates=(FAILED,)))
    row = row_of(board, "gunicorn")
    assert row.phases["steady"] == once
    assert (row.counted, row.done) == (1, 2)
    assert board.notes == ("runs/x", "gunicorn (block 2) does not count: Half [2J failed.")
    assert row_of(board, "nginx+uwsgi:w6").phases["steady"] == SoFar()


def test_a_capacity_so_far_that_is_but_a_bound_says_so(tmp_path: Path) -> None:
    """In few letters, where the others have a figure alone."""
    folder = a_run_of_capacities(tmp_path, {"granian": (300, 300), "gunicorn": (45, 45)})
    run, board = audit(folder).run, Board()
    board.begin_run(run.run.plan, folder="runs/x", trials=4, finished=run.trials)
    assert row_of(board, "granian").phases["curve"].bound == "at least"
    assert row_of(board, "gunicorn").phases["curve"].bound == ""
    drawn = picture(board.snapshot(), columns=80, lines=24)
    [line] = [line for line in drawn if "granian" in line]
    assert ">=110.0" in line


def test_a_trial_is_read_by_the_plan_that_it_was_made_by(tmp_path: Path) -> None:
    """An engine that was given a core of its own may take more than of cores that it shares."""
    apart = Cores(stack=(0,), engine=(1,))
    busy = {"engine_cpu_s": dict.fromkeys((80, 90, 100, 110), 1.0)}
    folder = a_run_of_capacities(tmp_path, {"gunicorn": (85, 85)}, cores=apart, of_trials={"gunicorn": busy})
    run, board = audit(folder).run, Board()
    together = msgspec.structs.replace(run.run.plan, cores=Cores(stack=(0, 1), engine=(0, 1)))
    board.begin_run(together, folder="runs/x", trials=2, finished=())
    assert "beyond it the load engine took more than it may" in board.bears(run.trials[0])
    board.adapt(run.run.plan, [a_learned(stack="gunicorn")], trials=2)
    assert board.bears(run.trials[0]).endswith("then p99 < 100ms breaks")


def test_before_a_trial_has_ended_its_turns_tell() -> None:
    """Requests/s over all turns that were recorded; warm-up is shown and not counted."""
    board = begun()
    gunicorn = parse_stack("gunicorn")
    board.begin_trial(gunicorn, block=1)
    for phase, good in (("steady-warm-up", 900), ("steady", 20), ("steady", 40)):
        board.begin_turn(gunicorn, phase="steady", number=1, rounds=2)
        board.end_turn(
            LoadDone(
                target="gunicorn",
                phase=phase,
                start_s=0,
                duration_s=0.2,
                drain_s=0,
                outcomes={"ok": good},
                cpu_s=0,
            )
        )
    row = row_of(board, "gunicorn")
    assert row.phases["steady"].requests_per_s == pytest.approx(150)
    assert row.phases["steady"].p50_s is None
    assert row.now == "200/s"
    assert row.at_hand
    assert board.snapshot().doing == "steady: round 1 of 2"


def test_a_long_load_is_told_second_by_second() -> None:
    """Where no turn ends, the engine's own reports tell."""
    board = begun()
    board.begin_trial(parse_stack("gunicorn"), block=1)
    for measuring in (False, True):
        board.progress(
            Progress(
                target="gunicorn",
                phase="steady",
                measuring=measuring,
                users=40,
                requests=20,
                failures=5,
                mean_latency_s=0.0031,
            )
        )
    row = row_of(board, "gunicorn")
    assert row.now == "40 users, 20/s, 3.1 ms, 5 failed"
    assert row.phases["steady"].requests_per_s is not None
    assert board.snapshot().doing == "steady"


@pytest.mark.parametrize(
    ("environment", "draws"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "CI": "true"}, False),
        ({"TERM": "dumb"}, False),
        ({}, False),
    ],
)
def test_who_asks_for_plain_lines_gets_them(environment: dict[str, str], draws: bool) -> None:  # noqa: FBT001
    """NO_COLOR as https://no-color.org defines it: set, and not empty."""
    assert can_draw(environment) is draws


def test_the_same_cause_is_told_in_full_once_for_each_stack() -> None:
    """Whatever its figures are; another stack, and another status, are told by themselves."""

    def failed(block: int, stack: str, cause: str) -> Trial:
        gate = GateResult(name="errors", passed=False, figure=None, threshold=None, unit="", cause=cause, phase="p")
        return a_trial(block, stack, block=block, gates=(gate,))

    reasons = Reasons()
    told = [
        reasons.of(failed(1, "gunicorn", "8 of 10 requests failed: 429 x 8.")),
        reasons.of(failed(2, "gunicorn", "7 of 11 requests failed: 429 x 7.")),
        reasons.of(failed(2, "waitress", "7 of 11 requests failed: 429 x 7.")),
        reasons.of(failed(3, "gunicorn", "7 of 11 requests failed: 502 x 7.")),
    ]
    assert told == [
        ["gunicorn (block 1) does not count: 8 of 10 requests failed: 429 x 8."],
        ["gunicorn (block 2) does not count: errors, as in block 1."],
        ["waitress (block 2) does not count: 7 of 11 requests failed: 429 x 7."],
        ["gunicorn (block 3) does not count: 7 of 11 requests failed: 502 x 7."],
    ]


def test_what_is_the_machines_fault_is_told_in_full_once_for_all_stacks() -> None:
    def failed(block: int, stack: str, cause: str) -> Trial:
        gate = GateResult(name="other-processes", passed=False, figure=None, threshold=None, unit="", cause=cause)
        return a_trial(block, stack, block=block, gates=(gate,))

    reasons = Reasons()
    told = [
        reasons.of(failed(1, "gunicorn", "Other processes used 31% of the stack's cores.")),
        reasons.of(failed(1, "waitress", "Other processes used 28% of the stack's cores.")),
        reasons.of(failed(2, "waitress", "Other processes used 33% of the stack's cores.")),
    ]
    assert told == [
        ["gunicorn (block 1) does not count: Other processes used 31% of the stack's cores."],
        ["waitress (block 1) does not count: other-processes, as of gunicorn."],
        ["waitress (block 2) does not count: other-processes, as in block 1."],
    ]


def test_plain_lines_say_which_trial_of_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    lines, run = Lines(Board()), a_run()
    lines.hear(RunBegan(plan=run.plan, folder="runs/x", trials=8))
    lines.hear(a_trial(3, "gunicorn", gates=(FAILED,)))
    assert "\ntrial 3 of 8: gunicorn (block 1) does not count: Half" in capsys.readouterr().err


def test_after_another_plan_all_is_left_to_do() -> None:
    """Trials of the first block may be given up for one after another: they are not done any more."""
    board, run = Board(), a_run()
    board.begin_run(run.plan, folder="runs/x", trials=6, finished=())
    board.end_trial(a_trial(1, "gunicorn"))
    board.adapt(run.plan, (), trials=4)
    snapshot = board.snapshot()
    assert snapshot is not None
    assert (snapshot.ended, snapshot.trials) == (0, 4)
    assert {row.done for row in snapshot.rows} == {0}
