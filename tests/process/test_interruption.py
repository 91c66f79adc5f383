"""Signals end us in good order, and never in the middle of it."""

import signal
import subprocess
import sys
import time

import pytest

OURS = """
import sys, time
from wsgibench.processes.interruption import end_in_good_order, end_of_interruption, undisturbed
end_in_good_order()
class Loses:
    def __del__(self):
        print("up", flush=True)
        time.sleep(0.3)
try:
    try:
        if sys.argv[1] == "lost":
            Loses()
        elif sys.argv[1] == "within":
            with undisturbed():
                print("up", flush=True)
                time.sleep(0.3)
                print("whole", flush=True)
            print("not reached", flush=True)
        else:
            print("up", flush=True)
        time.sleep(60)
    finally:
        time.sleep(0.5)
        print("stopped", flush=True)
except KeyboardInterrupt:
    end_of_interruption()
    print("interrupted", flush=True)
time.sleep(0.3)
"""


@pytest.mark.parametrize("where", ["outside", "within"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_second_signal_does_not_break_off_what_the_first_began(where: str, number: signal.Signals) -> None:
    """Twenty of them, a millisecond apart; what must not be disturbed is done first."""
    with subprocess.Popen((sys.executable, "-c", OURS, where), stdout=subprocess.PIPE, text=True) as ours:
        assert ours.stdout is not None
        assert ours.stdout.readline() == "up\n"
        for _ in range(20):
            ours.send_signal(number)
            time.sleep(0.001)
        said = ours.stdout.read().split("\n")[:-1]
        assert ours.wait(10) == 0
    assert said == [*(["whole"] if where == "within" else []), "stopped", "interrupted"]


def test_a_signal_that_python_drops_counts_all_the_same() -> None:
    """What is raised in a finaliser is written to stderr and forgotten; it is raised once more."""
    with subprocess.Popen(
        (sys.executable, "-c", OURS, "lost"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as ours:
        assert ours.stdout is not None
        assert ours.stdout.readline() == "up\n"
        ours.send_signal(signal.SIGTERM)
        said, forgotten = ours.communicate(timeout=10)
    assert said == "stopped\ninterrupted\n"
    assert "Exception ignored in" in forgotten


def test_what_nohup_keeps_away_stays_away() -> None:
    """A run of hours goes on when its terminal is closed."""
    ignoring = ("sh", "-c", "trap '' HUP; exec \"$@\"", "sh", sys.executable, "-c", OURS, "outside")
    with subprocess.Popen(ignoring, stdout=subprocess.PIPE, text=True) as ours:
        assert ours.stdout is not None
        assert ours.stdout.readline() == "up\n"
        ours.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            ours.wait(0.5)
        ours.send_signal(signal.SIGTERM)
        assert ours.wait(10) == 0
