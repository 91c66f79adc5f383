"""How capacity rises with the number of workers: the universal scalability law."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wsgibench.model.recording import Floats

WORKERS_LEAST = 5
"""Numbers of workers: the law has three parameters, and of four points it fits nearly any."""


@dataclass(frozen=True)
class ScalabilityLaw:
    """Of ``n`` workers: ``alone_per_s * n / (1 + contention * (n - 1) + coherency * n * (n - 1))``.

    Attributes:
        contention: share of the work that only one of them can do at a time.
        coherency: what each pair of them costs, in the time that one takes.
    """

    alone_per_s: float
    contention: float
    coherency: float

    def at(self, workers: npt.ArrayLike) -> Floats:
        """Requests/s by the law, of the shape of ``workers``."""
        n = np.asarray(workers, np.float64)
        return self.alone_per_s * n / (1 + self.contention * (n - 1) + self.coherency * n * (n - 1))


def scalability_law(workers: npt.ArrayLike, per_s: npt.ArrayLike) -> ScalabilityLaw | None:
    """The law that fits best, or None of fewer numbers of workers than ``WORKERS_LEAST``, or where none fits.

    Args:
        workers: shape (n,).
        per_s: what so many bear, more than 0, of that shape.

    Workers by capacity are linear in the parameters, none of which is negative: least squares of what the law is off
    by, as a share of what was measured.
    Source: N. J. Gunther, "Guerrilla Capacity Planning", Springer 2007, chapter 4.
    """
    # Imported here: it takes half a second, and only curves need it.
    from scipy.optimize import nnls  # noqa: PLC0415

    n, measured = np.asarray(workers, np.float64), np.asarray(per_s, np.float64)
    if len(np.unique(n)) < WORKERS_LEAST:
        return None
    columns = np.stack([np.ones_like(n), n - 1, n * (n - 1)], axis=1) * (measured / n)[:, np.newaxis]
    scale = columns.max(axis=0)
    (alone, contention, coherency), _ = nnls(columns / scale, np.ones_like(n))
    alone, contention, coherency = np.array([alone, contention, coherency]) / scale
    if alone <= 0:
        return None
    return ScalabilityLaw(float(1 / alone), float(contention / alone), float(coherency / alone))
