"""What every store promises, asked of each kind."""

import random
import threading
from contextlib import closing

import pytest

from quoteserver.quotations import PACKAGED, Quotation, Text, read_texts
from quoteserver.stores import StorePerProcess, configured_url, load, open_store

TEXTS = [Text(f"text {number}\nsecond line, “quoted” & <b>", f"Author Ö {number % 3}") for number in range(7)]


@pytest.fixture(
    params=["default", "memory", "sqlite", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)],
)
def packaged_store(request, tmp_path):
    """A store with the packaged quotations."""
    if request.param == "elasticsearch":
        url = request.getfixturevalue("elasticsearch_store")
        for _ in load(url, read_texts(PACKAGED), 8558):
            pass
    else:
        url = {"default": configured_url(), "memory": "memory://", "sqlite": f"sqlite:///{tmp_path}/q.db"}[
            request.param
        ]
    with closing(open_store(url)) as store:
        yield store


@pytest.fixture(params=["sqlite", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def loadable_url(request, tmp_path):
    """The URL of a store that is not there yet."""
    if request.param == "elasticsearch":
        return request.getfixturevalue("elasticsearch_store")
    return f"sqlite:///{tmp_path}/loaded.db"


def fill(url, texts, documents):
    return list(load(url, texts, documents))


def test_it_has_every_packaged_quotation_under_its_number(packaged_store):
    """First, last and a sample are what the file says."""
    texts = read_texts(PACKAGED)
    for number in [1, 8558, *random.Random(1).sample(range(1, 8559), 200)]:
        assert packaged_store.get(number) == Quotation(number, *texts[number - 1])


@pytest.mark.parametrize("number", [0, 8559, 900_000, 2**31, 2**63 - 1])
def test_a_number_beyond_is_none(packaged_store, number):
    """Unknown is an answer, not a failure."""
    assert packaged_store.get(number) is None


def test_it_says_what_it_holds(packaged_store):
    """The keys and figures that `quoteserver info --json` prints."""
    packaged_store.check()
    contents = packaged_store.contents()
    assert contents[2:] == (8558, 8558, 1, 8558)
    assert contents.store.startswith(contents.backend)


def test_threads_share_it(packaged_store):
    """Eight threads that ask at once get each their own answer."""
    texts = read_texts(PACKAGED)
    wrong = []

    def ask(seed):
        numbers = random.Random(seed).choices(range(1, 8559), k=100)
        wrong.extend(n for n in numbers if packaged_store.get(n) != Quotation(n, *texts[n - 1]))

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_documents_cycle_over_the_texts(loadable_url):
    """Document i holds text (i - 1) mod N."""
    written = fill(loadable_url, TEXTS, 25)
    assert written[-1] == 25
    with closing(open_store(loadable_url)) as store:
        assert [store.get(number) for number in range(1, 26)] == [
            Quotation(number, *TEXTS[(number - 1) % 7]) for number in range(1, 26)
        ]
        assert store.get(26) is None
        assert store.contents()[2:] == (25, 7, 1, 25)


@pytest.mark.parametrize("counts", [(25, 25), (25, 3), (3, 25)], ids=["same", "fewer", "more"])
def test_loading_again_leaves_what_was_asked_for_last(loadable_url, counts):
    """Nothing of the first load is left over."""
    for count in counts:
        fill(loadable_url, TEXTS, count)
    with closing(open_store(loadable_url)) as store:
        assert store.contents()[2:] == (counts[1], min(7, counts[1]), 1, counts[1])
        assert store.get(counts[1])
        assert store.get(counts[1] + 1) is None


def test_readers_see_what_is_loaded_while_they_are_connected(loadable_url):
    """A server that runs need not be restarted for new quotations."""
    fill(loadable_url, TEXTS, 7)
    with closing(open_store(loadable_url)) as store:
        assert store.get(1).quote == TEXTS[0].quote
        fill(loadable_url, [Text("new", "Somebody")], 1)
        assert store.get(1) == Quotation(1, "new", "Somebody")
        assert store.get(2) is None


def test_each_process_has_a_store_of_its_own():
    """The same within one process; StorePerProcess is asked again after a fork in test_processes.py."""
    stores = StorePerProcess("memory://")
    assert stores.current() is stores.current()
