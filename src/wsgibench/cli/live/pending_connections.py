"""Connections that have not asked for anything yet."""

import contextlib
import threading
from socket import SHUT_RDWR, socket

PENDING_MAX = 16


class PendingConnections:
    """So many and no more: for a new one, the one that has said nothing for the longest is shown out.

    To turn the new one away instead was tried: sixteen connections that say nothing, or a byte now and then, then keep
    everybody else out. A deadline would not do, either: this process gets the CPU only when nobody else wants it, and
    who has asked long ago may not have been heard yet.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[socket, None] = {}

    def admit(self, connection: socket) -> None:
        """Let one in."""
        with self._lock:
            if len(self._waiting) >= PENDING_MAX:
                first = next(iter(self._waiting))
                del self._waiting[first]
                # Its thread reads the end, and closes it; unless it has done so already.
                with contextlib.suppress(OSError):
                    first.shutdown(SHUT_RDWR)
            self._waiting[connection] = None

    def release(self, connection: socket) -> None:
        """It is no stranger any more, or has gone."""
        with self._lock:
            self._waiting.pop(connection, None)
