"""A run's tables on the terminal."""

import dataclasses

import msgspec
import pytest

from support.command import run_wsgibench
from support.made_up_runs import made_up
from support.sampled import a_sampling, samplings
from support.terminal import Terminal
from wsgibench.analysis.audit import audit
from wsgibench.model.recording import OUTCOMES, SecondCounts
from wsgibench.model.variant import Variant

RATES = {"gunicorn": 2000, "nginx+uwsgi-http": 3000}


def above_the_ranking(out: str) -> str:
    return out.partition("Most requests/s")[0]


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("columns", [40, 46, 60, 100])
def test_no_word_and_no_figure_is_broken(tmp_path, columns):
    """A narrow terminal shows fewer columns, and sentences in more lines; what it shows, it shows whole."""
    folder = str(made_up(tmp_path, RATES, broken=[("gunicorn", 2)]).path)
    wide = above_the_ranking(run_wsgibench("report", folder, "--pictures", "off").out)
    size = {"COLUMNS": str(columns), "LINES": "150"}
    with Terminal("report", folder, "--pictures", "off", columns=columns, lines=150, env=size) as terminal:
        assert terminal.wait() == 0
        narrow = above_the_ranking("\n".join(terminal.display))
    assert set(narrow.split()) <= set(wide.split())
    assert all(narrow.count(f"{stack} ") >= 2 for stack in RATES)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_what_is_set_in_stays_so_where_it_takes_several_lines(tmp_path):
    """Where work goes, and which functions take more: the names of figures and functions are long."""
    variants = Variant(name="old"), Variant(name="new")
    folder = made_up(tmp_path, {"gunicorn@old": 3000, "gunicorn@new": 2000}, blocks=3, variants=variants)
    old, new = (
        a_sampling(f"gunicorn@{name}", {"app/price of everything.<locals>.<genexpr>": (count,) * 4})
        for name, count in (("old", 100), ("new", 300))
    )
    folder.write_samplings(samplings(old, new))
    size = {"COLUMNS": "50", "LINES": "150"}
    with Terminal("report", str(folder.path), "--pictures", "off", columns=50, lines=150, env=size) as terminal:
        assert terminal.wait() == 0
        shown = "\n".join(line.rstrip() for line in terminal.display)
    tables = shown.partition("\nWhere it goes\n")[2].partition("\nMicroseconds of a")[0].split("\n")
    said = [line for line in tables if line and not line.startswith("  ")]
    assert said == ["Medians of trials, without intervals: where to", "look, not what is sure.", TITLE]
    assert sum("genexpr" in line for line in tables) == 1


TITLE = "What takes more or less time, by py-spy"


def test_the_same_fault_of_a_stack_is_told_once(tmp_path):
    """With how many later trials have it, too; another stack's stands by itself."""
    broken = [("gunicorn", block) for block in (1, 2, 4)] + [("nginx+uwsgi-http", 6)]
    folder = made_up(tmp_path, RATES, broken=broken)
    out = above_the_ranking(run_wsgibench("report", str(folder.path), "--pictures", "off").out)
    assert out.endswith(
        "\n4 of 12 trials do not count:\n"
        "  0001-gunicorn and 2 later ones: Half failed.\n"
        "  0012-nginx+uwsgi-http: Half failed.\n\n"
    )


def test_a_stack_that_drops_out_is_named_last_and_in_the_exit_code(tmp_path):
    """Whoever reads the last lines, or nothing but the code, learns that one of the stacks has no figures."""
    folder = made_up(tmp_path, RATES, broken=[("gunicorn", block) for block in range(1, 7)])
    ended = run_wsgibench("resume", str(folder.path), "--pictures", "off")
    assert ended.code == 1
    assert ended.err.endswith("wsgibench: gunicorn dropped out: no trial of it counts.\ngunicorn: Half failed.\n")
    whole = made_up(tmp_path / "whole", RATES, broken=[("gunicorn", 2)])
    assert run_wsgibench("resume", str(whole.path), "--pictures", "off").code == 0


def test_a_trial_at_odds_with_its_recordings_is_told_before_the_tables(tmp_path):
    """What the run said of it as it went on no longer holds."""
    folder = made_up(tmp_path, RATES)
    first = folder.read().trials[0]
    steady = msgspec.structs.replace(first.phases["steady"], p50_s=1e-6)
    folder.trial(first).write(msgspec.structs.replace(first, phases=first.phases | {"steady": steady}))
    ended = run_wsgibench("resume", str(folder.path), "--pictures", "off")
    told = "gunicorn (block 1) does not count: Its record does not agree with what was recorded: "
    assert told in ended.err
    assert "copy the folder again" in ended.err
    [gate, *_] = audit(folder, since_s=first.times.started_s).run.trials[0].gates
    assert gate.advice.startswith("It was measured just now")


def test_where_too_few_trials_count_to_rank_any_stack_the_exit_code_says_so(tmp_path):
    """Each has one that counts, which is no figure with an interval."""
    folder = made_up(tmp_path, RATES, broken=[(stack, block) for stack in RATES for block in range(2, 7)])
    ended = run_wsgibench("resume", str(folder.path), "--pictures", "off")
    assert ended.code == 1
    assert f"wsgibench: Too few trials count to rank any stack: {len(RATES)} of {6 * len(RATES)}.\n" in ended.err


def test_failures_are_named_below_each_table(tmp_path):
    folder = made_up(tmp_path, RATES)
    trial = folder.read().trials[0]
    place, outcomes = folder.trial(trial), {"ok": trial.phases["steady"].outcomes["ok"], "bad_status": 815, "reset": 1}
    statuses = {429: 812, 502: 3}
    for phase in trial.phases:
        recording = dataclasses.replace(
            place.recording(phase),
            outcomes=SecondCounts.gather([0] * 3, [OUTCOMES.index(name) for name in outcomes], [*outcomes.values()]),
            statuses=SecondCounts.gather([0] * 2, [*statuses], [*statuses.values()]),
        )
        place.write_recording(phase, recording)
    phases = {
        name: msgspec.structs.replace(figures, outcomes=outcomes, statuses=statuses)
        for name, figures in trial.phases.items()
    }
    place.write(msgspec.structs.replace(trial, phases=phases))
    out = run_wsgibench("report", str(folder.path), "--pictures", "off").out
    assert f"{trial.stack.label} failed: 429 x 812, " in out
    assert "502 x 3, connection reset x 1" in out
