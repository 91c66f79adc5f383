"""The private supervisord: what it starts is kept, seen and ended."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from wsgibench.errors import StartError, UsageError
from wsgibench.model.program import Program
from wsgibench.processes.private_directory import PrivateDirectory, sweep
from wsgibench.processes.supervisor import Supervisor
from wsgibench.processes.tree import left_of

DEADLINE_S = 30


def eventually(condition: Callable[[], object], *, within_s: float = DEADLINE_S) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.02)


def shell(script: str, *, name: str = "sleeper", env: tuple[tuple[str, str], ...] = ()) -> Program:
    return Program(name=name, role="server", argv=("/bin/sh", "-c", script), directory="/", env=env)


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    directory = PrivateDirectory()
    supervisor = Supervisor(directory.path)
    supervisor.start(attached=True)
    yield supervisor
    supervisor.stop()
    directory.remove()


def test_its_directory_and_socket_are_private(supervisor: Supervisor) -> None:
    """Nobody else can enter the directory or talk to the socket, and no TCP port is open."""
    assert supervisor.directory.stat().st_mode & 0o777 == 0o700
    assert (supervisor.directory / "supervisor.sock").stat().st_mode & 0o777 == 0o600
    running = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    [supervisord] = [child for child in running if str(supervisor.configuration) in child.cmdline()]
    assert not supervisord.net_connections("inet")


@pytest.mark.parametrize(
    "value", ["plain", "two words", "a ;b #c", "100 %", 'it\'s "quoted"', "$HOME `id` \\", "", "%(ENV_HOME)s", "ä€"]
)
def test_arguments_and_environment_arrive_as_they_are(supervisor: Supervisor, value: str) -> None:
    """No quoting rule of supervisor's files changes what a program is given."""
    script = "import os, sys; print(repr((sys.argv[1], os.environ['X'])), flush=True); import time; time.sleep(60)"
    program = Program(
        name="p",
        role="server",
        argv=(sys.executable, "-X", "utf8", "-c", script, value),
        directory="/",
        env=(("X", value),),
    )
    supervisor.add("g", [program], restart=False)
    log = supervisor.status()[0].log
    eventually(lambda: log.exists() and log.read_text())
    assert log.read_text().strip() == repr((value, value))


@pytest.mark.parametrize("value", ["two\nlines", "tab\there"])
def test_what_its_files_cannot_hold_is_refused(supervisor: Supervisor, value: str) -> None:
    """A line break never becomes another setting."""
    with pytest.raises(UsageError, match="line break"):
        supervisor.add("g", [shell(f"sleep 60; {value}")], restart=False)


def test_a_group_is_removed_with_all_that_it_started(supervisor: Supervisor) -> None:
    """Children that ignore SIGTERM, and those that left the process group, end too."""
    stubborn = "trap '' TERM; setsid sleep 300 & sleep 300"
    supervisor.add("g", [shell(stubborn)], restart=False)
    eventually(lambda: len(supervisor.processes()) == 4)
    family = supervisor.processes()
    supervisor.remove("g")
    assert [p.pid for p in left_of(family)] == [
        p.pid for p in left_of(family) if "_supervisord" in " ".join(p.cmdline())
    ]
    assert supervisor.status() == []


def test_restarts_are_counted(supervisor: Supervisor) -> None:
    """A program that is killed is started again, and that shows."""
    supervisor.add("g", [shell("exec sleep 300")], restart=True)
    eventually(lambda: supervisor.status()[0].state == "RUNNING")
    first = supervisor.status()[0].pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    eventually(lambda: supervisor.answers() and supervisor.status()[0].pid not in (first, None))
    assert supervisor.restarts() == {"sleeper": 1}


def test_without_restart_the_dead_stay_dead(supervisor: Supervisor) -> None:
    """What dies in a trial must be seen, not hidden by a new one."""
    supervisor.add("g", [shell("exec sleep 300")], restart=False)
    eventually(lambda: supervisor.status()[0].state == "RUNNING")
    os.kill(supervisor.status()[0].pid or 0, signal.SIGKILL)
    eventually(lambda: supervisor.answers() and not supervisor.status()[0].alive)
    assert supervisor.restarts() == {"sleeper": 0}


def test_supervisord_that_cannot_start_says_why(tmp_path: Path) -> None:
    """A socket path in the way is an error with supervisord's own words."""
    (tmp_path / "supervisor.sock").mkdir()
    with pytest.raises(StartError, match="supervisord does not start") as raised:
        Supervisor(tmp_path).start(attached=True)
    assert "supervisor.sock" in raised.value.hint


def test_supervisord_has_as_long_as_the_user_says(tmp_path: Path) -> None:
    """On a machine that is busy it takes long; what it had stands in the error."""
    with pytest.raises(StartError, match=r"does not start within the --start-timeout of 0\.001 s"):
        Supervisor(tmp_path).start(attached=True, timeout_s=0.001)


def test_a_supervisord_that_is_stopped_is_not_waited_for_for_ever(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wsgibench.processes.supervisord_client._ANSWER_S", 0.2)
    supervisor._client._transport.close()
    os.kill(supervisor.pid, signal.SIGSTOP)
    try:
        assert not supervisor.answers()
    finally:
        os.kill(supervisor.pid, signal.SIGCONT)
    eventually(supervisor.answers)


OWNER = """
import time
from wsgibench.model.program import Program
from wsgibench.processes.private_directory import PrivateDirectory
from wsgibench.processes.supervisor import Supervisor
directory = PrivateDirectory()
supervisor = Supervisor(directory.path)
supervisor.start(attached=True)
argv = ("/bin/sh", "-c", "trap '' TERM; (setsid sleep 300 &) ; sleep 300 & sleep 300")
supervisor.add("g", [Program(name="s", role="server", argv=argv, directory="/")], restart=True)
while len(supervisor.processes()) < 5:
    time.sleep(0.01)
print(directory.path, *supervisor.processes(), flush=True)
while supervisor.answers():
    time.sleep(0.05)
supervisor.stop()
"""


@pytest.mark.parametrize("victim", ["owner", "supervisord"])
def test_sigkill_leaves_nothing(victim: str) -> None:
    """Whoever is killed, its owner or supervisord: soon no process is left, and the next call removes the files.

    Its base is one of its own: in another, others that start meanwhile would remove the files first.
    """
    with tempfile.TemporaryDirectory(prefix="wb-") as base:
        leaves_nothing(victim, Path(base))


def leaves_nothing(victim: str, base: Path) -> None:
    env = {**os.environ, "XDG_RUNTIME_DIR": str(base)}
    owner = subprocess.Popen((sys.executable, "-c", OWNER), stdout=subprocess.PIPE, text=True, env=env)
    assert owner.stdout is not None
    with owner, owner.stdout:
        directory, *pids = owner.stdout.readline().split()
        family = {int(pid): psutil.Process(int(pid)).create_time() for pid in pids}
        [supervisord] = [pid for pid in family if "_supervisord" in " ".join(psutil.Process(pid).cmdline())]
        os.kill(supervisord if victim == "supervisord" else owner.pid, signal.SIGKILL)
        eventually(lambda: not left_of(family))
        owner.wait(DEADLINE_S)
    assert Path(directory).parent == base
    assert Path(directory).exists()
    sweep(base)
    assert not Path(directory).exists()


def test_the_living_keep_their_directory() -> None:
    """A second call does not sweep away what the first still uses."""
    first = PrivateDirectory()
    second = PrivateDirectory()
    assert first.path.exists()
    first.remove()
    second.remove()
    assert not first.path.exists()


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one core")
def test_what_is_started_after_pinning_runs_there_alone(supervisor: Supervisor) -> None:
    """What ran before keeps the cores that it had."""
    cores = os.sched_getaffinity(0)
    supervisor.add("before", [shell("exec sleep 60")], restart=False)
    supervisor.pin({min(cores)})
    supervisor.add("after", [shell("exec sleep 60")], restart=False)
    eventually(lambda: all(row.pid for row in supervisor.status()))
    found = {row.group: os.sched_getaffinity(row.pid or 0) for row in supervisor.status()}
    assert found == {"before": cores, "after": {min(cores)}}
