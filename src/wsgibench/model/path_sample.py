"""As many paths as there is room for, chosen by what they are and not by when they were asked for."""

from typing import Generic, TypeVar
from zlib import crc32

Key = TypeVar("Key")
Value = TypeVar("Value")

_SHIFT = 20
_BUCKETS = 1 << 32 - _SHIFT


class PathSample(Generic[Key, Value]):
    """What is known of each path; of more than there is room for, of a sample of them.

    Kept are the paths with the least CRC-32. So whoever is asked for the same paths keeps the same ones, in whatever
    order and by however many processes, and who has room for fewer, a part of them: samples can be compared. Were the
    earliest kept instead, nobody would see what begins to go wrong later. This is distinct sampling: P. B. Gibbons,
    "Distinct Sampling for Highly-Accurate Answers to Distinct Values Queries and Event Reports", VLDB 2001, 541-550.

    Attributes:
        kept: what is known by key, of at most ``most`` keys; what stands there may be replaced or taken away.
    """

    def __init__(self, most: int) -> None:
        self.kept: dict[Key, Value] = {}
        self._most = most
        # By the first bits of the checksum: a heap would be exact, and take twice the memory.
        self._buckets: tuple[list[Key], ...] = tuple([] for _ in range(_BUCKETS))
        self._highest = _BUCKETS - 1

    def add(self, key: Key, value: Value, path: bytes) -> bool:
        """Keep the value of a key that is not kept yet, if the key's path is in the sample; returns whether it is.

        For each that comes one goes: never many at once, which would be a pause in the midst of a load.
        """
        bucket = crc32(path) >> _SHIFT
        while len(self.kept) >= self._most:
            if bucket >= self._highest:
                return False
            self._displace()
        self.kept[key] = value
        self._buckets[bucket].append(key)
        return True

    def _displace(self) -> None:
        """Drop one of the highest bucket that is filled, or find that it is not."""
        highest = self._buckets[self._highest]
        if highest:
            self.kept.pop(highest.pop(), None)
        else:
            self._highest -= 1
