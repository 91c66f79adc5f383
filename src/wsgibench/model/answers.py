"""What stacks answered to each path, to be held against one another."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
import numpy.typing as npt

from wsgibench.model._archive import arrays_of
from wsgibench.model.record import Record

BEGINNING_BYTES = 200
"""So much of a body is kept of one that is disputed."""


checksum_of = crc32
"""A number to tell one body from another by, CRC-32: not for secrets, and quick enough for every response."""


class Disputed(Record, frozen=True, kw_only=True):
    """A good answer with another body than another to the same path.

    Attributes:
        checksum: of the body.
        before: the checksum of one that had come before this was asked for, the same target's or another's; None where
            it is not known which came first.
        body: how the body begins.
    """

    path: str
    checksum: int
    before: int | None = None
    body: str = ""


class WrongBody(Record, frozen=True, kw_only=True):
    """A body that the other stacks contradict, and theirs.

    Attributes:
        wrong, right: how the two begin.
        agreeing: the stacks that gave ``right``.
    """

    path: str
    wrong: str
    right: str
    agreeing: tuple[str, ...] = ()


class ComparedBodies(Record, frozen=True, kw_only=True):
    """How far the answers of a trial were held against those of other stacks.

    Attributes:
        asked: paths that the load asked of this stack, as far as they were kept.
        compared: those of them that were asked of another stack as well, now or in an earlier block.
        expected: how many should have been at least; 0 where there was no other stack to compare with.
        differing: those of them that no other stack answered with the same body, by nature or wrongly.
        wrong: what was shown to be wrong, the first few.
        in_run: paths of this stack that were compared in the run so far, each once; None where nobody counted.
        shown_in: the later block that showed it of the stack; None where it was this one, or nothing was shown.
        split: where stacks contradict one another and none of them has a majority: this one's body, and another's.
    """

    asked: int
    compared: int
    expected: int = 0
    differing: int = 0
    wrong: tuple[WrongBody, ...] = ()
    split: WrongBody | None = None
    in_run: int | None = None
    shown_in: int | None = None


@dataclass(frozen=True)
class Answers:
    """A table: path ``paths[k]`` was answered with a body of ``checksum[k]``; each path once, in any order."""

    paths: tuple[str, ...] = ()
    checksum: npt.NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))
    asked: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    """Whom it was asked of, a bit for each stack, in what a run keeps of all; empty for one stack alone."""

    @staticmethod
    def of(checksums: Mapping[str, int]) -> "Answers":
        """The table of these, by path."""
        return Answers(tuple(checksums), np.fromiter(checksums.values(), np.uint32, len(checksums)))

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
    def from_bytes(data: bytes) -> "Answers":
        """The table in an archive that ``to_bytes`` made.

        Raises:
            ValueError: it is none, or larger than any that is made.
        """
        try:
            arrays = arrays_of(data, ("paths", "checksum", "asked"))
            text, checksum = arrays["paths"].tobytes().decode(), arrays["checksum"].astype(np.uint32)
            asked = arrays["asked"].astype(np.uint64)
        except Exception as exc:  # of bytes that are no archive zipfile, zlib and numpy raise a dozen kinds
            raise ValueError(f"no answers: {exc}") from exc
        paths = tuple(text.split("\n")) if text else ()
        if len(paths) != len(checksum) or len(asked) not in (0, len(paths)):
            raise ValueError("no answers: its columns have different lengths")
        return Answers(paths, checksum, asked)
