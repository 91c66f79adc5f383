"""Pages that change while stacks are loaded in turns are nobody's fault; wrong answers among them still are."""

import random
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import pytest

from wsgibench.bench.bodies.comparing import Comparison
from wsgibench.bench.bodies.judging import Body
from wsgibench.bench.bodies.known import Known
from wsgibench.bench.bodies.sending_again import TIMES
from wsgibench.engines._native.bodies import Bodies, FirstBodies
from wsgibench.model.answers import Disputed, checksum_of

STACKS = ("a", "b", "c")
TURNS, TURN_S, CONNECTIONS = 4, 0.25, 4
SEEDS = 10


class Asked(NamedTuple):
    """What a stack was asked for, and when in seconds."""

    stack: str
    number: int
    at_s: float
    is_loaded: bool


Says = Callable[[Asked], str]
"""To a body."""


class Block:
    """Three stacks loaded in turns by two engine processes, without any of the processes.

    An answer is made somewhere between being asked for and coming, so that of two under way at the same time the one
    that was made first may come last.
    """

    def __init__(self, says: Says, *, ids: int, seed: int) -> None:
        self._says = says
        self._ids = ids
        self._draw = random.Random(seed)
        self._now = 0.0
        first = [FirstBodies(), FirstBodies()]
        self._engines = {stack: [Bodies(each) for each in first] for stack in STACKS}

    def compared(self) -> Comparison:
        comparison = Comparison(Known(STACKS))
        for _ in range(TURNS):
            for stack in self._draw.sample(STACKS, len(STACKS)):
                comparison.dispute(stack, self._loaded(stack))
                comparison.settle(self._ask_again)
        tables = {
            stack: {path: checksum for each in engines for path, checksum in each.answers().by_path().items()}
            for stack, engines in self._engines.items()
        }
        comparison.add_together(tables)
        while comparison.is_open:
            comparison.settle(self._ask_again)
        comparison.conclude()
        return comparison

    def _loaded(self, stack: str) -> Iterator[Disputed]:
        for engine in self._engines[stack]:
            engine.begin()
            for came, sent, number, body in sorted(self._answers(stack)):
                engine.note(b"GET /%d HTTP/1.1" % number, checksum_of(body), body, sent=sent, now=came)
            yield from engine.disputed
        self._now += TURN_S

    def _answers(self, stack: str) -> Iterator[tuple[float, float, int, bytes]]:
        for _ in range(CONNECTIONS // 2):
            sent = self._now
            while sent < self._now + TURN_S:
                number, takes_s = self._draw.randint(1, self._ids), self._draw.expovariate(200)
                made = sent + self._draw.random() * takes_s
                yield sent + takes_s, sent, number, self._body(stack, number, made, is_loaded=True)
                sent += takes_s

    def _ask_again(self, path: str) -> Sequence[tuple[str, Body]]:
        found = []
        for stack in STACKS * TIMES:
            self._now += 0.002
            found.append((stack, Body.of(self._body(stack, int(path[1:]), self._now, is_loaded=False))))
        return found

    def _body(self, stack: str, number: int, at_s: float, *, is_loaded: bool) -> bytes:
        return self._says(Asked(stack, number, at_s, is_loaded)).encode()


def blamed(comparison: Comparison) -> set[str]:
    found = {stack: comparison.of(stack) for stack in STACKS}
    return {stack for stack, each in found.items() if each.wrong or each.split}


@pytest.mark.parametrize("every_s", [0.4, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("ids", [5, 100, 400])
def test_no_stack_is_blamed_for_a_change(ids: int, every_s: float) -> None:
    """Whenever it comes: before, between or in turns, and while pages are asked for again."""
    for seed in range(SEEDS):
        draw = random.Random(-seed)
        start = draw.random() * every_s
        changes = [start + number * every_s for number in range(100)]

        def says(asked: Asked, changes: Sequence[float] = changes) -> str:
            return f"page {asked.number}, {bisect(changes, asked.at_s)} minutes ago"

        assert blamed(Block(says, ids=ids, seed=seed).compared()) == set(), f"seed {seed}"


@pytest.mark.parametrize("when", ["steadily", "under load"])
@pytest.mark.parametrize("liar", STACKS)
def test_who_lies_among_pages_that_change_is_blamed(liar: str, when: str) -> None:
    """Steadily of some pages, or now and then of any while it is loaded."""
    found = []
    for seed in range(SEEDS):
        draw = random.Random(-seed)

        def says(asked: Asked, draw: random.Random = draw) -> str:
            lies = asked.number % 20 == 0 if when == "steadily" else asked.is_loaded and draw.random() < 0.05
            return "Database is down" if lies and asked.stack == liar else f"{asked.number}, {asked.at_s // 4} minutes"

        found.append(blamed(Block(says, ids=400, seed=seed).compared()))
    assert all(each <= {liar} for each in found)
    assert sum(each == {liar} for each in found) >= 0.9 * SEEDS


def test_what_came_while_another_was_under_way_was_not_before_it() -> None:
    """A page changes between two answers, and the old one comes last."""
    engine = Bodies(FirstBodies())
    engine.note(b"GET /7 HTTP/1.1", 2, b"new", sent=1.0, now=1.1)
    engine.note(b"GET /7 HTTP/1.1", 1, b"old", sent=0.9, now=1.2)
    assert not engine.disputed
    engine.note(b"GET /7 HTTP/1.1", 3, b"odd", sent=1.3, now=1.4)
    assert engine.disputed == [Disputed(path="/7", checksum=3, before=2, body="odd")]
