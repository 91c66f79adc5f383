"""Of more paths than there is room for, which are kept."""

import random
from zlib import crc32

from hypothesis import given
from hypothesis import strategies as st

from wsgibench.bench.bodies.comparing import Comparison
from wsgibench.bench.bodies.known import Known
from wsgibench.engines._native.bodies import Bodies, FirstBodies
from wsgibench.model.answer_table import KNOWN_MOST
from wsgibench.model.path_sample import PathSample

STACKS = 7
PATHS = st.lists(st.integers(0, 10**6).map(lambda number: b"/%d" % number), unique=True, min_size=1, max_size=300)


def bucket(path: bytes) -> int:
    return crc32(path) >> 20


@given(PATHS, st.integers(1, 400), st.randoms(use_true_random=False))
def test_what_is_kept_follows_from_the_paths(paths: list[bytes], most: int, draw: random.Random) -> None:
    """As many as there is room for, those with the least checksums; order decides among nearly equal ones."""
    kept = []
    for _ in range(2):
        draw.shuffle(paths)
        sample = PathSample[bytes, bytes](most)
        for path in paths:
            assert sample.add(path, path, path) is (path in sample.kept)
        assert len(sample.kept) == min(most, len(paths))
        highest = max(map(bucket, sample.kept))
        assert sample.kept.keys() >= {path for path in paths if bucket(path) < highest}
        kept.append(sample.kept.keys())
    assert len({bucket(path) for path in kept[0] ^ kept[1]}) <= 1


def requests(count: int, seed: int) -> list[bytes]:
    found = [b"GET /%d HTTP/1.1\r\n\r\n" % number for number in range(count)]
    random.Random(seed).shuffle(found)
    return found


def test_a_stack_that_begins_to_lie_when_there_is_no_more_room_is_found_out() -> None:
    """Seven stacks are asked for the same paths, each in an order of its own; one lies in its last tenth."""
    first = FirstBodies(STACKS)
    comparison, engines = Comparison(Known("ab")), {stack: Bodies(first) for stack in "ab"}
    for stack, engine in engines.items():
        asked = requests(100_000, ord(stack))
        for number, request in enumerate(asked):
            lies = stack == "b" and number >= 90_000
            engine.note(request, lies + 1, b"", sent=float(number), now=float(number))
    tables = {stack: engine.answers().by_path() for stack, engine in engines.items()}
    comparison.add_together(tables)
    comparison.conclude()
    found = comparison.of("b")
    assert max(map(len, tables.values())) <= first.most < 90_000
    assert found.compared > 20_000
    assert 0.08 < found.differing / found.compared < 0.12


def test_a_stack_that_is_asked_for_less_keeps_all_of_it() -> None:
    """However much the others are asked for; and of theirs it is compared as far as they keep it."""
    first = FirstBodies(STACKS)
    slow, fast = Bodies(first), Bodies(first)
    for engine, count in ((slow, 10_000), (fast, 200_000)):
        for request in requests(count, 1):
            engine.note(request, 1, b"", sent=0.0, now=0.0)
    tables = [engine.answers().by_path() for engine in (slow, fast)]
    assert len(tables[0]) == 10_000
    assert len(tables[1]) == first.most
    assert len(tables[0].keys() & tables[1].keys()) > 1_000


def test_what_a_run_knows_is_of_the_paths_that_engines_keep() -> None:
    """Not of those of its first blocks alone."""
    known = Known(["a", "b"])
    for block in range(2):
        numbers = range(block * KNOWN_MOST, (block + 1) * KNOWN_MOST)
        known.add("a", {f"/{number}": 1 for number in numbers})
    later = [f"/{number}" for number in range(KNOWN_MOST, 2 * KNOWN_MOST)]
    assert len(known.answers().paths) == KNOWN_MOST
    assert 0.4 < len(known.of_others("b", later)) / KNOWN_MOST < 0.6
