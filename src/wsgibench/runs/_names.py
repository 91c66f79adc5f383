"""Names that may become part of a path."""

import re

from wsgibench.errors import RunFolderError

_SAFE = re.compile(r"[A-Za-z0-9_][\w.+-]{0,199}", re.ASCII)


def safe_name(name: str) -> str:
    """The name, which leads to a place within a folder and nowhere else.

    Raises:
        RunFolderError: it might lead elsewhere, or is hidden, or too long.
    """
    if not is_safe_name(name):
        raise RunFolderError(f"'{name[:200]}' cannot name a file.", "Use letters, digits, '_', '.', '+' and '-'.")
    return name


def is_safe_name(name: str) -> bool:
    """Whether the name leads to a place within a folder and nowhere else."""
    return _SAFE.fullmatch(name) is not None


def slug(text: str) -> str:
    """The text with whatever could not be in a name replaced by ``-``; may be empty."""
    return re.sub(r"[^\w.+-]+", "-", text, flags=re.ASCII).strip("-.+")[:80]
