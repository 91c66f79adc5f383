"""Who watches."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

VIEWERS_MAX = 8


class ViewerLimit:
    """So many viewers and no more; whoever comes and goes is reported as (now, most at once so far)."""

    def __init__(self, report: Callable[[int, int], None]) -> None:
        self._report = report
        self._lock = threading.Lock()
        self._now = self._most = 0

    @property
    def taken(self) -> int:
        """How many watch now."""
        return self._now

    @contextmanager
    def one(self) -> Iterator[bool]:
        """Count one more while it lasts; false where there are so many already."""
        admitted = self._change(1)
        try:
            yield admitted
        finally:
            if admitted:
                self._change(-1)

    def note_one(self) -> None:
        """Somebody looked, if only for a moment."""
        with self._lock:
            if not self._most:
                self._most = 1
                self._report(self._now, self._most)

    def _change(self, by: int) -> bool:
        with self._lock:
            if self._now + by > VIEWERS_MAX:
                return False
            self._now += by
            self._most = max(self._most, self._now)
            self._report(self._now, self._most)
            return True
