"""What holds for all tests."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
import pytest_rerunfailures
from hypothesis import settings

from support.together import Together

# How long an example takes is the machine's affair, and on a busy one no claim of the test's.
settings.register_profile("new examples", deadline=None)
# A change is not to fail for an example that its neighbour was spared; `make test-all` looks for new ones, and more.
settings.register_profile("same examples", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("same examples")
settings.register_profile("few examples", deadline=None, derandomize=True, max_examples=10)

HERE = Path(__file__).parent
TOGETHER = pytest.StashKey[Together]()
QUICK = {"analysis", "bench", "report", "runs", "stats", "unit"}
"""Folders of tests that ask functions: `make test-fast` runs them, but for those below."""
NOT_QUICK = {"subprocess", "run_wsgibench", "draw", "vl_convert", "SCRIPT"}
"""What a module has that starts processes, draws pictures or does what a benchmark does."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out folders without a fast test where only those are asked for; to import them all takes a while."""
    leaves_out = "fast" in config.option.markexpr.split() and collection_path.is_dir()
    return True if leaves_out and collection_path.parent == HERE and collection_path.name not in QUICK else None


def pytest_configure(config: pytest.Config) -> None:
    """Where all processes of this run of the tests see each other."""
    directory = config.rootpath / ".pytest_cache" / "together"
    directory.mkdir(parents=True, exist_ok=True)
    config.stash[TOGETHER] = Together(directory)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Who waits for this process waits no longer."""
    config.stash[TOGETHER].close()


def _is_to_be_alone(item: pytest.Item | None) -> bool:
    return item is not None and item.get_closest_marker("alone") is not None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as fast what is; last come those that are to be alone, for whom all others have to wait."""
    items.sort(key=_is_to_be_alone)
    for item in items:
        folder = item.path.relative_to(HERE).parts[0] if item.path.is_relative_to(HERE) else ""
        if folder in QUICK and isinstance(item, pytest.Function) and NOT_QUICK.isdisjoint(vars(item.module)):
            item.add_marker(pytest.mark.fast)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Let tests that say how long something takes run alone; before their time-outs begin.

    Of several in a row the others wait for once: it may take half a minute until the last of them has left.
    """
    together = item.config.stash[TOGETHER]
    together.enter(alone=_is_to_be_alone(item))
    try:
        return (yield)
    finally:
        if not (_is_to_be_alone(item) and _is_to_be_alone(nextitem)):
            together.leave()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that is tried again, as one that failed is in `make test` (Makefile), is alone, with fixtures of its own.

    A run that is a fixture of the whole module is what failed, where it was disturbed.
    """
    if getattr(item, "execution_count", 1) > 1:
        item.config.stash[TOGETHER].enter(alone=True)
        pytest_rerunfailures._restore_suspended_finalizers(item)
        item.session._setupstate.teardown_exact(None)


@pytest.fixture(autouse=True, scope="session")
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Made-up runs are thousands of files, each of which would be waited for twice; none has to outlive the machine.

    What the command line writes in processes of its own reaches the disk as ever.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _descriptor: None)
        yield
