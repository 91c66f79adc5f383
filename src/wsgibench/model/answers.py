"""What is known of bodies when those of several stacks are held against one another."""

from zlib import crc32

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
        asked: paths that the load asked of this stack, as far as they were kept: of many a sample.
        compared: those of them that were asked of another stack as well, now or in an earlier block.
        expected: how many should have been at least; 0 where there was no other stack to compare with.
        differing: those of them that no other stack answered with the same body, by nature or wrongly.
        wrong: what was shown to be wrong, the first few.
        in_run: paths of this stack that were compared in the run so far, each once; None where nobody counted.
        shown_in: the later block that showed it of the stack; None where it was this one, or nothing was shown.
        split: where stacks contradict one another and none of them has a majority: this one's body, and another's.
        explained: paths that stacks had answered differently, and that vary or are answered alike by all when they are
            asked for again: nobody's fault; None where nobody counted.
        unsettled: paths of this stack that were to be asked for again, and could not be: who is right is not known.
    """

    asked: int
    compared: int
    expected: int = 0
    differing: int = 0
    wrong: tuple[WrongBody, ...] = ()
    split: WrongBody | None = None
    in_run: int | None = None
    shown_in: int | None = None
    explained: int | None = None
    unsettled: int = 0
