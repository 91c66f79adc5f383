"""The run folder when its writer is killed, or the disk is full."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.records import a_run
from wsgibench.runs import RunFolder

TESTS = Path(__file__).parent.parent
ARGV = [sys.executable, Path(__file__).parent / "programs" / "writer.py"]
ENV = {**os.environ, "PYTHONPATH": str(TESTS)}


@pytest.mark.parametrize("seed", range(20))
def test_killed_at_any_instant_the_folder_reads_and_no_finished_trial_is_lost(tmp_path, seed):
    """The trials that it had said were done are all there; at most the one at hand is not."""
    instants = random.Random(seed)
    with subprocess.Popen([*ARGV, tmp_path], env=ENV, stdout=subprocess.PIPE, text=True) as writer:
        for _ in range(instants.randrange(1, 8)):
            writer.stdout.readline()
        signal.sigtimedwait([], instants.uniform(0, 0.02))
        writer.kill()
        said = [int(line) for line in writer.stdout]
    folder = RunFolder.open(next(tmp_path.iterdir()))
    trials = [trial.number for trial in folder.read().trials]
    assert trials == [*range(1, len(trials) + 1)]
    assert len(trials) >= max(said, default=1)
    assert len(folder.remove_unfinished()) <= 1
    with folder.lock():
        assert [folder.trial(trial).recording("steady").start_s for trial in folder.read().trials] == [0.0] * len(
            trials
        )


def test_killed_while_the_folder_is_made_none_is_seen(tmp_path, monkeypatch):
    """Its name appears with the run in it: no folder can be listed that no command can read."""
    seen = []
    write_run = RunFolder.write_run
    monkeypatch.setattr(
        RunFolder, "write_run", lambda folder, run: (seen.extend(visible(tmp_path)), write_run(folder, run))
    )
    RunFolder.create(tmp_path, a_run())
    assert not seen
    assert len(visible(tmp_path)) == len(list(tmp_path.iterdir())) == 1


def visible(directory: Path) -> list[Path]:
    return [path for path in directory.iterdir() if not path.name.startswith(".")]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 KiB."""
    mount = subprocess.run(
        [shutil.which("mount") or "mount", "-t", "tmpfs", "-o", "size=256k", "none", tmp_path],
        capture_output=True,
        check=False,
    )
    if mount.returncode:
        pytest.skip(f"this user may not mount: {mount.stderr.decode().strip()}")
    yield tmp_path
    subprocess.run([shutil.which("umount"), tmp_path], check=True)


def test_a_full_disk_is_an_error_and_finished_trials_stay(small_disk):
    writer = subprocess.run([*ARGV, small_disk], env=ENV, capture_output=True, text=True, check=False, timeout=60)
    said = [int(line) for line in writer.stdout.split()]
    assert writer.returncode == 1
    assert "cannot be written: no space left on device. " in writer.stderr
    assert "Make room" in writer.stderr
    folder = RunFolder.open(next(small_disk.iterdir()))
    assert [trial.number for trial in folder.read().trials][: len(said)] == said
    assert said
    folder.remove_unfinished()
    assert folder.read().run.ended_s in (float(said[-1]), None)


def test_a_limit_on_file_size_is_an_error_as_a_full_disk_is(tmp_path):
    """Needs no mount: no file may grow beyond 300 bytes, and run.json wants more."""
    writer = subprocess.run(
        [*ARGV, tmp_path],
        env=ENV,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300)),
    )
    assert writer.returncode == 1
    assert "run.json' cannot be written: file too large. " in writer.stderr
    assert "Make room" in writer.stderr
    assert not list(tmp_path.iterdir()), "nothing half-written is left"
