"""What each path was answered with, so that stacks can be held against one another."""

from wsgibench.model.answer_table import Answers
from wsgibench.model.answers import BEGINNING_BYTES, Disputed
from wsgibench.model.path_sample import PathSample

_PATHS_MOST = 100_000
_PATHS_IN_ALL = 300_000
"""Some 330 bytes each. Of what is asked beyond, a sample is kept and compared."""
_DISPUTED_MOST = 8
"""Of one load; each path once in a trial. To tell who is wrong a few are enough."""
_TOLD_MOST = 1_000


class FirstBodies:
    """The first body of each path, whoever of the targets that are to answer alike gave it.

    Attributes:
        most: paths that are kept of one target.
        sample: checksum by request, and when the body had come, on CLOCK_MONOTONIC.
    """

    def __init__(self, targets: int = 1, groups: int = 1) -> None:
        """Of so many targets in all, of which each is to answer as those of its group."""
        self.most = min(_PATHS_MOST, _PATHS_IN_ALL // targets)
        # Other targets' samples may be of more or fewer paths than this one's: room for all of them.
        self.sample = PathSample[bytes, tuple[int, float]](_PATHS_IN_ALL // groups)


class Bodies:
    """The bodies of one target: a checksum of the first one for each request, and what was another than that.

    Attributes:
        known: checksum by request, while there is room of all, then of a sample of them, for the quick way: one look-up
            and one comparison for each response.
        disputed: of the load that runs now; good answers that differ from an earlier one to the same request, the
            target's own or another's.
    """

    def __init__(self, first: FirstBodies) -> None:
        self._sample = PathSample[bytes, int](first.most)
        self.known = self._sample.kept
        self.disputed: list[Disputed] = []
        self._first = first.sample
        self._firsts = first.sample.kept
        self._told: set[bytes] = set()

    def begin(self) -> None:
        """A load begins."""
        self.disputed = []

    def note(self, request: bytes, checksum: int, body: bytes, *, sent: float, now: float) -> None:
        """A good answer that has come now, whose checksum is not the known one; ``body`` is its beginning at least.

        Of two that were under way at the same time none is earlier: a page may change between them, and the answer
        with the old one come last.
        """
        if request not in self.known:
            path = _path(request)
            if self._sample.add(request, checksum, path) and request not in self._firsts:
                self._first.add(request, (checksum, now), path)
        first = self._firsts.get(request)
        if first is not None and first[0] != checksum and first[1] < sent:
            self._dispute(request, checksum, first[0], body)

    def answers(self) -> Answers:
        """All that is known."""
        return Answers.of(
            {_path(request).decode(errors="replace"): checksum for request, checksum in self.known.items()}
        )

    def _dispute(self, request: bytes, checksum: int, before: int, body: bytes) -> None:
        full = len(self.disputed) == _DISPUTED_MOST or len(self._told) == _TOLD_MOST
        if full or request in self._told:
            return
        self._told.add(request)
        text = body[:BEGINNING_BYTES].decode(errors="replace")
        self.disputed.append(
            Disputed(path=_path(request).decode(errors="replace"), checksum=checksum, before=before, body=text)
        )


def _path(request: bytes) -> bytes:
    """The path in the bytes of a request."""
    return request.split(b" ", 2)[1]
