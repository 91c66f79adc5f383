"""CPU of processes that are none of ours."""

import os
import time

import pytest

from support.actors import actors
from wsgibench.monitors import OtherCpu
from wsgibench.monitors._others import busy_seconds, other_share

STAT = """\
cpu  100 20 30 4000 5 6 7 8 0 0
cpu0 60 10 20 2000 2 300 400 8 50 0
cpu12 40 10 10 2000 3 3 3 0 0 0
intr 12345 0 9
"""
_DEADLINE_S = 20.0


def test_interrupts_steal_and_waiting_are_nobodys():
    """Of each core user, nice and system count, in ticks of 10 ms."""
    ticks = os.sysconf("SC_CLK_TCK")
    assert busy_seconds(STAT) == {0: pytest.approx(90 / ticks), 12: pytest.approx(60 / ticks)}


@pytest.mark.parametrize(
    ("busy_s", "ours_s", "share"), [(3.0, 2.0, 0.25), (2.0, 2.0, 0.0), (1.98, 2.0, 0.0), (5.0, 0.0, 1.0)]
)
def test_the_share_is_what_is_not_ours(busy_s, ours_s, share):
    """Of two cores in 2 s; the clocks differ by a little, and there is nothing below none and above all."""
    assert other_share(busy_s, ours_s, cores=2, took_s=2.0) == pytest.approx(share)


def test_no_time_has_no_share():
    assert other_share(1.0, 0.0, cores=2, took_s=0.0) == 0.0


def test_cores_that_the_kernel_does_not_tell_of_have_none():
    """As in a container that hides them."""
    others = OtherCpu({0, 5000})
    others.start()
    assert others.share() is None


def test_a_process_of_ours_is_no_other():
    """Burning beside nobody, the share stays where it was without; a stranger's fire adds what it burns."""
    cores = os.sched_getaffinity(0)
    others = OtherCpu(cores)
    others.start()
    time.sleep(0.5)
    quiet = others.share()
    with actors() as tree:
        others.start()
        began_s, burnt_s = time.monotonic(), 0.0
        while time.monotonic() - began_s < 1.0:
            burnt_s = tree.burn(tree.root)
        share = others.share()
        took_s = time.monotonic() - began_s
    assert quiet is not None
    assert share is not None
    assert burnt_s > 0.2
    # What else runs on a shared machine may change meanwhile, but not by what we burnt.
    assert share - quiet < max(0.5 * burnt_s / took_s / len(cores), 0.15)
