"""What a run knows of the answers to each path, from block to block."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from wsgibench.model.answer_table import KNOWN_MOST, Answers
from wsgibench.model.path_sample import PathSample

_CONTRADICTED_MOST = 6
_BITS = 63
"""Stacks beyond share a bit: then fewer paths count as compared than were."""


class Known:
    """The first body of each path that any stack gave, and whom it was asked of; of many paths, of a sample of them.

    Attributes:
        contradicted: the first few paths that some stack answered wrongly, to be asked of all again in each block.
    """

    def __init__(self, stacks: Sequence[str], before: Answers | None = None, contradicted: Iterable[str] = ()) -> None:
        """``before`` is what ``answers`` gave of the same stacks."""
        self.contradicted: list[str] = []
        for path in contradicted:
            self.contradict(path)
        self._bits = {stack: 1 << number % _BITS for number, stack in enumerate(stacks)}
        # As engines sample: by the same paths in each block, or the next block's would be other ones.
        self._sample = PathSample[str, tuple[int, int]](KNOWN_MOST)
        self._paths = self._sample.kept
        if before is not None and len(before.asked) == len(before.paths):
            columns = zip(before.checksum.tolist(), before.asked.tolist(), strict=True)
            for path, column in zip(before.paths, columns, strict=True):
                self._add(path, column)

    def of_others(self, stack: str, paths: Iterable[str]) -> dict[str, int]:
        """Checksums of those paths that were asked of another stack than this."""
        own = self._bits[stack]
        found = ((path, self._paths.get(path, (0, 0))) for path in paths)
        return {path: checksum for path, (checksum, asked) in found if asked & ~own}

    def compared(self, stack: str) -> int:
        """How many paths were asked of this stack and of another."""
        own = self._bits[stack]
        return sum(bool(asked & own and asked & ~own) for _, asked in self._paths.values())

    def add(self, stack: str, checksums: Mapping[str, int]) -> None:
        """What the stack answered to each path. What was known before stays."""
        bit = self._bits[stack]
        for path, checksum in checksums.items():
            known = self._paths.get(path)
            if known is not None:
                self._paths[path] = known[0], known[1] | bit
            else:
                self._add(path, (checksum, bit))

    def _add(self, path: str, column: tuple[int, int]) -> None:
        self._sample.add(path, column, path.encode(errors="replace"))

    def settle(self, path: str, checksum: int | None) -> None:
        """What the path is answered with in truth; None where that varies, and nothing can be known of it."""
        known = self._paths.pop(path, None)
        if known is not None and checksum is not None:
            self._paths[path] = checksum, known[1]

    def contradict(self, path: str) -> None:
        """Some stack answered it wrongly."""
        if path not in self.contradicted and len(self.contradicted) < _CONTRADICTED_MOST:
            self.contradicted.append(path)

    def answers(self) -> Answers:
        """All of it, to be kept."""
        columns = list(self._paths.values())
        return Answers(
            tuple(self._paths),
            np.array([checksum for checksum, _ in columns], np.uint32),
            np.array([asked for _, asked in columns], np.uint64),
        )
