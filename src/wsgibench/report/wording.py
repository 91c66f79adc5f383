"""Lists in words."""

from collections.abc import Iterable


def listed(names: Iterable[object], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``; of one at least."""
    *most, final = map(str, names)
    return f"{', '.join(most)} {last} {final}" if most else final
