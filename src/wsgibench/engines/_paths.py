"""Which paths are asked, and in which order."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from wsgibench.model.load import Requests
from wsgibench.stats.permutation import COUNT_MOST, Permutation

_CHUNK = 1024
"""Drawn at once: most of the time that it takes is the same for few and many, and nothing is sent meanwhile."""
_GOLDEN = (5**0.5 - 1) / 2

Drawn = tuple[int, int, int]
"""Which template, which id, and which word."""


class PathOrder:
    """All paths of a template, each once before any comes again: in a random order that follows from the seed.

    A load begins somewhere in the order and goes on as long as it lasts; a path is met as soon as any load has come
    to it. So wherever loads begin must be far from one another, and it is not known beforehand how far each will come,
    which depends on the stack. They begin at multiples of the golden ratio of the whole (modulo 1), of which each next
    one falls into one of the largest gaps that the earlier ones have left (D. E. Knuth, The Art of Computer Programming
    3, 1998, section 6.4, theorem S): quick stacks and slow ones leave few paths out, and come twice to few.

    Of several templates each is as likely as the others for each request, and has an order of its own.
    """

    def __init__(self, requests: Requests, seed: int) -> None:
        self._seed = seed
        self._populations = [
            _Population(requests, template, np.random.SeedSequence(seed, spawn_key=(0, index)))
            for index, template in enumerate(requests.paths)
        ]

    def begin(self, place: int) -> Iterator[Drawn]:
        """What a load of this number, from 0, asks one after another, without end; the same for all who have it."""
        rng = np.random.default_rng(np.random.SeedSequence(self._seed, spawn_key=(1, place)))
        asked = [0] * len(self._populations)
        while True:
            which = rng.integers(len(asked), size=_CHUNK)
            ids, words = np.zeros(_CHUNK, np.int64), np.zeros(_CHUNK, np.int64)
            for index, population in enumerate(self._populations):
                mine = np.flatnonzero(which == index)
                ids[mine], words[mine] = population.drawn(place, asked[index], len(mine))
                asked[index] += len(mine)
            yield from zip(which.tolist(), ids.tolist(), words.tolist(), strict=True)


class _Population:
    """The paths of one template."""

    def __init__(self, requests: Requests, template: str, seed: np.random.SeedSequence) -> None:
        ids, self._words = requests.choices(template)
        self._first = requests.first_id
        # Of more ids than can be counted so far the first: nobody comes to the others.
        self._order = Permutation(min(ids, COUNT_MOST // self._words) * self._words, seed)

    def drawn(self, place: int, asked: int, size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Ids and words of so many paths, after as many as were asked by this load.

        Once all were asked they come again in another order: what the app takes long for is not to come in step with
        anything.
        """
        count = self._order.count
        begin = int(place * _GOLDEN % 1.0 * count)
        numbers = np.arange(asked, asked + size, dtype=np.uint64)
        rounds = numbers // np.uint64(count)
        tweaks = np.where(rounds == 0, np.uint64(0), rounds + (np.uint64(place) << np.uint64(32)))
        index = self._order.at((numbers + np.uint64(begin)) % np.uint64(count), tweaks).astype(np.int64)
        return self._first + index // self._words, index % self._words
