"""Monitors: one adapter a file, each binding ``MONITOR``. An adapter returns data and touches no process."""

from wsgibench.model.made_with import Layout
from wsgibench.model.monitor import Monitor, Sample
from wsgibench.monitors._cpu import TreeCpu
from wsgibench.monitors._layout import parse
from wsgibench.monitors._others import OtherCpu
from wsgibench.monitors._py_spy import PROGRAM as PY_SPY
from wsgibench.monitors._py_spy import SAMPLED_S, asking_argv, calls_in, sampling_argv, sampling_of, why_not
from wsgibench.registry import Registry

MONITORS = Registry("wsgibench.monitors", "monitor", "MONITOR", Monitor)

__all__ = [
    "MONITORS",
    "PY_SPY",
    "SAMPLED_S",
    "OtherCpu",
    "TreeCpu",
    "asking_argv",
    "calls_in",
    "samples_in",
    "sampling_argv",
    "sampling_of",
    "why_not",
]


def samples_in(data: bytes, *, monitor: str, layout: Layout | None) -> tuple[list[Sample], list[str]]:
    """The samples in what a monitor wrote, and a warning for each thing that had to be tolerated.

    With ``layout`` nothing of the monitor is needed; else its adapter.

    Raises:
        UnknownNameError: it has a layout of its own, and is not here.
    """
    return parse(data, layout) if layout else MONITORS.get(monitor).parse(data)
