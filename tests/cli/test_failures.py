"""What the system refuses, and what ``wsgibench.toml`` holds: a sentence and a hint, never a traceback."""

import os
import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from support.command import APPS, Ended, beside_others, run_wsgibench, serving
from support.small_run import a_folder
from support.sockets import NOBODY
from wsgibench.cli.failures import failure_of
from wsgibench.cli.main import wsgibench_command
from wsgibench.errors import MissingError, WsgibenchError
from wsgibench.processes.ports import free_ports

HELLO = ("--app", "hello:app", "--chdir", str(APPS))
SERVE = ("serve", "gunicorn", *HELLO, "--port", "0")
AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="needs to be root")


def check(ended: Ended, code: int, message: str, hint: str) -> None:
    """A sentence with the message, a hint, the exit code, and no traceback of ours."""
    assert "Traceback" not in ended.err
    said, *hints = ended.err.splitlines()
    assert said.startswith("wsgibench: "), ended.err
    assert message in said
    assert hint in "\n".join(hints)
    assert (ended.code, ended.out) == (code, "")


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A file system without room."""
    argv = ("mount", "-t", "tmpfs", "-o", "size=8k,mode=0700", "none", str(tmp_path))
    if subprocess.run(argv, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount")
    yield tmp_path
    subprocess.run((shutil.which("umount") or "umount", "--lazy", tmp_path), check=True)


def test_a_full_directory_for_temporary_files_is_passed_over(full: Path) -> None:
    """The stack comes up elsewhere."""
    with serving("gunicorn", *HELLO, env={"TMPDIR": str(full), "XDG_RUNTIME_DIR": str(full)}):
        assert not list(full.iterdir())


@pytest.mark.parametrize(
    ("arguments", "code"), [(SERVE, 3), (("run", "gunicorn", *HELLO, "--connections", "2", "--duration", "1s"), 1)]
)
def test_where_nothing_can_be_written_that_is_said(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    """As on a full disk: with the file, and with what to do. No file may grow here. Nothing of ours stays."""
    done = subprocess.run(
        (sys.executable, "-m", "wsgibench", *beside_others(arguments)),
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=60,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    check(Ended(done.returncode, done.stdout, done.stderr, 0.0), code, "cannot be written: file too large", "room")
    place = Path(done.stderr.split("'")[1])
    assert place.name == ("supervisord.conf" if code == 3 else "run.json")
    assert not place.parent.exists()


NO_PORTS = """
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
    fcntl.ioctl(control, 0x8914, struct.pack("16sH", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS: up and running
with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as ports:
    ports.write("40000 40001")
held = [socket.create_server(("127.0.0.1", port)) for port in (40000, 40001)]
for each in held:
    os.set_inheritable(each.fileno(), True)
os.execv(sys.executable, (sys.executable, "-m", "wsgibench", *sys.argv[1:]))
"""


@AS_ROOT
@pytest.mark.parametrize(
    "arguments",
    [SERVE, ("run", "nginx+gunicorn", *HELLO, "--connections", "2", "--duration", "1s", "--pictures", "off")],
)
def test_ports_that_are_used_up_are_said(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """In a network of its own, in which two ports can be had and somebody has them."""
    alone = (shutil.which("unshare") or "unshare", "--net", sys.executable, "-c")
    if subprocess.run((*alone, ""), capture_output=True, check=False).returncode:
        pytest.skip("there are no network namespaces here")
    argv = (*alone, NO_PORTS, *arguments)
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)
    assert "Traceback" not in done.stderr
    assert "address already in use" in done.stderr
    assert done.returncode in (2, 3), done.stderr


def test_no_port_that_is_free_is_an_error_of_ours() -> None:
    """On an address that is none of this machine."""
    with pytest.raises(MissingError, match=r"No port on 192\.0\.2\.1 can be had"):
        free_ports(1, "192.0.2.1")


def _without_rights(*arguments: str, env: dict[str, str]) -> Ended:
    """Without what root may do with files of others: as anybody else, but with an interpreter that can be read."""
    argv = (shutil.which("setpriv") or "setpriv", "--bounding-set", "-dac_override,-dac_read_search", sys.executable)
    done = subprocess.run(
        (*argv, "-m", "wsgibench", *arguments),
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={**os.environ, **env},
        timeout=60,
    )
    return Ended(done.returncode, done.stdout, done.stderr, 0.0)


@AS_ROOT
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("report", "{folder}"), 1),
        (("compare", "{folder}", "{folder}"), 1),
        (("resume", "{folder}"), 1),
        (
            (
                "run",
                "gunicorn",
                *HELLO,
                "--connections",
                "2",
                "--blocks",
                "1",
                "--duration",
                "1s",
                "--out",
                "{folder}/x",
            ),
            1,
        ),
        (("up",), 3),
    ],
)
def test_what_a_user_may_not_do_is_said(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    """Read another's run, write where he may not."""
    folder = a_folder(tmp_path, ["gunicorn"]).path
    os.chown(folder, NOBODY, NOBODY)
    ended = _without_rights(*(each.format(folder=folder) for each in arguments), env={"XDG_STATE_HOME": f"{folder}/x"})
    check(ended, code, "ermission denied", "")


@AS_ROOT
def test_nobody_resumes_the_run_of_another_user(tmp_path: Path) -> None:
    """Not even root, who would run whatever it names; reading it is harmless."""
    folder = a_folder(tmp_path, ["gunicorn"]).path
    os.chown(folder, NOBODY, NOBODY)
    check(run_wsgibench("resume", str(folder)), 1, f"'{folder}' belongs to ", "chown")
    assert "belongs to" not in run_wsgibench("report", str(folder), "--pictures", "off").err


HOSTILE = {
    "an infinite number": ("workers = inf", "workers"),
    "no number": ("seed = nan", "seed"),
    "a number beyond counting": (f"seed = {10**400}", "seed"),
    "digits without end": (f"seed = {'9' * 5000}", "cannot be read"),
    "a table": ("[workers]\na = 1", "workers"),
    "a moment": ("workers = 2026-11-27T00:00:00Z", "workers"),
    "lists in lists": ("workers = [[[1]]]", "workers"),
    "deep nesting": (f"workers = {'[' * 20_000}{']' * 20_000}", "cannot be read"),
    "a long way": (f"{'a.' * 5_000}b = 1", "wsgibench.toml"),
    "a zero byte": ('host = "a\\u0000b"', "zero byte"),
    "a zero byte in a path": ('chdir = "a\\u0000b"', "chdir"),
    "an escape sequence": ('app = "\\u001b]0;owned\\u0007"', "does not name an app"),
    "a time without end": (f'start_timeout = "{"9" * 400}s"', "more than a month"),
    "no text": (b'app = "\xff\xfe"', "cannot be read"),
    "another key": ('"\\u001b[2J" = 1', "No option of wsgibench.toml"),
    "a long file": ("#" * 100_000, "no project has as many options"),
}


@pytest.mark.parametrize(("text", "said"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_configuration_is_said(tmp_path: Path, monkeypatch, text: str | bytes, said: str) -> None:
    """Before anything is looked at."""
    (tmp_path / "wsgibench.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    monkeypatch.chdir(tmp_path)
    with pytest.raises((WsgibenchError, click.UsageError)) as caught:
        wsgibench_command.main(["run", "gunicorn", "--connections", "2"], standalone_mode=False)
    message = caught.value.message
    assert said in f"{message} {getattr(caught.value, 'param', None) and caught.value.param.name}"
    assert len(message) < 1000


@pytest.mark.timeout(30)
@pytest.mark.parametrize("kind", ["pipe", "device", "directory", "link to itself"])
def test_a_configuration_that_is_no_file_keeps_nobody_waiting(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "wsgibench.toml"
    match kind:
        case "pipe":
            os.mkfifo(place)
        case "device":
            place.symlink_to("/dev/zero")
        case "directory":
            place.mkdir()
        case _:
            place.symlink_to(place)
    ended = run_wsgibench("list", cwd=tmp_path)
    assert ended.code == 2
    assert "wsgibench.toml " in ended.err
    assert "Traceback" not in ended.err


@AS_ROOT
def test_a_configuration_that_somebody_left_in_a_common_directory_is_refused(tmp_path: Path) -> None:
    """As in /tmp: it could name any program. One of a project that belongs to another user is his and not a trap."""
    place = tmp_path / "wsgibench.toml"
    place.write_text("workers = 0\n")
    os.chown(place, NOBODY, NOBODY)
    check(run_wsgibench("list", cwd=tmp_path), 2, "wsgibench.toml belongs to ", "It could run anything.")
    os.chown(tmp_path, NOBODY, NOBODY)
    assert run_wsgibench("list", cwd=tmp_path).code == 0


@pytest.mark.parametrize("options", [("--blocks", "99999999999"), ("--duration", "160h"), ("--duration", "99999999h")])
def test_a_run_that_would_not_end_is_refused(tmp_path: Path, options: tuple[str, ...]) -> None:
    ended = run_wsgibench("run", "gunicorn", "waitress", *HELLO, "--connections", "2", *options, cwd=tmp_path)
    assert ended.code == 2
    assert "Traceback" not in ended.err
    assert not (tmp_path / "runs").exists()


def test_whatever_the_system_refuses_is_a_sentence() -> None:
    """With the file where it names one."""
    with pytest.raises(OSError, match="No such file") as caught:
        os.stat("/nowhere/at/all")  # noqa: PTH116
    assert failure_of(caught.value).message == "The system refuses: '/nowhere/at/all': no such file or directory."
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use") as caught:
        socket.create_server(taken.getsockname())
    assert "address already in use" in failure_of(caught.value).message
    assert failure_of(caught.value).hint
    assert failure_of(MemoryError()).hint
