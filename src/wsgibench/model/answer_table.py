"""What a stack answered to each path, to be held against what others did."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import numpy.typing as npt

from wsgibench.model._archive import arrays_of

KNOWN_MOST = 200_000
"""Paths that a run keeps of all its stacks."""
_PATHS_MOST = 1_000_000
"""Of one stack, whatever engine asked it with however many processes."""
_PATH_MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class Answers:
    """A table: path ``paths[k]`` was answered with a body of ``checksum[k]``; each path once, in any order."""

    paths: tuple[str, ...] = ()
    checksum: npt.NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))
    asked: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    """Whom it was asked of, a bit for each stack, in what a run keeps of all; empty for one stack alone."""

    @staticmethod
    def of(checksums: Mapping[str, int]) -> "Answers":
        """The table of these, by path; of the first million."""
        length = min(len(checksums), _PATHS_MOST)
        return Answers(tuple(islice(checksums, length)), np.fromiter(checksums.values(), np.uint32, length))

    def by_path(self) -> dict[str, int]:
        """Checksums."""
        return dict(zip(self.paths, self.checksum.tolist(), strict=True))

    def to_bytes(self) -> bytes:
        """A compressed npz archive."""
        buffer = io.BytesIO()
        text = np.frombuffer("\n".join(self.paths).encode(errors="replace"), np.uint8)
        np.savez_compressed(buffer, paths=text, checksum=self.checksum, asked=self.asked)
        return buffer.getvalue()

    @staticmethod
    def from_bytes(data: bytes, *, most: int = _PATHS_MOST) -> "Answers":
        """The table in an archive that ``to_bytes`` made, of at most so many paths.

        Raises:
            ValueError: it is none, or larger than any that is made.
        """
        try:
            arrays = arrays_of(data, ("paths", "checksum", "asked"))
            text, checksum = arrays["paths"].tobytes(), arrays["checksum"].astype(np.uint32)
            asked = arrays["asked"].astype(np.uint64)
        except Exception as exc:  # of bytes that are no archive zipfile, zlib and numpy raise a dozen kinds
            raise ValueError(f"no answers: {exc}") from exc
        # Each path takes some hundred bytes once they are told apart.
        length = text.count(b"\n") + 1 if text else 0
        if length > most:
            raise ValueError(f"no answers: it has {length:,} paths, and {most:,} is the most")
        if length != len(checksum) or len(asked) not in (0, length):
            raise ValueError("no answers: its columns have different lengths")
        lines = text.split(b"\n") if text else []
        if max(map(len, lines), default=0) > _PATH_MOST_BYTES:
            raise ValueError("no answers: it has a path that nobody asks for")
        try:
            paths = tuple(map(bytes.decode, lines))
        except UnicodeDecodeError as exc:
            raise ValueError(f"no answers: {exc}") from exc
        return Answers(paths, checksum, asked)
