"""What a monitor adapter is, and what it saw."""

from collections.abc import Callable
from dataclasses import dataclass

from wsgibench.model.made_with import Layout
from wsgibench.model.record import Record


class MonitorJob(Record, frozen=True, kw_only=True):
    """What to watch.

    Attributes:
        output: the file that the monitor writes, in cmonitor's JSON layout.
        trees: process ids by name (``server``, ``proxy``, ``engine``; ``nginx+uwsgi/server`` where stacks take turns);
            each stands for itself and all that it starts, also what leaves it.
        with_workers: those whose root starts workers, of which is said how many were replaced.
        cores: pinned to these; empty leaves it to the system.
    """

    output: str
    interval_s: float
    trees: dict[str, tuple[int, ...]] = {}
    with_workers: tuple[str, ...] = ()
    cores: tuple[int, ...] = ()


class TreeSample(Record, frozen=True, kw_only=True):
    """A process tree at one moment. ``cpu_s`` counts from its start and includes what has ended.

    ``restarts`` are workers that others took the place of. ``pss_bytes`` and ``open_files`` are None where they may not
    be read. ``context_switches`` counts from the start, of threads that lived to be seen; None where nobody looked.
    """

    cpu_s: float
    rss_bytes: int
    pss_bytes: int | None
    processes: int
    threads: int
    open_files: int | None
    restarts: int
    context_switches: int | None = None


class Sample(Record, frozen=True, kw_only=True):
    """The machine at one moment. Shares are of one core; ``time_s`` is since the epoch.

    Attributes:
        cpu_busy_share: by core, all but idle and iowait; steal included.
        steal_share: mean over the cores.
        context_switches_per_s: None where the monitor does not say.
        trees: empty where the monitor knows no trees.
    """

    time_s: float
    load_1min: float | None
    load_5min: float | None
    load_15min: float | None
    memory_total_bytes: int | None
    memory_free_bytes: int | None
    cpu_busy_share: tuple[float, ...]
    steal_share: float | None
    context_switches_per_s: float | None = None
    trees: dict[str, TreeSample] = {}


@dataclass(frozen=True, kw_only=True)
class Monitor:
    """Data about a monitor, and how it is started and read.

    It runs as a child process until SIGTERM or until stdin closes, and writes ``job.output`` as it goes.

    Attributes:
        program: binary on PATH that it needs; None for one that comes with wsgibench.
        layout: how the file is read where the monitor is not here; None where it has a layout of its own.
        distribution: what does the reading of one that comes with wsgibench, as the package index calls it.
        argv: from the interpreter, the job, and the path of the job file to the argument list.
        parse: samples in the bytes of the output file, and a warning for each thing that had to be tolerated. The file
            may end anywhere.
    """

    summary: str
    program: str | None
    argv: Callable[[str, MonitorJob, str], tuple[str, ...]]
    parse: Callable[[bytes], tuple[list[Sample], list[str]]]
    distribution: str | None = None
    layout: Layout | None = None
    stop_signal: str = "TERM"
