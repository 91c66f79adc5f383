"""How a run goes: a live table on a terminal, plain lines elsewhere."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from wsgibench.bench.listener import Listener
from wsgibench.cli.progress.board import Board
from wsgibench.cli.progress.lines import Lines
from wsgibench.cli.progress.live_table import LiveTable


@contextmanager
def showing(board: Board) -> Iterator[Listener]:
    """Show the board as suits where progress goes: stderr; what is yielded keeps it up to date."""
    if _can_draw():
        with LiveTable(board, sys.stderr):
            yield board
    else:
        yield Lines(board)


def _can_draw() -> bool:
    """Whether stderr is a terminal that can be drawn on, and nobody asked for plain lines."""
    asked = os.environ.get("NO_COLOR") or os.environ.get("CI")
    return sys.stderr.isatty() and not asked and os.environ.get("TERM", "dumb") not in ("dumb", "unknown")
