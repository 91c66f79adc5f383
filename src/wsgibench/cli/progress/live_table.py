"""The board on a terminal: redrawn once a second, and at once after a resize."""

import contextlib
import signal
import threading
from types import FrameType
from typing import Self, TextIO

from wsgibench.cli.progress.board import Board
from wsgibench.cli.progress.screen import Screen
from wsgibench.cli.progress.snapshot import Snapshot
from wsgibench.cli.progress.table import last_notes, picture
from wsgibench.cli.terminal import printable

_INTERVAL_S = 1.0
_PATIENCE_S = 2.0
"""For a terminal that takes nothing (Ctrl-S): then it is left as it is."""


class LiveTable:
    """Draws in a thread of its own, so that no terminal, however slow, ever holds up the run.

    One drawing takes 0.2 ms of CPU, once a second, on whichever core is idle: nothing is pinned for it.
    """

    def __init__(self, board: Board, stream: TextIO) -> None:
        self._board = board
        self._screen = Screen(stream)
        self._wake = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._draw, name="live table", daemon=True)

    def __enter__(self) -> Self:
        self._before = {
            signal.SIGWINCH: signal.signal(signal.SIGWINCH, self._on_resize),
            signal.SIGTSTP: signal.signal(signal.SIGTSTP, self._on_suspend),
        }
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending = True
        self._wake.set()
        self._thread.join(_PATIENCE_S)
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _on_resize(self, _number: int, _frame: FrameType | None) -> None:
        self._wake.set()

    def _on_suspend(self, _number: int, _frame: FrameType | None) -> None:
        """Ctrl-Z: give the terminal back while we are stopped."""
        self._screen.leave()
        signal.raise_signal(signal.SIGSTOP)
        self._wake.set()

    def _draw(self) -> None:
        # A terminal that has gone is no reason to end the run.
        with contextlib.suppress(OSError, ValueError):
            while not self._ending:
                if (snapshot := self._board.snapshot()) is not None:
                    self._draw_once(snapshot)
                self._wake.wait(_INTERVAL_S)
                self._wake.clear()
            self._screen.leave()
            self._screen.print([printable(note) for note in self._board.notes])

    def _draw_once(self, snapshot: Snapshot) -> None:
        size = self._screen.size
        # The last cell stays free: terminals differ in what they do when it is filled.
        lines = picture(snapshot, columns=size.columns - 1, lines=size.lines)
        notes = last_notes(self._board.notes, columns=size.columns, lines=size.lines - len(lines))
        self._screen.draw(notes, lines, columns=size.columns)
