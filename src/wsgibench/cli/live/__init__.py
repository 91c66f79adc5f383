"""``--serve``: the report of a run that goes on, in a browser on this machine.

A child process serves it, on the engine's cores and only when nothing else wants them (SCHED_IDLE). In a thread of the
process that leads the experiment it would be cheaper to write, but a page takes a second or two of Python to make:
with the interpreter's lock in its hands it would hold up the turns, and could do so on the cores of the stack.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from wsgibench.cli.live.messages import HOST
from wsgibench.cli.live.viewing import Viewing
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
    with Viewing(folder, board, port) as viewing:
        board.note(f"Live page, on this machine alone: {viewing.url}")
        yield viewing.over
