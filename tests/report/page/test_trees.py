"""What the processes of a stack cost, window by window."""

import numpy as np
import pytest

from wsgibench.model.monitor import Sample, TreeSample
from wsgibench.report.trees import tree_curves
from wsgibench.report.windows import Windows


def a_sample(time_s, **trees):
    return Sample(
        time_s=time_s,
        load_1min=None,
        load_5min=None,
        load_15min=None,
        memory_total_bytes=None,
        memory_free_bytes=None,
        cpu_busy_share=(),
        steal_share=None,
        trees={
            name.replace("__", "/"): TreeSample(
                cpu_s=cpu_s, rss_bytes=1, pss_bytes=pss, processes=1, threads=1, open_files=None, restarts=0
            )
            for name, (cpu_s, pss) in trees.items()
        },
    )


def test_a_counter_becomes_cores():
    """Half a core is half a core in every window, whenever the samples came."""
    samples = [a_sample(100 + second, server=(7 + second / 2, None)) for second in (-0.3, 0.9, 2.2, 3.1, 4.4)]
    windows = Windows(2, 4.0)
    curves = tree_curves(samples, "gunicorn", 100.0, windows, windows.lengths_s)
    assert curves["server-cpu"].value == pytest.approx([0.5, 0.5])
    assert set(curves) == {"server-cpu"}


def test_in_turns_cpu_is_spread_over_the_seconds_of_load():
    """A stack that is loaded a quarter of the time and then uses a core shows a core."""
    samples = [a_sample(second, gunicorn__server=(second / 4, None)) for second in range(9)]
    curves = tree_curves(samples, "gunicorn", 0.0, Windows(4, 8.0), np.array([1.0, 1.0]))
    assert curves["server-cpu"].value == pytest.approx([1.0, 1.0])
    assert not tree_curves(samples, "waitress", 0.0, Windows(4, 8.0), np.array([1.0, 1.0]))


def test_memory_is_that_of_server_and_proxy_where_both_were_read():
    """A sample without PSS of one of them says nothing."""
    samples = [
        a_sample(0.5, server=(0, 2**20), proxy=(0, 2**20)),
        a_sample(1.5, server=(0, 3 * 2**20), proxy=(0, None)),
        a_sample(2.5, server=(0, None), proxy=(0, None)),
    ]
    windows = Windows(1, 3.0)
    curves = tree_curves(samples, "nginx+gunicorn", 0.0, windows, windows.lengths_s)
    np.testing.assert_array_equal(curves["memory"].value, [2.0, np.nan, np.nan])


def test_beyond_the_samples_nothing_is_known():
    """A monitor that stopped leaves a gap, not a zero."""
    samples = [a_sample(second, server=(float(second), None)) for second in range(3)]
    windows = Windows(1, 5.0)
    curves = tree_curves(samples, "gunicorn", 0.0, windows, windows.lengths_s)
    np.testing.assert_array_equal(curves["server-cpu"].value, [1.0, 1.0, np.nan, np.nan, np.nan])
