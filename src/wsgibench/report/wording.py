"""Counts and lists in words."""

from collections.abc import Iterable


def counted(count: int, noun: str) -> str:
    """``1 block``, ``6 blocks``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(names: Iterable[object], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``; of one at least."""
    *most, final = map(str, names)
    return f"{', '.join(most)} {last} {final}" if most else final
