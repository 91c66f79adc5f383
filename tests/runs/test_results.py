"""results.csv, as a spreadsheet reads it."""

import csv
import io

import pytest

from support.records import a_run, a_trial
from wsgibench.model.run import FinishedRun
from wsgibench.runs import results_csv


def rows(*trials):
    text = results_csv(FinishedRun(folder="x", run=a_run(), trials=trials)).decode()
    return [*csv.DictReader(io.StringIO(text, newline=""))]


def test_a_row_has_the_figures_in_the_units_of_its_header():
    (row,) = rows(a_trial(2, "nginx+uwsgi:w6"))
    assert (row["trial"], row["stack"], row["workers"], row["phase"]) == ("2", "nginx+uwsgi:w6", "6", "steady")
    assert float(row["mean_ms"]) == pytest.approx(4.0)
    assert (row["requests"], row["failures"]) == ("1000", "10")
    assert float(row["cpu_s_per_1000_requests"]) == pytest.approx(2.0)
    assert (row["counts"], row["gates_failed"]) == ("0", "errors")


def test_a_missing_figure_is_an_empty_cell_never_zero():
    (row,) = rows(a_trial())
    assert row["p99.9_ms"] == row["proxy_cpu_s"] == row["pss_bytes"] == ""


def test_a_failed_trial_has_a_row_without_figures():
    (row,) = rows(a_trial(status="failed", error="It did not start.", phases={}, gates=()))
    assert row["status"] == "failed"
    assert row["requests_per_s"] == row["mean_ms"] == row["phase"] == ""
