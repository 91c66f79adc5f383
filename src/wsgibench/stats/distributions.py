"""Distributions, as SciPy computes them: imported when one is asked for, which takes a third of a second.

Each takes numbers or arrays, which are broadcast, and returns the same.
"""

from typing import Any

import numpy.typing as npt


def normal_below(value: npt.ArrayLike) -> Any:  # noqa: ANN401  # a number or an array, as was given
    """The chance that a standard normal variable is below the value."""
    from scipy.special import ndtr  # noqa: PLC0415

    return ndtr(value)


def t_quantile(freedom: npt.ArrayLike, chance: npt.ArrayLike) -> Any:  # noqa: ANN401
    """The value that Student's t with that freedom is below with that chance."""
    from scipy.special import stdtrit  # noqa: PLC0415

    return stdtrit(freedom, chance)


def binomial_at_most(hits: npt.ArrayLike, tries: npt.ArrayLike, chance: npt.ArrayLike) -> Any:  # noqa: ANN401
    """The chance of so many hits or fewer."""
    from scipy.special import bdtr  # noqa: PLC0415

    return bdtr(hits, tries, chance)


def binomial_more_than(hits: npt.ArrayLike, tries: npt.ArrayLike, chance: npt.ArrayLike) -> Any:  # noqa: ANN401
    """The chance of more hits than that."""
    from scipy.special import bdtrc  # noqa: PLC0415

    return bdtrc(hits, tries, chance)
