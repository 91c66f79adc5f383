"""What holds for all tests."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

# How long an example takes is the machine's affair, and on a busy one no claim of the test's.
settings.register_profile("new examples", deadline=None)
# A change is not to fail for an example that its neighbour was spared; `make test-all` looks for new ones, and more.
settings.register_profile("same examples", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("same examples")


@pytest.fixture(autouse=True, scope="session")
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Made-up runs are thousands of files, each of which would be waited for twice; none has to outlive the machine.

    What the command line writes in processes of its own reaches the disk as ever.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _descriptor: None)
        yield
