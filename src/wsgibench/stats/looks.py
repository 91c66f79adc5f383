"""How much error each look may spend, when the data are looked at again and again.

Looking after each block until something is significant would be wrong far too often. An error spending function gives
out the allowed error over the looks; the levels account for the looks being correlated.
"""

from functools import lru_cache

import numpy as np

from wsgibench.model.recording import Floats
from wsgibench.stats.distributions import normal_below

FIRST_LOOK = 3
"""Fewer blocks say too little about the noise to be worth a look."""

_POWER = 1.5
"""Of the spending function: the higher, the more is kept for the end. Chosen by simulation."""

_POINTS = 401


def looks_of(blocks: int, *, first: int = FIRST_LOOK) -> tuple[int, ...]:
    """After which blocks to look in a run of so many: each from the first look on, the last one always."""
    return tuple(range(min(first, blocks), blocks + 1))


@lru_cache(maxsize=256)
def nominal_levels(error: float, looks: tuple[int, ...]) -> tuple[float, ...]:
    """Two-sided levels, one for each look, that together make an error of ``error`` for one comparison.

    ``looks`` are rising block numbers. A test at each of those levels, whatever was seen before, errs
    at any of them with probability ``error``. The error spent up to block b of B is ``error * (b / B) ** 1.5``; each
    look's boundary follows by numerical integration over those paths of the mean that have not crossed before.
    Levels stand for the boundaries so that they serve Student's t as well.

    Sources: P. Armitage, C. K. McPherson, B. C. Rowe, "Repeated Significance Tests on Accumulating Data", Journal of
    the Royal Statistical Society A 132 (1969), 235-244 (the integration); K. K. G. Lan, D. L. DeMets, "Discrete
    Sequential Boundaries for Clinical Trials", Biometrika 70 (1983), 659-663 (spending); K. Kim, D. L. DeMets, "Design
    and Analysis of Group Sequential Tests Based on the Type I Error Spending Rate Function", Biometrika 74 (1987),
    149-154 (the power family); C. Jennison, B. W. Turnbull, Group Sequential Methods (2000), section 4.4 (levels for
    Student's t).
    """
    levels: list[float] = []
    spent, before = 0.0, 0
    inside, mass = np.zeros(1), np.ones(1)  # where the sum of the blocks stands, and with what probability
    for block in looks:
        allowed = error * (block / looks[-1]) ** _POWER
        step = np.sqrt(block - before)
        boundary = _boundary(inside, mass, step, allowed - spent)
        levels.append(float(2 * normal_below(-boundary / np.sqrt(block))))
        inside, mass = _advance(inside, mass, step, boundary)
        spent, before = allowed, block
    return tuple(levels)


def _boundary(inside: Floats, mass: Floats, step: float, error: float) -> float:
    """The absolute sum that the next look exceeds with probability ``error``."""
    low, high = 0.0, float(np.abs(inside).max() + 40 * step)
    for _ in range(60):
        middle = (low + high) / 2
        outside = (mass * (normal_below((inside - middle) / step) + normal_below((-inside - middle) / step))).sum()
        low, high = (middle, high) if outside > error else (low, middle)
    return high


def _advance(inside: Floats, mass: Floats, step: float, boundary: float) -> tuple[Floats, Floats]:
    """Where the sum stands after a look that was not significant: points and their probabilities (Simpson's rule)."""
    points = np.linspace(-boundary, boundary, _POINTS)
    weights = np.where(np.arange(_POINTS) % 2, 4.0, 2.0)
    weights[[0, -1]] = 1.0
    density = np.exp(-(((points[:, np.newaxis] - inside) / step) ** 2) / 2) @ mass / (step * np.sqrt(2 * np.pi))
    return points, density * weights * (points[1] - points[0]) / 3
