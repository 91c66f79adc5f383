"""What loads ask for: the same of all stacks, everything before anything again, and a run comes to all of it soon."""

import importlib.util
import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsgibench.engines._paths import PathOrder
from wsgibench.model.load import Requests, path_of

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "wrong_ids.py"


def ids_of(count: int) -> Requests:
    return Requests(paths=("/{id}",), first_id=1, last_id=count)


def asked(requests: Requests, place: int, count: int, seed: int = 1) -> list[str]:
    words = requests.words or ("",)
    drawn = islice(PathOrder(requests, seed).begin(place), count)
    return [path_of(requests.paths[index], number, words[word]) for index, number, word in drawn]


@given(st.integers(1, 2000), st.integers(0, 10**6), st.integers(0, 2**40))
def test_every_path_comes_once_before_any_comes_again(count: int, place: int, seed: int) -> None:
    paths = asked(ids_of(count), place, 2 * count, seed)
    for each in (paths[:count], paths[count:]):
        assert set(each) == {f"/{number}" for number in range(1, count + 1)}


def test_place_and_seed_say_what_is_asked() -> None:
    requests = Requests(paths=("/{id}", "/search/{word}"), last_id=10**6, words=("love", "war"))
    assert asked(requests, 5, 600) == asked(requests, 5, 600)
    assert asked(requests, 5, 600) != asked(requests, 6, 600)
    assert asked(requests, 5, 600, seed=2) != asked(requests, 5, 600)


def test_templates_are_as_likely_as_each_other_and_have_all_their_paths() -> None:
    requests = Requests(paths=("/", "/{id}", "/{word}/{id}"), first_id=11, last_id=30, words=("love", "war", "time"))
    paths = asked(requests, 3, 3000)
    assert set(paths) == {
        "/",
        *(f"/{number}" for number in range(11, 31)),
        *(f"/{word}/{number}" for word in requests.words for number in range(11, 31)),
    }
    assert len(set(paths)) == requests.paths_in_all
    by_template = Counter("/" if path == "/" else path.count("/") for path in paths)
    assert all(abs(times - 1000) < 160 for times in by_template.values())
    assert max(Counter(path for path in paths if path.count("/") == 2).values()) <= 20


def test_few_paths_come_in_another_order_each_time() -> None:
    """So that nothing that takes long comes in step with connections or workers."""
    paths = asked(ids_of(4), 0, 400)
    assert len({tuple(paths[at : at + 4]) for at in range(0, 400, 4)}) > 15
    assert all(len({*paths[at : at + 4]}) == 4 for at in range(0, 400, 4))


def test_more_paths_than_can_be_counted_do_no_harm() -> None:
    requests = Requests(paths=("/{word}/{id}",), last_id=10**18, words=tuple(f"word{number}" for number in range(1000)))
    paths = asked(requests, 10**6, 1000)
    assert len(set(paths)) == 1000
    assert len({path.split("/")[1] for path in paths}) > 500


@pytest.mark.parametrize("comes_to", [20, 77, 300, 999])
@pytest.mark.parametrize("ids", [1000, 8558])
def test_loads_together_come_to_everything_however_far_each_comes(ids: int, comes_to: int) -> None:
    """After as many requests as there are paths to most, after twice as many to all; no order of its own is needed."""
    order, seen, shares = PathOrder(ids_of(ids), 4), set(), {}
    for place in range(2 * ids // comes_to + 2):
        seen |= {number for _, number, _ in islice(order.begin(place), comes_to)}
        shares[(place + 1) * comes_to / ids] = len(seen) / ids
    assert all(share > 0.72 for requests, share in shares.items() if requests >= 1)  # at random: 0.63
    assert shares[max(shares)] == 1.0  # at random: 0.86
    assert all(share >= requests * 0.72 for requests, share in shares.items() if requests <= 1)


def test_no_two_loads_of_a_long_run_begin_together() -> None:
    """Multiples of the golden ratio come no nearer to each other than 0.38 of their mean distance."""
    order, loads, comes_to = PathOrder(ids_of(100_000), 1), 500, 70
    seen = [number for place in range(loads) for _, number, _ in islice(order.begin(place), comes_to)]
    assert len(set(seen)) == len(seen)


@pytest.fixture(scope="module")
def wrong_ids() -> ModuleType:
    spec = importlib.util.spec_from_file_location("wrong_ids", SCRIPT)
    module = sys.modules["wrong_ids"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_liar_is_found_by_the_quick_profile(wrong_ids: ModuleType) -> None:
    """A short form of benchmarks/wrong_ids.py: surely, where the stack bears 3,000/s, and better than at random."""
    found = {(row.liar_per_s, row.others_per_s, row.one_in): row for row in wrong_ids.simulated(8558, 12, 5)}
    assert all(row.share == 1.0 for row in found.values() if row.one_in < 8000)
    assert found[3000, 3000, 8000].share == 1.0
    assert found[3000, 3000, 8000].compared == 8558
    assert found[600, 3000, 8000].compared > 6000  # at random: 5,300
