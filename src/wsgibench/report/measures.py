"""What is drawn against time: the article's figures, and what each part costs."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A figure that changes with time.

    Attributes:
        name: part of the file name, and the key of its curve.
        title: what is seen.
        unit: beside the axis.
        of_machine: seen by the monitor, not by the engine.
        total: what ``unit`` becomes where all since the start is counted; None where figures of windows and of the
            whole have the same unit.
        spans_magnitudes: stacks may lie so far apart that a logarithmic axis is needed.
        percentile: the share of the requests that it is the percentile of; None of other figures.
    """

    name: str
    title: str
    unit: str
    of_machine: bool = False
    total: str | None = None
    spans_magnitudes: bool = False
    percentile: float | None = None


MEAN = Measure(name="mean-response-time", title="Mean response time", unit="ms", spans_magnitudes=True)

MEASURES = (
    Measure(name="load-average-1min", title="Load average over 1 minute", unit="processes", of_machine=True),
    Measure(name="load-average-5min", title="Load average over 5 minutes", unit="processes", of_machine=True),
    Measure(name="free-memory", title="Free memory", unit="GiB", of_machine=True),
    Measure(name="failures", title="Failures", unit="failures/s", total="failures"),
    Measure(name="requests", title="Requests that ended well", unit="requests/s", total="requests"),
    Measure(
        name="median-response-time", title="Median response time", unit="ms", spans_magnitudes=True, percentile=0.5
    ),
    MEAN,
    Measure(
        name="90-percent-response-time", title="90 % response time", unit="ms", spans_magnitudes=True, percentile=0.9
    ),
)

COSTS = (
    Measure(name="server-cpu", title="CPU of the server", unit="cores"),
    Measure(name="proxy-cpu", title="CPU of the proxy", unit="cores"),
    Measure(name="engine-cpu", title="CPU of the load engine", unit="cores"),
    Measure(name="memory", title="Memory of server and proxy (PSS)", unit="MiB"),
)
"""Only in the page, where there is room for them."""
