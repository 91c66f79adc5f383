"""How a run goes: a live table on a terminal, plain lines elsewhere."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from wsgibench.bench.listener import Listener
from wsgibench.cli.progress.board import Board
from wsgibench.cli.progress.lines import Lines
from wsgibench.cli.progress.live_table import LiveTable


@contextmanager
def showing(board: Board) -> Iterator[Listener]:
    """Show the board as suits where progress goes: stderr; what is yielded keeps it up to date."""
    if sys.stderr.isatty() and can_draw(os.environ):
        with LiveTable(board, sys.stderr):
            yield board.hear
    else:
        yield Lines(board).hear


def can_draw(environment: Mapping[str, str]) -> bool:
    """Whether a terminal can be drawn on, and nobody asks for plain lines."""
    asked = environment.get("NO_COLOR") or environment.get("CI")
    return not asked and environment.get("TERM", "dumb") not in ("dumb", "unknown")
