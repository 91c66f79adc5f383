"""Labels beside line ends, none over another."""

from collections.abc import Sequence

import numpy as np

from wsgibench.model.recording import Floats


def spread(wanted: Sequence[float], gap: float, high: float) -> Floats:
    """Places from 0 to ``high``, at least ``gap`` apart and in the same order, as near to the wanted ones as can be.

    Least squares: taking away the gaps leaves an isotonic regression (Barlow et al., "Statistical Inference under Order
    Restrictions", 1972), whose solution within bounds is the clipped one. ``high`` must leave room for all.
    """
    if not wanted:
        return np.zeros(0)
    # Takes a third of a second, and every command that may show a page would pay for it.
    from scipy.optimize import isotonic_regression  # noqa: PLC0415

    order = np.argsort(wanted, kind="stable")
    gaps = np.arange(len(wanted)) * gap
    positions = np.empty(len(wanted))
    free = isotonic_regression(np.asarray(wanted, np.float64)[order] - gaps).x
    positions[order] = np.clip(free, 0, high - gaps[-1]) + gaps
    return positions
