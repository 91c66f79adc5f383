"""A short form of benchmarks/kills.py: whatever is killed, and when, nothing is left and nothing is lost."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "kills.py"


@pytest.mark.parametrize(
    ("kills", "verbs"), [("2", "serve"), pytest.param("16", "run,resume,serve,up", marks=pytest.mark.long)]
)
def test_sigkill_at_any_instant_leaves_no_process_and_loses_no_trial(kills: str, verbs: str, tmp_path: Path) -> None:
    """To the command itself, or to any process that it started."""
    done = subprocess.run(
        (sys.executable, str(SCRIPT), "--kills", kills, "--verbs", verbs, "--json", str(tmp_path / "kills.json")),
        capture_output=True,
        text=True,
        check=False,
        timeout=580,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{kills} kills: 0 left or lost something" in done.stdout
