"""Fewer points, the same peaks."""

import numpy as np

from wsgibench.report.windows import Curve


def thinned(curve: Curve, points_max: int) -> Curve:
    """At most so many of the curve's own points: of each stretch the lowest and the highest, in their order.

    So no peak is lost and none invented. A stretch without any value leaves one gap.
    """
    stretches = max(points_max // 2, 1)
    if len(curve.value) <= points_max:
        return curve
    width = -(-len(curve.value) // stretches)
    missing = -len(curve.value) % width
    values = np.concatenate([curve.value, np.full(missing, np.nan)]).reshape(-1, width)
    gaps = np.isnan(values)
    lowest = np.where(gaps, np.inf, values).argmin(axis=1)
    highest = np.where(gaps, -np.inf, values).argmax(axis=1)
    starts = np.arange(len(values)) * width
    # Where both are one, it stands once.
    kept = np.unique(np.concatenate([starts + lowest, starts + highest]))
    return Curve(curve.time_s[kept], curve.value[kept])
