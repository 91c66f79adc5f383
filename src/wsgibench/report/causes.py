"""When two trials failed for the same cause."""

import re

_FIGURES = re.compile(r"(?<!answers )(?<![\d.,])\d[\d.,]*(?![\d.,]| x )")
"""Statuses are no figures but causes: ``'gunicorn' answers 500 to /``, ``429 x 812``."""


def alike(cause: str) -> str:
    """The cause without its figures, which differ from trial to trial: the same text is the same cause."""
    return _FIGURES.sub("#", cause)
