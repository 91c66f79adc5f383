"""Where a curve crosses a limit: the capacity of one block, from its rungs.

A limit is kept at a rate if at most a share of the requests break it: of ``p99 < 100ms`` one in a hundred may take
longer. Shares are looked at and not percentiles, because they are means of counts, which neither lie flat nor jump.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from wsgibench.stats.distributions import binomial_more_than

_UNSUSTAINED = 2.0
"""What a rate at which a queue grew counts as at least, in shares that are allowed: below it, the crossing is taken to
be half way to the next rate, for nothing is known of where."""
_LUCK = 0.05
"""Requests that are too few to break a limit do not show that it is kept where chance alone keeps so many of what the
next rate does. Nor do those that break it show that it is broken, where chance makes as many of one that keeps it."""

READ_TO = 0.015
"""A capacity is read from rates that are up to 6 % apart, of queues that break a limit in a few long stretches: in the
logarithm so much stays open that more blocks do not mend, by benchmarks/capacity_simulated.py."""


class Censoring(IntEnum):
    """What is known where a curve does not cross its limit."""

    LESS_THAN = -1
    """The limit was not kept at the lowest rate that had requests enough to show it."""
    NONE = 0
    AT_LEAST = 1
    """The limit was kept at the highest rate."""


@dataclass(frozen=True)
class Crossing:
    """The highest rate that keeps a limit; of a censored one, that end of the curve.

    Attributes:
        low_per_s, high_per_s: the measured rates next to it, alike where it is censored.
        too_few: whether the rates below that end broke nothing, and had too few requests to show that they keep it.
    """

    rate_per_s: float
    low_per_s: float
    high_per_s: float
    censoring: Censoring = Censoring.NONE
    too_few: bool = False


def crossing(
    rates_per_s: npt.ArrayLike,
    broken: npt.ArrayLike,
    requests: npt.ArrayLike,
    share: float,
    *,
    sustained: npt.ArrayLike = True,
    is_flat: bool = False,
) -> Crossing | None:
    """Where the share of the requests that break the limit passes ``share``; None without a request.

    Args:
        rates_per_s: in any order, shape (rungs,).
        broken: how many requests broke the limit, of that shape.
        requests: of how many, likewise.
        share: that the limit allows, more than 0 and less than a half.
        sustained: whether no queue grew; where one did the limit is broken, whatever has come of it so far.
        is_flat: whether a share may be the same at all rates, as that of failures is: a few more by chance are no
            crossing then. Of a share that rises they are one, too far down as often as too far up.

    The shares are made monotone by isotonic regression, their maximum likelihood where a higher rate never does better,
    so that one rate out of order is no crossing. Between two rates they are taken to be linear in the logarithm of the
    rate. What isotonic regression pools is not put at the centre of its rates (A. P. Oron, N. Flournoy, "Centered
    Isotonic Regression", Statistics in Biopharmaceutical Research 9 (2017), 258-267): where the light rates of a stack
    that dozes are pooled with all others that keep the limit, their centre would lie far below these, and in
    benchmarks/capacity_simulated.py it is no nearer to the truth elsewhere.
    Source: M. Ayer et al., "An Empirical Distribution Function for Sampling with Incomplete Information", Annals of
    Mathematical Statistics 26 (1955), 641-647.
    """
    rates, asked, bad = (np.asarray(each, np.float64) for each in (rates_per_s, requests, broken))
    order = [index for index in np.argsort(rates, kind="stable") if asked[index] > 0]
    if not order:
        return None
    held = np.broadcast_to(np.asarray(sustained, np.bool_), len(bad))[order]
    rates, asked, bad = rates[order], asked[order], bad[order]
    shares = monotone_shares(bad, asked, share, held)
    kept = shares <= share
    if is_flat:
        kept |= _may_be_luck(shares, bad, asked, held, share)
    if kept.all():
        return _end(rates[-1], Censoring.AT_LEAST)
    if not kept[0]:
        return _end(rates[0], Censoring.LESS_THAN)
    after = int(np.argmin(kept))
    below = asked[:after].sum()
    if below * share < 1 and (1 - shares[after]) ** below > _LUCK:
        return replace(_end(rates[after], Censoring.LESS_THAN), too_few=True)
    low, high = float(rates[after - 1]), float(rates[after])
    part = float(max(share - shares[after - 1], 0.0) / (shares[after] - shares[after - 1]))
    # A power may be off in the last digit.
    return Crossing(min(max(low * (high / low) ** part, low), high), low, high)


def _may_be_luck(
    shares: npt.NDArray[np.float64],
    broken: npt.NDArray[np.float64],
    requests: npt.NDArray[np.float64],
    held: npt.NDArray[np.bool_],
    share: float,
) -> npt.NDArray[np.bool_]:
    """Which rates, with those that are pooled with them, may keep the limit although more requests break it."""
    _, pool = np.unique(shares, return_inverse=True)
    bad, asked, unsustained = (
        np.rint(np.bincount(pool, weights)).astype(np.int64) for weights in (broken, requests, ~held)
    )
    is_luck = (unsustained == 0) & (bad > 0) & (binomial_more_than(bad - 1, asked, share) > _LUCK)
    return np.asarray(is_luck[pool], np.bool_)


def monotone_shares(
    broken: npt.ArrayLike, requests: npt.ArrayLike, share: float, sustained: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """The shares of requests that break a limit, none less than one before it; see ``crossing``. Rates ascend."""
    # Imported here: it takes half a second, and only curves need it.
    from scipy.optimize import isotonic_regression  # noqa: PLC0415

    asked, bad = np.asarray(requests, np.float64), np.asarray(broken, np.float64)
    if not asked.size:
        return asked
    shares = np.where(sustained, bad / asked, np.maximum(bad / asked, _UNSUSTAINED * share))
    return np.asarray(isotonic_regression(shares, weights=asked).x, np.float64)


def smallest(crossings: Iterable[Crossing]) -> Crossing:
    """Of several limits the one that decides. Ends of a curve that was not crossed decide nothing if another was."""
    return min(crossings, key=lambda each: (each.censoring is Censoring.AT_LEAST, each.rate_per_s))


def _end(rate_per_s: float, censoring: Censoring) -> Crossing:
    return Crossing(float(rate_per_s), float(rate_per_s), float(rate_per_s), censoring)
