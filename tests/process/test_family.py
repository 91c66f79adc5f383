"""What belongs to a program stays its own, wherever it goes: it is counted, and does not outlive it."""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from support.command import bearing
from wsgibench.membership import cgroup_of, mark_of
from wsgibench.model.program import Program
from wsgibench.monitors import TreeCpu
from wsgibench.monitors._trees import TreeSampler
from wsgibench.processes.cgroup import end_cgroup, make_cgroup
from wsgibench.processes.child import Child
from wsgibench.processes.private_directory import PrivateDirectory, sweep
from wsgibench.processes.programs import output_of
from wsgibench.processes.supervisor import Supervisor
from wsgibench.processes.tree import left_of

DEADLINE_S = 20
BURNT_S = 0.1
HELPER = Path(__file__).parent / "programs" / "helper.py"


def eventually(condition: Callable[[], object]) -> None:
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.02)


def cgroups_can_be() -> bool:
    cgroup = make_cgroup(f"wsgibench-{os.getpid()}-tried")
    if cgroup is not None:
        end_cgroup(cgroup)
    return cgroup is not None


CGROUPS = pytest.param(True, id="by-cgroup", marks=pytest.mark.skipif(not cgroups_can_be(), reason="no cgroup is ours"))
MARKS = pytest.param(False, id="by-mark")


class Programs:
    """Programs with a helper each, under a supervisord."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor

    def add(self, group: str) -> tuple[int, int]:
        """A program, and its helper that has left it."""
        argv = (sys.executable, str(HELPER), str(BURNT_S))
        self.supervisor.add(group, [Program(name="it", role="server", argv=argv, directory="/")], restart=False)
        [row] = [row for row in self.supervisor.status() if row.group == group]
        eventually(lambda: row.log.exists() and row.log.read_text().endswith("\n"))
        assert row.pid is not None
        helper = int(row.log.read_text())
        assert psutil.Process(helper).ppid() != row.pid
        return row.pid, helper


@pytest.fixture
def programs(request: pytest.FixtureRequest) -> Iterator[Programs]:
    directory = PrivateDirectory()
    supervisor = Supervisor(directory.path)
    supervisor.start(attached=True, with_cgroups=request.param)
    yield Programs(supervisor)
    supervisor.stop()
    directory.remove()


both_ways = pytest.mark.parametrize("programs", [CGROUPS, MARKS], indirect=True)


@both_ways
def test_a_helper_that_left_ends_with_its_program_and_no_other(programs: Programs) -> None:
    """It ignores SIGTERM, has a session of its own, and its parent has ended."""
    _, first = programs.add("a")
    program, second = programs.add("b")
    family = programs.supervisor.processes()
    assert {first, second} < family.keys()
    programs.supervisor.remove("a", patience_s=0.2)
    assert {process.pid for process in left_of({pid: family[pid] for pid in (first, second, program)})} == {
        second,
        program,
    }
    programs.supervisor.stop()
    assert left_of(family) == []


@both_ways
def test_a_helper_that_left_counts(programs: Programs) -> None:
    """Its CPU, its memory and that it is there, for its own program alone."""
    (one, helper), (other, _) = programs.add("a"), programs.add("b")
    cpu = TreeCpu({"one": [one], "other": [other]})
    sampler = TreeSampler({"one": [one], "other": [other]})
    before = cpu.seconds()
    os.kill(helper, signal.SIGUSR1)
    eventually(lambda: cpu.seconds()["one"] - before["one"] > BURNT_S * 0.95)
    assert cpu.seconds()["other"] - before["other"] < BURNT_S / 2
    sample = sampler.sample()
    assert (sample["one"].processes, sample["other"].processes) == (2, 2)
    assert sample["one"].cpu_s > BURNT_S * 0.95


@pytest.mark.parametrize("programs", [CGROUPS], indirect=True)
def test_what_left_and_ended_between_two_looks_counts(programs: Programs) -> None:
    """A process for each request, whose parent ends at once: by its cgroup nothing is lost."""
    pid, _ = programs.add("a")
    cpu = TreeCpu({"it": [pid]})
    before = cpu.seconds()["it"]
    os.kill(pid, signal.SIGUSR2)
    cgroup = cgroup_of(pid)
    assert cgroup is not None
    eventually(lambda: len((cgroup / "cgroup.procs").read_text().split()) == 3)
    eventually(lambda: len((cgroup / "cgroup.procs").read_text().split()) == 2)
    assert cpu.seconds()["it"] - before > BURNT_S * 0.95


@pytest.mark.parametrize("programs", [MARKS], indirect=True)
def test_what_left_and_ended_unseen_counts_for_those_whose_turn_it_is(programs: Programs) -> None:
    """By mark it is with nobody; but supervisord has waited for it. Kernel and clock agree to two ticks."""
    (one, _), (other, _) = programs.add("a"), programs.add("b")
    cpu = TreeCpu({"one": [one], "other": [other]})
    [supervisord] = [pid for pid in programs.supervisor.processes() if "_supervisord" in " ".join(argv_of(pid))]
    before = cpu.seconds()
    for _ in range(3):
        before_s = reaped_s(supervisord)
        began = cpu.seconds("one")["one"]
        os.kill(one, signal.SIGUSR2)
        eventually(lambda: reaped_s(supervisord) - before_s > BURNT_S / 2)  # noqa: B023  # called here and now
        assert cpu.seconds("one")["one"] - began == pytest.approx(BURNT_S, abs=0.05)
        assert cpu.seconds("other")["other"] - before["other"] < BURNT_S / 2


def reaped_s(pid: int) -> float:
    """CPU of the children that it waited for."""
    times: tuple[float, ...] = psutil.Process(pid).cpu_times()
    return times[2] + times[3]


def argv_of(pid: int) -> list[str]:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).cmdline()
    return []


@both_ways
def test_workers_are_counted_each_for_itself(programs: Programs) -> None:
    """A process below a program is a tree of its own, not all that the program started."""
    argv = ("/bin/sh", "-c", "sleep 7919 & sleep 7919; true")
    programs.supervisor.add("a", [Program(name="it", role="server", argv=argv, directory="/")], restart=False)
    [row] = programs.supervisor.status()
    assert row.pid is not None
    program = psutil.Process(row.pid)
    eventually(lambda: len(program.children()) == 2)
    worker = program.children()[0].pid
    sample = TreeSampler({"program": [program.pid], "worker": [worker]}).sample()
    assert (sample["program"].processes, sample["worker"].processes) == (3, 1)


@pytest.mark.parametrize("programs", [CGROUPS], indirect=True)
def test_a_program_has_its_own_cgroup_that_goes_with_it(programs: Programs) -> None:
    """It neither weighs nor limits."""
    pid, _ = programs.add("a")
    cgroup = cgroup_of(pid)
    assert cgroup is not None
    assert cgroup.name == "a.it"
    assert (cgroup.parent / "cgroup.subtree_control").read_text().strip() == ""
    assert mark_of(pid) == f"{programs.supervisor.directory.name}/a.it"
    programs.supervisor.remove("a", patience_s=0.2)
    assert not cgroup.exists()
    programs.supervisor.stop()
    assert not cgroup.parent.exists()


@both_ways
def test_supervisord_killed_its_programs_helpers_can_still_be_put_away(programs: Programs) -> None:
    """A group is removed, and all is, without anybody to ask."""
    programs.add("a")
    programs.add("b")
    family = programs.supervisor.processes()
    [supervisord] = [pid for pid in family if "_supervisord" in " ".join(argv_of(pid))]
    os.kill(supervisord, signal.SIGKILL)
    programs.supervisor.remove("a")
    programs.supervisor.stop()
    assert left_of(family) == []


DAEMON = "setsid sleep 7919 >/dev/null 2>&1 </dev/null & exit 0"


@pytest.mark.parametrize("script", [DAEMON, "setsid sleep 7919 & echo said", f"{DAEMON} & sleep 60"])
def test_a_command_leaves_nothing(script: str) -> None:
    """Not what left it, not what still holds its output, not what outlasts its time."""
    began_s = time.monotonic()
    code, said = output_of(("sh", "-c", script), timeout_s=1.0, env=[("WSGIBENCH_TEST", script)])
    assert time.monotonic() - began_s < DEADLINE_S
    assert (code, said) == ((None, "") if "60" in script else (0, "said\n" if "said" in script else ""))
    assert bearing("WSGIBENCH_TEST", script) == []


def test_a_command_that_cannot_be_started_says_why() -> None:
    assert output_of(("/nowhere/python",)) == (None, "[Errno 2] No such file or directory: '/nowhere/python'")


OWNER = """
import sys, time
from pathlib import Path
from wsgibench.processes.child import Child
child = Child(("sleep", "7919"), log=Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(60)
"""


def test_a_child_that_does_not_mind_its_stdin_ends_with_us(tmp_path: Path) -> None:
    """Also when nobody can end it any more."""
    with subprocess.Popen((sys.executable, "-c", OWNER, tmp_path / "log"), stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        child = psutil.Process(int(owner.stdout.readline()))
        family = {child.pid: child.create_time()}
        owner.kill()
    eventually(lambda: not left_of(family))


def test_a_child_ends_with_what_was_left_to_us(tmp_path: Path) -> None:
    """Its own children that it left behind, once it has been killed."""
    code = "import subprocess, time; print(subprocess.Popen(['sleep', '7919']).pid, flush=True); time.sleep(300)"
    output_of(("true",))  # from here on we adopt orphans, as in every run
    child = Child((sys.executable, "-c", code), log=tmp_path / "log")
    orphan = psutil.Process(int(child.line(timeout_s=DEADLINE_S) or 0))
    family = {orphan.pid: orphan.create_time()}
    os.kill(child.pid, signal.SIGKILL)
    eventually(lambda: child.exit_code is not None)
    assert left_of(family)
    child.end()
    assert not left_of(family)


@pytest.fixture
def base() -> Iterator[Path]:
    """A directory for private directories that no other wsgibench on this machine tidies up."""
    with tempfile.TemporaryDirectory(prefix="wb-") as directory:
        yield Path(directory)


KILLED_AT_ONCE = """
import os, signal, sys
sys.path[:0] = sys.argv[1:]
from process.test_family import Programs
from wsgibench.processes.private_directory import PrivateDirectory
from wsgibench.processes.supervisor import Supervisor
supervisor = Supervisor(PrivateDirectory().path)
supervisor.start(attached=True)
Programs(supervisor).add("a")
os.kill(supervisor._process.pid, signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not cgroups_can_be(), reason="no cgroup is ours")
def test_when_all_who_could_tidy_up_are_killed_the_next_call_does(base: Path) -> None:
    """Then only the cgroup tells what belonged to them."""
    env = {**os.environ, "XDG_RUNTIME_DIR": str(base), "WSGIBENCH_TEST": str(base)}
    tests = str(Path(__file__).parent.parent)
    subprocess.run((sys.executable, "-c", KILLED_AT_ONCE, tests), env=env, check=False, timeout=60)
    assert bearing("WSGIBENCH_TEST", str(base))
    sweep(base)
    assert bearing("WSGIBENCH_TEST", str(base)) == []
    assert list(base.iterdir()) == []


def test_a_directory_that_was_to_be_kept_goes_with_an_owner_killed_before(base: Path) -> None:
    """One that is settled stays, whoever has ended."""
    code = (
        "import os, sys; from wsgibench.processes.private_directory import PrivateDirectory;"
        "kept = PrivateDirectory(kept=True);"
        "sys.argv[1:] and kept.settle(); print(kept.path, flush=True); os.kill(os.getpid(), 9)"
    )
    env = {**os.environ, "XDG_RUNTIME_DIR": str(base)}
    paths = []
    for settled in ((), ("settled",)):
        done = subprocess.run((sys.executable, "-c", code, *settled), env=env, check=False, capture_output=True)
        paths.append(Path(done.stdout.decode().strip()))
    sweep(base)
    assert [path.exists() for path in paths] == [False, True]


def test_nobody_takes_a_new_directory_for_that_of_one_who_was_killed(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though another wsgibench tidies up just when its lock is about to be taken."""
    lock, others = fcntl.flock, [lambda: sweep(base)]

    def locked(descriptor: int, how: int) -> None:
        while others:
            others.pop()()
        lock(descriptor, how)

    monkeypatch.setenv("XDG_RUNTIME_DIR", str(base))
    monkeypatch.setattr(fcntl, "flock", locked)
    made = PrivateDirectory()
    assert made.path.parent == base
    sweep(base)
    assert made.path.exists()
    made.remove()


def test_a_directory_whose_maker_was_killed_before_it_was_locked_is_removed(tmp_path: Path) -> None:
    """When it can no more be one that is just being made."""
    names = [f"{prefix}{age}" for prefix in ("wsgibench.", "wsgibench-up.") for age in ("new", "old")]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "owner.lock.new").touch()
        if name.endswith("old"):
            os.utime(tmp_path / name, (0, 0))
    sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"wsgibench.new", "wsgibench-up.new"}
