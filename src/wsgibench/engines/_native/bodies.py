"""What each path was answered with, so that stacks can be held against one another."""

from wsgibench.model.answer_table import Answers
from wsgibench.model.answers import BEGINNING_BYTES, Disputed

_PATHS_MOST = 100_000
_PATHS_IN_ALL = 300_000
"""Some 330 bytes each. What is asked beyond is compared as far as its path is known."""
_DISPUTED_MOST = 8
"""Of one load; each path once in a trial. To tell who is wrong a few are enough."""
_TOLD_MOST = 1_000


class FirstBodies:
    """The first body of each path, whoever gave it: its checksum, and when it had come, on CLOCK_MONOTONIC."""

    def __init__(self, targets: int = 1) -> None:
        self.bodies: dict[bytes, tuple[int, float]] = {}
        self.most = min(_PATHS_MOST, _PATHS_IN_ALL // targets)


class Bodies:
    """The bodies of one target: a checksum of the first one for each request, and what was another than that.

    Attributes:
        known: checksum by request, for the quick way: one look-up and one comparison for each response.
        disputed: of the load that runs now; good answers that differ from an earlier one to the same request, the
            target's own or another's.
    """

    def __init__(self, first: FirstBodies) -> None:
        self.known: dict[bytes, int] = {}
        self.disputed: list[Disputed] = []
        self._first = first
        self._told: set[bytes] = set()

    def begin(self) -> None:
        """A load begins."""
        self.disputed = []

    def note(self, request: bytes, checksum: int, body: bytes, *, sent: float, now: float) -> None:
        """A good answer that has come now, whose checksum is not the known one; ``body`` is its beginning at least.

        Of two that were under way at the same time none is earlier: a page may change between them, and the answer
        with the old one come last.
        """
        if request not in self.known and len(self.known) < self._first.most:
            self.known[request] = checksum
            self._first.bodies.setdefault(request, (checksum, now))
        before, came = self._first.bodies.get(request, (checksum, now))
        if before != checksum and came < sent:
            self._dispute(request, checksum, before, body)

    def answers(self) -> Answers:
        """All that is known."""
        return Answers.of({_path(request): checksum for request, checksum in self.known.items()})

    def _dispute(self, request: bytes, checksum: int, before: int, body: bytes) -> None:
        full = len(self.disputed) == _DISPUTED_MOST or len(self._told) == _TOLD_MOST
        if full or request in self._told:
            return
        self._told.add(request)
        text = body[:BEGINNING_BYTES].decode(errors="replace")
        self.disputed.append(Disputed(path=_path(request), checksum=checksum, before=before, body=text))


def _path(request: bytes) -> str:
    """The path in the bytes of a request."""
    return request.split(b" ", 2)[1].decode(errors="replace")
