"""Ratios with gaps where there is nothing to divide by."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def ratios(over: npt.ArrayLike, under: npt.ArrayLike) -> Floats:
    """``over / under``, element by element; NaN where ``under`` is not above 0. Same shape."""
    above, below = np.asarray(over, np.float64), np.asarray(under, np.float64)
    shares: Floats = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
    return shares
