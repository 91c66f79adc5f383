"""``--serve``: the report of a run that goes on, in a browser on this machine.

A child process serves it, on the engine's cores and only when nothing else wants them (SCHED_IDLE). In a thread of the
process that leads the experiment it would be shorter to write, but a page takes two seconds of Python to make, with the
interpreter's lock in its hands and on the cores of the stack, if it so happens. Measured on 2 cores
(benchmarks/live_page.py, three stacks, a page for each block): beside its load a trial then takes 23 % longer, with the
process 3 %; requests/s are the same within the noise. Response times near the 99th percentile can show either: that is
why pages are made between blocks, and why the record says who watched.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from wsgibench.cli.live.live_page import LivePage
from wsgibench.cli.live.messages import HOST
from wsgibench.cli.progress.board import Board
from wsgibench.processes.ports import listening_port
from wsgibench.runs.folder import RunFolder


def page_port(asked: int | None) -> int | None:
    """The port for the page, a free one for 0; None where none was asked for.

    Raises:
        UsageError: it cannot be used.
    """
    return None if asked is None else listening_port(HOST, asked, option="--serve").port


@contextmanager
def served(folder: RunFolder, board: Board, port: int | None) -> Iterator[Callable[[], None]]:
    """Serve the run's page there, if anywhere, and note its URL; yields what is to be called when the run is over.

    Raises:
        WsgibenchError: it cannot be served.
    """
    if port is None:
        yield lambda: None
        return
    with LivePage(folder, board, port) as live_page:
        board.note(f"Live page, on this machine alone: {live_page.url}")
        yield live_page.over
