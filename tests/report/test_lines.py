"""Lines and panels."""

import numpy as np

from support.small_run import BROKEN, a_folder, add_trial, latencies, steady_latencies
from wsgibench.report.lines import Kind, median_curve
from wsgibench.report.pictures_data import pictures_of
from wsgibench.report.windows import Curve


def picture(folder, name, **how):
    return next(each for each in pictures_of(folder, **how) if each.name == name)


def test_the_median_over_blocks_skips_gaps():
    """Where one trial is shorter or has a gap, the others stand."""
    curves = [Curve(np.arange(n) + 0.5, np.array(v, float)) for n, v in ((3, [1, 2, 3]), (2, [3, np.nan]), (1, [8]))]
    np.testing.assert_allclose(median_curve(curves).value, [3, 2, 3])


def test_several_blocks_are_weak_lines_and_a_strong_median(tmp_path):
    """The strong line is the median of the trials that count alone."""
    folder = a_folder(tmp_path, ["gunicorn"], blocks=4)
    for block, ms in enumerate((4, 5, 9), start=1):
        add_trial(folder, block, "gunicorn", {"steady": steady_latencies(ms, 4)}, block=block)
    add_trial(folder, 4, "gunicorn", {"steady": steady_latencies(90, 4)}, block=4, gates=(BROKEN,))
    drawn = picture(folder, "mean-response-time")
    lines = drawn.panels[0].lines
    assert [line.kind for line in lines] == [Kind.UNCOUNTED, Kind.TRIAL, Kind.TRIAL, Kind.TRIAL, Kind.RESULT]
    assert [line.named for line in lines] == [False, False, False, False, True]
    np.testing.assert_allclose(lines[-1].curve.value, 5)
    assert "gunicorn (1 of 4: errors)" in " ".join(drawn.notes)


def test_a_stack_whose_trials_all_failed_gates_is_named_and_grey(tmp_path):
    """It is not hidden, and has no strong line."""
    folder = a_folder(tmp_path, ["gunicorn"])
    add_trial(folder, 1, "gunicorn", {"steady": steady_latencies(4, 4)}, gates=(BROKEN,))
    assert [(line.kind, line.named) for line in picture(folder, "requests").panels[0].lines] == [(Kind.UNCOUNTED, True)]


def test_each_number_of_workers_has_its_panel_and_one_picture_has_all(tmp_path):
    """6 and 60 workers: two panels against time, and one against workers."""
    folder = a_folder(tmp_path, ["gunicorn:w6", "gunicorn:w60"])
    add_trial(folder, 1, "gunicorn:w6", {"steady": steady_latencies(4, 4)})
    add_trial(folder, 2, "gunicorn:w60", {"steady": latencies([6], [8])})
    assert [panel.title for panel in picture(folder, "mean-response-time").panels] == ["6 workers", "60 workers"]
    (line,) = picture(folder, "mean-response-time-by-workers").panels[0].lines
    assert line.label == "gunicorn"
    np.testing.assert_allclose(line.curve.time_s, [6, 60])
    np.testing.assert_allclose(line.curve.value, [4, 7])


def test_circumstances_stand_above(tmp_path):
    """Load, workers, machine and data are on every picture."""
    store = "elasticsearch, 900,000 documents, 8,558 distinct texts"
    folder = a_folder(tmp_path, ["gunicorn"], store=store)
    for drawn in pictures_of(folder):
        above = " ".join(drawn.subtitle)
        for what in ("250 requests/s", "2 workers", "A processor, 2 cores, 16.0 GiB", "shop:app", store):
            assert what in above
