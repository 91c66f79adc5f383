"""What another user of the machine can do to a stack that is up: ask HTTP, and nothing else. Each socket, file and
process is tried.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.command import APPS, beside_others, family_of, run_wsgibench
from support.sockets import NOBODY, listening
from wsgibench.model.address import Tcp, Unix

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="needs to be root to become another user")

HELLO = ("--app", "hello:app", "--chdir", str(APPS), "--env", "SECRET=nobody's business")
DEADLINE_S = 60
_CHOSEN = ("out", "state")
"""Directories that the user named: what is in them is ours, they themselves are as he has them."""

TRY = f"""
import json, os, socket, sys
from pathlib import Path
found = json.loads(sys.stdin.read())
os.setgroups([])
os.setgid({NOBODY})
os.setuid({NOBODY})
could, said = [], {{}}

def tried(what, act):
    try:
        act()
    except (PermissionError, FileNotFoundError, ProcessLookupError):
        return
    except OSError as exc:
        what = f"{{what}} ({{exc}})"
    could.append(what)

def connect(path):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(3)
        connection.connect(path)

for path in found["sockets"]:
    tried(f"connect to {{path}}", lambda: connect(path))
for path in found["files"]:
    tried(f"read {{path}}", lambda: os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK)))
    tried(f"write {{path}}", lambda: os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK)))
    tried(f"rename {{path}}", lambda: os.rename(path, path + ".mine"))
for path in found["directories"]:
    tried(f"list {{path}}", lambda: os.listdir(path))
    tried(f"write into {{path}}", lambda: Path(path, "mine").write_text("mine"))
for pid in found["processes"]:
    tried(f"signal {{pid}}", lambda: os.kill(pid, 0))
    for name in ("environ", "mem", "fd", "cwd", "maps"):
        place = f"/proc/{{pid}}/{{name}}"
        read = os.listdir if name == "fd" else os.readlink if name == "cwd" else lambda path: open(path, "rb").read(1)
        tried(f"read {{place}}", lambda: read(place))
for port in found["ports"]:
    with socket.socket() as connection:
        connection.settimeout(5)
        connection.connect(("127.0.0.1", port))
        connection.sendall(b"GET / HTTP/1.1\\r\\nHost: 127.0.0.1:%d\\r\\nConnection: close\\r\\n\\r\\n" % port)
        said[port] = connection.recv(65536).split(b"\\r\\n")[0].decode()
print(json.dumps([could, said]))
"""


@pytest.fixture
def base() -> Iterator[Path]:
    """A directory that all may enter and list: what is private within is so by itself."""
    directory = Path(tempfile.mkdtemp(prefix="wb-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


def try_all(base: Path, pids: list[int]) -> dict[int, str]:
    """Try everything as another user, who may do nothing of it; what each port answers him."""
    found = listening(pids)
    below = [path for path in base.rglob("*") if path.parent != base or not path.is_dir() or path.name not in _CHOSEN]
    given = {
        "sockets": [each.path.partition(".sock")[0] + ".sock" for each in found if isinstance(each, Unix)],
        "ports": [each.port for each in found if isinstance(each, Tcp)],
        "files": [str(path) for path in below if not path.is_dir()],
        "directories": [str(path) for path in below if path.is_dir()],
        "processes": pids,
    }
    assert given["sockets"]
    assert given["files"]
    done = subprocess.run(
        (sys.executable, "-I", "-S", "-c", TRY),
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    could, said = json.loads(done.stdout)
    assert could == []
    return {int(port): line for port, line in said.items()}


@contextmanager
def in_background(*arguments: str, base: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        (sys.executable, "-m", "wsgibench", *beside_others(arguments)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "XDG_RUNTIME_DIR": str(base)},
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.communicate(timeout=DEADLINE_S)


@pytest.mark.parametrize("stack", ["nginx+uwsgi-http", "nginx+granian"])
def test_of_a_served_stack(base: Path, stack: str) -> None:
    """One port answers."""
    with in_background("serve", stack, *HELLO, "--port", "0", base=base) as process:
        assert process.stdout is not None
        assert stack in process.stdout.readline()
        process.stdout.readline()
        said = try_all(base, [*family_of(process.pid)])
    assert [*said.values()] == ["HTTP/1.1 200 OK"]


def test_of_the_landscape(base: Path) -> None:
    """One port answers, for all its servers."""
    env = {"XDG_STATE_HOME": str(base / "state"), "XDG_RUNTIME_DIR": str(base)}
    try:
        up = run_wsgibench("up", "--port", "0", "--workers", "1", "--start-timeout", "60s", env=env)
        assert up.code == 0, up.err
        configuration = Path(up.err.split("-c ")[1].split()[0])
        assert configuration.is_relative_to(base)
        supervisor = int((configuration.parent / "supervisord.pid").read_text())
        said = try_all(base, [*family_of(supervisor)])
    finally:
        run_wsgibench("down", env=env)
    assert [*said.values()] == ["HTTP/1.1 404 Not Found"]


def test_of_a_run_that_is_watched(base: Path) -> None:
    """The stack's port answers, and the live page's says that there is nothing, to who does not know its address."""
    (base / "out").mkdir()
    arguments = ("nginx+gunicorn", *HELLO, "--connections", "2", "--turns", "off", "--duration", "30s", "--blocks", "1")
    with in_background("run", *arguments, "--serve", "--out", str(base / "out"), base=base) as process:
        end = time.monotonic() + DEADLINE_S
        while not _is_measured(pids := [*family_of(process.pid)]):
            assert process.poll() is None
            assert time.monotonic() < end, "it was not measured in time"
            time.sleep(0.1)
        said = try_all(base, pids)
    assert sorted(said.values()) == ["HTTP/1.0 404 Not Found", "HTTP/1.1 200 OK"]


def _is_measured(pids: list[int]) -> bool:
    """Whether the load engine is there."""
    lines = [Path(f"/proc/{pid}/cmdline") for pid in pids]
    return any(b"wsgibench.engines" in line.read_bytes() for line in lines if line.exists())
