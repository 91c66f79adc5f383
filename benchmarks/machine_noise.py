"""A machine whose speed wanders: processes that use every core in spells of random length, as a neighbour does.

For asking whether figures survive it. Ends with the process that began it, and after ``--seconds`` in any case.
"""

import argparse
import contextlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator

SPELL_S = (0.3, 6.0)
"""Shortest and longest; busy and idle ones alike."""
_SECONDS_MOST = 1800.0


@contextlib.contextmanager
def machine_noise(seed: int) -> Iterator[None]:
    """A noisy machine while the context lasts."""
    children = [
        subprocess.Popen(
            (sys.executable, __file__, "--seed", str(seed), "--core", str(core), "--parent", str(os.getpid()))
        )
        for core in sorted(os.sched_getaffinity(0))
    ]
    try:
        yield
    finally:
        for child in children:
            child.kill()
            child.wait()


def main() -> None:
    """Be busy and idle in turn, all cores at the same time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", type=int, required=True, help="to run on")
    parser.add_argument("--seed", type=int, default=1, help="of the spells; alike on all cores")
    parser.add_argument("--parent", type=int, required=True, help="process to end with")
    parser.add_argument("--seconds", type=float, default=_SECONDS_MOST, help="at most")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {arguments.core})
    draw = random.Random(arguments.seed)
    end_s = time.monotonic() + arguments.seconds
    while time.monotonic() < end_s and os.getppid() == arguments.parent:
        busy_until_s = time.monotonic() + draw.uniform(*SPELL_S)
        while time.monotonic() < busy_until_s:
            sum(range(1000))
        time.sleep(draw.uniform(*SPELL_S))


if __name__ == "__main__":
    main()
