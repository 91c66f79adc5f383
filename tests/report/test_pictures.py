"""The pictures of a run, as files."""

import subprocess
import sys

import pytest

from support.small_run import START_S, a_folder, add_trial, latencies, steady_latencies, turns
from wsgibench.analysis.audit import audit
from wsgibench.analysis.verdict import verdict_of
from wsgibench.report.charts import spec_of
from wsgibench.report.page import page_of
from wsgibench.report.pictures import draw
from wsgibench.report.pictures_data import pictures_of
from wsgibench.report.reading import read_phases
from wsgibench.report.summary import summarize
from wsgibench.report.theme import LIGHT

NAMES = (
    "load-average-1min",
    "load-average-5min",
    "free-memory",
    "failures",
    "requests",
    "median-response-time",
    "mean-response-time",
    "90-percent-response-time",
)
SAMPLES = [(second, 1.0, 2**33) for second in range(5)]


def files(names):
    return {f"{name}-{theme}.{kind}" for name in names for theme in ("light", "dark") for kind in ("png", "svg")}


def specs(pictures):
    """By name, what Vega draws: whatever is in the picture is in it."""
    return {picture.name: spec_of(picture, LIGHT) for picture in pictures}


def test_every_picture_is_there_in_both_themes_and_forms(tmp_path):
    """Names are stable, PNGs are PNGs, and they are 1,600 pixels wide or a little less."""
    folder = a_folder(tmp_path, ["gunicorn", "nginx+uwsgi"])
    for number, stack in enumerate(("gunicorn", "nginx+uwsgi"), start=1):
        add_trial(folder, number, stack, {"steady": steady_latencies(4, 4)}, samples=SAMPLES)
    paths = draw(folder)
    assert {path.name for path in paths} == files(NAMES)
    for path in paths:
        if path.suffix == ".png":
            data = path.read_bytes()
            assert data.startswith(b"\x89PNG")
            assert 1360 <= int.from_bytes(data[16:20]) <= 1602


def test_phases_and_cumulative_pictures_have_names_of_their_own(tmp_path):
    """A run in turns has a set for each phase; cumulative pictures do not take the place of the others."""
    phases = ("steady", "saturated")
    folder = a_folder(tmp_path, ["gunicorn"], phases=phases, turn_s=0.2)
    recordings = {phase: steady_latencies(4, 8) for phase in phases}
    its = turns("steady", 8, every_s=1.0) + turns("saturated", 8, every_s=1.0)
    add_trial(folder, 1, "gunicorn", recordings, duration_s=1.6, turns=its, samples=SAMPLES)
    ordinary = {picture.name for picture in pictures_of(folder)}
    assert ordinary == {f"{name}-{phase}" for name in NAMES for phase in phases}
    cumulative = {picture.name for picture in pictures_of(folder, cumulative=True)}
    assert {"mean-response-time-steady-cumulative", "load-average-1min-saturated"} < cumulative
    assert ordinary & cumulative == {picture for picture in ordinary if picture.startswith(("load", "free"))}


@pytest.mark.parametrize("cumulative", [pytest.param(False, marks=pytest.mark.long), True])
def test_what_was_read_once_serves_page_and_pictures(tmp_path, cumulative):
    """Both are the same as when each reads the recordings, which are not there any more."""
    folder = a_folder(tmp_path, ["gunicorn"], phases=("steady", "saturated"))
    recordings = {"steady": steady_latencies(4, 300, 2), "saturated": latencies([6], [8])}
    trial = add_trial(folder, 1, "gunicorn", recordings, samples=SAMPLES)
    verdict, rows = verdict_of(folder), summarize(folder)
    page = page_of(folder, verdict, rows)
    pictures = specs(pictures_of(folder, cumulative=cumulative))
    audited = audit(folder)
    phases = read_phases(folder, audited.run, samples=audited.samples, cumulative=cumulative)
    for name in recordings:
        (folder.trial(trial).path / f"{name}.npz").unlink()
    assert page_of(folder, verdict, rows, phases, audited=audited) == page
    assert specs(pictures_of(folder, phases, run=audited.run, cumulative=cumulative)) == pictures


def nothing(folder):
    """No trial has ended."""


def all_failed(folder):
    """No trial has figures."""
    add_trial(folder, 1, "gunicorn", {}, status="failed", error="It did not start.")


def one_second(folder):
    """One trial, one point, no samples."""
    add_trial(folder, 1, "gunicorn", {"steady": steady_latencies(4, 1)})


def no_answer(folder):
    """A recording without anything in it."""
    add_trial(folder, 1, "gunicorn", {"steady": steady_latencies(4, 0)}, duration_s=4.0, samples=[(9, None, 0)])


def damaged(folder):
    """A recording and samples that are no longer readable."""
    trial = add_trial(folder, 1, "gunicorn", {"steady": steady_latencies(4, 4)}, samples=SAMPLES)
    (folder.trial(trial).path / "steady.npz").write_bytes(b"PK")
    folder.trial(trial).monitor.write_bytes(b'{"header": 0V, "samples": [{"a')


SAID = {
    nothing: "No trial of this run has ended yet.",
    all_failed: "It did not start",
    one_second: "The monitor saw nothing of trial 0001-gunicorn.",
    no_answer: "Mean response time",
    damaged: "steady.npz",
}


@pytest.mark.parametrize("make", SAID, ids=lambda make: make.__name__)
def test_whatever_is_missing_is_said(tmp_path, make):
    """Every picture is made, and somewhere it says what is missing."""
    folder = a_folder(tmp_path, ["gunicorn"])
    make(folder)
    paths = draw(folder)
    assert {path.name for path in paths} == files(NAMES)
    assert any(SAID[make] in path.read_text() for path in paths if path.suffix == ".svg")


def test_an_unknown_monitor_is_said(tmp_path):
    """A folder from a machine with another monitor is still drawn."""
    folder = a_folder(tmp_path, ["gunicorn"], monitor="elsewhere")
    add_trial(folder, 1, "gunicorn", {"steady": steady_latencies(4, 4)}, samples=SAMPLES)
    draw(folder)
    assert "The monitor 'elsewhere' is not installed here" in (folder.path / "free-memory-light.svg").read_text()


def test_nothing_is_imported_before_a_picture_is_made():
    """The command line stays quick: altair and vl-convert wait until they are needed."""
    code = "import sys, wsgibench.report.pictures; print({'altair', 'vl_convert'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"


def test_time_is_since_the_measured_load(tmp_path):
    """Not since the epoch, and not since the trial was started."""
    folder = a_folder(tmp_path, ["gunicorn"])
    add_trial(folder, 1, "gunicorn", {"steady": steady_latencies(4, 4)}, samples=SAMPLES)
    draw(folder)
    svg = (folder.path / "requests-light.svg").read_text()
    assert "seconds since the start of the measured load" in svg
    assert str(int(START_S)) not in svg
