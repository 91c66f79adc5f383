"""The latest news, for any number of threads that wait for it."""

import threading


class LatestSnapshot:
    """Holds the latest issue alone: who is slow misses some, and nothing ever piles up."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._number = 0
        self._issue = b""
        self._is_last = False

    def publish(self, issue: bytes, *, is_last: bool) -> None:
        """Replace the issue before; after the last one none is awaited."""
        with self._changed:
            self._number, self._issue, self._is_last = self._number + 1, issue, is_last
            self._changed.notify_all()

    def after(self, number: int, *, timeout_s: float) -> tuple[int, bytes, bool]:
        """The number of the latest issue, the issue, and whether it is the last.

        Waits for one that is newer than ``number``; when none comes in time, that number and nothing.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._number > number, timeout_s):
                return number, b"", False
            return self._number, self._issue, self._is_last

    @property
    def is_over(self) -> bool:
        """Whether the last issue is out."""
        return self._is_last
