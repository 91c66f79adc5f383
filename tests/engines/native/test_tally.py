"""What is counted of a load is that load's alone."""

from time import monotonic

from wsgibench.engines._native.tally import Tally


def test_a_load_counts_what_takes_longer_than_the_limits_that_it_began_with() -> None:
    """The next one of the same phase has limits of its own, or none; what was recorded before stays."""
    tally, record = Tally(), monotonic() - 10
    counted = []
    for limits_s in ((0.1, 0.3), (0.2,), ()):
        tally.begin(limits_s)
        tally.record(record)
        for latency_s in (0.05, 0.15, 0.25):
            tally.on_response("ok", record + 1, record + 1 + latency_s)
        tally.flush(record + 2)
        counted.append(tally.slower)
    assert counted == [[2, 0], [1], []]
    assert tally.timed == 9
