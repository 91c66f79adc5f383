"""A terminal's screen, drawn again and again."""

import os
import threading
from collections.abc import Sequence
from typing import TextIO

from rich.cells import cell_len

_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[H\x1b[J\x1b[?25h\x1b[?1049l"
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"
"""A terminal that knows synchronised output shows what is between them at once; others ignore it."""
_HOME, _CLEAR_LINE, _CLEAR_BELOW = "\x1b[H", "\x1b[K", "\x1b[J"
_WRAP, _NO_WRAP = "\x1b[?7h", "\x1b[?7l"


class Screen:
    """The alternate screen, from the first drawing until it is left; then the terminal is as it was before.

    Drawing in place on the ordinary screen was tried: when it gets narrower, terminals break the lines that are there
    anew and push some of them up, out of reach, and pieces of old tables stay above the new one. Nothing of the kind
    happens to the alternate screen.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._entered = False
        self._writing = threading.Lock()

    @property
    def size(self) -> os.terminal_size:
        """Columns and lines, as they are now."""
        return os.get_terminal_size(self._stream.fileno())

    def draw(self, notes: Sequence[Sequence[str]], lines: Sequence[str], *, columns: int) -> None:
        """Show notes, and lines below them, over what was there; in one piece, so that nothing flickers.

        Notes come in rows, all but the last ``columns`` wide. They are written without a line break between: so the
        terminal knows that they belong together, and a command in them can be copied whole. Lines are narrower.
        """
        above = "".join("".join(rows) + _end(rows[-1], columns) for rows in notes)
        below = "\r\n".join(f"{line}{_CLEAR_LINE}" for line in lines)
        with self._writing:
            enter = "" if self._entered else _ENTER
            self._entered = True
            self._write(f"{enter}{_BEGIN}{_HOME}{_WRAP}{above}{_NO_WRAP}{below}{_CLEAR_BELOW}{_WRAP}{_END}")

    def leave(self) -> None:
        """Back to the ordinary screen; the next drawing enters again."""
        with self._writing:
            if self._entered:
                self._entered = False
                self._write(_LEAVE)

    def print(self, lines: Sequence[str]) -> None:
        """Write lines on the ordinary screen, for good."""
        with self._writing:
            self._write("".join(f"{line}\n" for line in lines))

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _end(row: str, columns: int) -> str:
    """After a full row the cursor waits on its last cell, which clearing would take."""
    return "\r\n" if cell_len(row) == columns else f"{_CLEAR_LINE}\r\n"
