"""The monitor that comes with wsgibench: the machine by psutil, process trees with the scheduler's own CPU clocks."""

from wsgibench.model.made_with import Layout
from wsgibench.model.monitor import Monitor
from wsgibench.monitors._layout import parse

_LAYOUT = Layout()

MONITOR = Monitor(
    summary="comes with wsgibench; the machine, and CPU, PSS, threads, open files of each process tree",
    program=None,
    distribution="psutil",
    argv=lambda python, _job, job_file: (python, "-P", "-m", "wsgibench.monitors._psutil", job_file),
    layout=_LAYOUT,
    parse=lambda data: parse(data, _LAYOUT),
)
