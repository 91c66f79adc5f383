"""Curves out of recordings, turns and samples, against figures known by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.small_run import START_S, latencies, turns
from wsgibench.model.monitor import Sample
from wsgibench.report.windows import Windows, machine_curves, recorded_curves, turn_curves, window_width_s


@given(st.floats(120, 1e6))
def test_a_line_has_about_60_to_120_points(span_s):
    """Whatever the length of a trial of two minutes or more."""
    assert 40 <= Windows(window_width_s(span_s), span_s).count <= 120


def test_the_article_has_120_points():
    """60 minutes in windows of 30 s."""
    assert window_width_s(3600) == 30


def test_curves_are_those_of_each_window():
    """Windows stand for themselves; a second without requests is a gap in latency and zero in requests."""
    recording = latencies([2, 4, 6], [], [10, 20], failures=[2])
    curves = recorded_curves(recording, Windows(1, 3.0), cumulative=False)
    np.testing.assert_allclose(curves["mean-response-time"].value, [4, np.nan, 15])
    np.testing.assert_allclose(curves["median-response-time"].value, [4, np.nan, 10], rtol=1e-3)
    np.testing.assert_allclose(curves["90-percent-response-time"].value, [6, np.nan, 20], rtol=1e-3)
    np.testing.assert_allclose(curves["requests"].value, [3, 0, 2])
    np.testing.assert_allclose(curves["failures"].value, [0, 0, 1])
    np.testing.assert_allclose(curves["requests"].time_s, [0.5, 1.5, 2.5])


def test_cumulative_curves_stand_for_all_since_the_start():
    """As the article drew them: at the end of each window, all until then."""
    recording = latencies([2, 4, 6], [], [10, 20], failures=[2])
    curves = recorded_curves(recording, Windows(1, 4.0), cumulative=True)
    np.testing.assert_allclose(curves["mean-response-time"].value[:3], [4, 4, 8.4])
    np.testing.assert_allclose(curves["requests"].value, [3, 3, 5, 5])
    np.testing.assert_allclose(curves["failures"].value, [0, 0, 1, 1])
    np.testing.assert_allclose(curves["requests"].time_s, [1, 2, 3, 4])


def test_a_server_that_died_has_zero_requests_and_no_latency():
    """Sending went on: nothing came back, and that is a figure; how long it took is not."""
    curves = recorded_curves(latencies([5] * 10), Windows(1, 3.0), cumulative=False)
    np.testing.assert_allclose(curves["requests"].value, [10, 0, 0])
    np.testing.assert_allclose(curves["mean-response-time"].value, [5, np.nan, np.nan])


def test_the_drain_is_left_out():
    """Answers after the end of sending are no window, and a last half window counts by its true length."""
    recording = latencies(*[[5] * 10] * 4, [5] * 6, [5])
    windows = Windows(2, 5.0)
    curves = recorded_curves(recording, windows, cumulative=False)
    assert windows.count == 3
    np.testing.assert_allclose(curves["requests"].value, [10, 10, 7])
    assert Windows(2, 4.9).count == 2


def test_turns_count_per_second_of_load():
    """A stack that has a fifth of the time is not a fifth as fast; where it had no turn is a gap."""
    its = turns("steady", 4, every_s=1.0, long_s=0.2, ok=50, failed=2)
    curves = turn_curves(its, START_S, Windows(2, 6.0), cumulative=False)
    np.testing.assert_allclose(curves["requests"].value, [250, 250, np.nan])
    np.testing.assert_allclose(curves["failures"].value, [10, 10, np.nan])
    totals = turn_curves(its, START_S, Windows(2, 4.0), cumulative=True)
    np.testing.assert_allclose(totals["requests"].value, [100, 200])


def test_what_the_monitor_did_not_see_is_a_gap():
    """Never zero; samples from before the load are left out."""
    seen = [(-1, 9.0, 2**33), (0, 1.0, 2**30), (1, 2.0, 3 * 2**30), (4, None, 2**31)]
    samples = [
        Sample(
            time_s=START_S + after_s,
            load_1min=load,
            load_5min=None,
            load_15min=None,
            memory_total_bytes=None,
            memory_free_bytes=free,
            cpu_busy_share=(),
            steal_share=None,
        )
        for after_s, load, free in seen
    ]
    curves = machine_curves(samples, START_S, Windows(2, 6.0))
    np.testing.assert_allclose(curves["load-average-1min"].value, [1.5, np.nan, np.nan])
    np.testing.assert_allclose(curves["free-memory"].value, [2, np.nan, 2])
    assert np.isnan(curves["load-average-5min"].value).all()


@pytest.mark.parametrize("span_s", [0.0, 0.2, 1.0])
def test_the_shortest_trial_has_a_point(span_s):
    """Less than a second is still one window, and no division by zero."""
    curves = recorded_curves(latencies([5, 5]), Windows(1, span_s), cumulative=False)
    assert curves["mean-response-time"].value == pytest.approx([5])
