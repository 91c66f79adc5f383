"""cmonitor (https://github.com/f18m/cmonitor), as in the article: the machine, no process trees.

It does not notice when stdin closes: whoever starts it must end it.
"""

from pathlib import Path

from wsgibench.model.made_with import Layout
from wsgibench.model.monitor import Monitor, MonitorJob
from wsgibench.monitors._layout import parse

# It writes the kB of /proc/meminfo, which are 1,024 bytes, as 1,000 (its system_memory.cpp). Its sample 0 counts since
# boot.
_LAYOUT = Layout(kib_bytes=1000, skip_first=True)


def _argv(_python: str, job: MonitorJob, _job_file: str) -> tuple[str, ...]:
    output = Path(job.output)
    return (
        "cmonitor_collector",
        "--foreground",  # else it forks away from who started it
        "--allow-multiple-instances",  # else it needs a pid file in /var/run
        f"--sampling-interval={job.interval_s:g}",
        "--num-samples=0",  # until it is told to end
        "--collect=all_baremetal",
        f"--output-directory={output.parent}",
        f"--output-filename={output.name}",
    )


MONITOR = Monitor(
    summary="cmonitor_collector, when it is on PATH; the machine alone",
    program="cmonitor_collector",
    argv=_argv,
    layout=_LAYOUT,
    parse=lambda data: parse(data, _LAYOUT),
)
