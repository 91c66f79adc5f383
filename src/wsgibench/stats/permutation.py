"""A random order of very many things, of which no list is kept.

A number is cut in two digits, to the base of the square root of how many there are, and these are mixed in turn, each
by the other: the generalised Feistel cipher with cycle walking of J. Black and P. Rogaway, "Ciphers with Arbitrary
Finite Domains", CT-RSA 2002, LNCS 2271, 114-130. Four rounds are enough that nobody who looks at the order tells it
from one drawn at random: M. Luby and C. Rackoff, "How to Construct Pseudorandom Permutations from Pseudorandom
Functions", SIAM Journal on Computing 17 (1988), 373-386. An affine order, k times a number, would be simpler, but its
neighbours are the same distance apart throughout: what goes by the distance of ids would meet it.
"""

import math

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint64]

COUNT_MOST = 1 << 62
_ROUNDS = 4
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
"""Of the generator splitmix64: G. L. Steele, D. Lea and C. H. Flood, "Fast Splittable Pseudorandom Number Generators",
OOPSLA 2014, 453-472."""


class Permutation:
    """The numbers below ``count`` in an order that follows from a seed; any place of it is found at once."""

    def __init__(self, count: int, seed: np.random.SeedSequence) -> None:
        """``count`` is 1 to ``COUNT_MOST``."""
        self.count = count
        self._count = np.uint64(count)
        self._side = np.uint64(math.isqrt(count - 1) + 1)
        self._keys = seed.generate_state(_ROUNDS, np.uint64)

    def at(self, places: Numbers, tweaks: Numbers) -> Numbers:
        """The numbers at these places, from 0; each tweak makes an order of its own.

        Args:
            places: below ``count``.
            tweaks: as many as places.
        """
        tweaks = _hashed(tweaks)
        found = self._mixed(places, tweaks)
        while len(outside := np.flatnonzero(found >= self._count)):
            found[outside] = self._mixed(found[outside], tweaks[outside])
        return found

    def _mixed(self, numbers: Numbers, tweaks: Numbers) -> Numbers:
        left, right = np.divmod(numbers, self._side)
        for key in self._keys:
            left, right = right, (left + _hashed((right + key) ^ tweaks)) % self._side
        return left * self._side + right


def _hashed(numbers: Numbers) -> Numbers:
    """The finaliser of splitmix64, without the highest bits, so that a sum does not run over."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _FIRST
    numbers = (numbers ^ (numbers >> np.uint64(27))) * _SECOND
    return (numbers ^ (numbers >> np.uint64(31))) >> np.uint64(2)
