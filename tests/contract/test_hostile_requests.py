"""A short form of benchmarks/hostile_requests.py: no hostile request breaks the quote server or ends a worker."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "hostile_requests.py"


@pytest.mark.parametrize("stack", ["gunicorn", "waitress", "granian", "uwsgi-http", "nginx+uwsgi"])
def test_hostile_requests_break_nothing(tmp_path: Path, stack: str) -> None:
    """None is answered by an error of the app, no process ends, and sound ones in between are answered as ever."""
    options = ("--requests", "300", "--stacks", stack, "--out", str(tmp_path / "results.json"))
    done = subprocess.run(
        (sys.executable, str(SCRIPT), *options), capture_output=True, text=True, check=False, timeout=110
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_hostile_requests_break_nothing(tmp_path: Path) -> None:
    """Over all five stacks."""
    argv = (sys.executable, str(SCRIPT), "--out", str(tmp_path / "results.json"))
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=3500)
    assert done.returncode == 0, done.stdout + done.stderr
