"""What the app is given stands on no command line of any process, at no moment of a start, and in no log."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from support.command import family_of, run_wsgibench
from support.watcher import Watcher
from wsgibench.model.program import Program
from wsgibench.processes.private_directory import PrivateDirectory, write_private
from wsgibench.processes.supervisor import Supervisor

VALUE = "s3cr3t-that-nobody-sees"
PASSWORD = "pass-word-of-the-store"
URL = f"postgres://shop:{PASSWORD}@127.0.0.1:5432/shop"
OTHER_URL = f"postgres://shop:{PASSWORD}@127.0.0.1:5432/stock"


@contextmanager
def supervised(*programs: Program) -> Iterator[Supervisor]:
    directory = PrivateDirectory()
    supervisor = Supervisor(directory.path)
    supervisor.start(attached=True)
    try:
        supervisor.add("g", programs, restart=False)
        yield supervisor
    finally:
        supervisor.stop()
        directory.remove()


def eventually(condition: Callable[[], object], *, within_s: float = 30) -> None:
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.01)


def test_a_program_is_started_without_its_environment_on_a_command_line() -> None:
    """Thirty starts, watched as closely as a process can; and the variable arrives."""
    script = "import os, time; print(os.environ['SECRET'], flush=True); time.sleep(60)"
    programs = [
        Program(
            name=f"p{number}",
            role="server",
            argv=(sys.executable, "-I", "-S", "-c", script),
            directory="/",
            env=(("SECRET", VALUE),),
        )
        for number in range(30)
    ]
    with Watcher(VALUE) as watcher, supervised(*programs) as supervisor:
        eventually(lambda: all(row.log.exists() and row.log.read_text() == f"{VALUE}\n" for row in supervisor.status()))
        files = [path for path in supervisor.directory.rglob("*") if path.is_file() and path.parent.name != "logs"]
        holding = [path for path in files if VALUE.encode() in path.read_bytes()]
        log = (supervisor.directory / "logs" / "supervisord.log").read_text()
    assert watcher.rounds > 3
    assert watcher.seen == set()
    assert len(holding) == len(programs)
    assert VALUE not in log


def test_the_files_that_hold_it_are_private_and_go_with_the_program() -> None:
    program = Program(name="p", role="server", argv=("sleep", "60"), directory="/", env=(("SECRET", VALUE),))
    with supervised(program) as supervisor:
        [file] = (supervisor.directory / "programs").glob("*.env")
        assert file.stat().st_mode & 0o777 == 0o600
        assert (file.parent.stat().st_mode | supervisor.directory.stat().st_mode) & 0o077 == 0
        supervisor.remove("g")
        assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize("value", ["two\nlines", "tab\there", 'it\'s "quoted" $HOME', "", "a=b"])
def test_variables_arrive_as_they_are(value: str) -> None:
    """Even those that no configuration file of supervisor's could hold."""
    script = "import os, time; print(repr(os.environ['X']), flush=True); time.sleep(60)"
    argv = (sys.executable, "-X", "utf8", "-c", script)
    with supervised(Program(name="p", role="server", argv=argv, directory="/", env=(("X", value),))) as supervisor:
        log = supervisor.status()[0].log
        eventually(lambda: log.exists() and log.read_text().endswith("\n"))
        assert log.read_text().strip() == repr(value)


def test_supervisors_own_variables_do_not_reach_the_app() -> None:
    script = (
        "import os, time; print(sorted(n for n in os.environ if n.startswith('SUPER')), flush=True); time.sleep(60)"
    )
    with supervised(Program(name="p", role="server", argv=(sys.executable, "-c", script), directory="/")) as supervisor:
        log = supervisor.status()[0].log
        eventually(lambda: log.exists() and log.read_text().endswith("\n"))
        assert log.read_text() == "[]\n"


def test_a_served_stack_shows_no_secret(tmp_path: Path) -> None:
    """Neither server, proxy, supervisord nor, once it has read its own command line, the command; nor does any log.

    Nor what is printed, though the app answers with it, and its factory is called with a password.
    """
    (tmp_path / "shop.py").write_text(
        "import os\n"
        "def create_app(url):\n"
        "    def app(environ, start_response):\n"
        "        start_response('302 Found', [('Location', '/login?by=' + os.environ['SECRET_KEY'] + '&to=' + url)])\n"
        "        return [b'']\n"
        "    return app\n"
    )
    given = ("--env", f"SECRET_KEY={VALUE}", "--env", f"DATABASE_URL={URL}", "--env", "GREETING=seen")
    process = subprocess.Popen(
        (sys.executable, "-m", "wsgibench", "serve", "nginx+gunicorn", "--app", f"shop:create_app('{OTHER_URL}')",
         "--chdir", str(tmp_path), "--port", "0", *given),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    assert process.stdout is not None
    with process:
        try:
            eventually(lambda: VALUE not in _command_line(process.pid) and "serve" in _command_line(process.pid))
            with Watcher(VALUE, PASSWORD) as watcher:
                first = process.stdout.readline()
                lines = [_command_line(pid) for pid in family_of(process.pid)]
            logs = "".join(path.read_text() for path in tmp_path.rglob("logs/*"))
        finally:
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
    assert "(left out)@127.0.0.1:5432/stock') by nginx+gunicorn" in first
    assert "/login?by=(left out)" in err
    assert watcher.seen == set()
    assert len(lines) >= 5
    assert "SECRET_KEY=(left out)" in lines[0]
    for place in (*lines, logs, first, out, err):
        assert VALUE not in place
        assert PASSWORD not in place


def _command_line(pid: int) -> str:
    with suppress(psutil.NoSuchProcess):
        return " ".join(psutil.Process(pid).cmdline())
    return ""


def test_an_error_leaves_the_values_out(tmp_path: Path) -> None:
    """Which an app that does not start says on its last line."""
    (tmp_path / "says_it.py").write_text("import os\nraise RuntimeError(os.environ['DATABASE_URL'])\n")
    given = ("--env", f"DATABASE_URL={URL}", "--app", "says_it:app", "--chdir", str(tmp_path))
    ended = run_wsgibench("serve", "gunicorn", "--port", "0", *given)
    assert ended.code == 4
    assert PASSWORD not in ended.err
    assert "RuntimeError" in ended.err


@pytest.mark.parametrize("url", [URL, f"sqlite3://u:{PASSWORD}@x"])
def test_a_store_that_is_none_is_named_without_its_password(url: str) -> None:
    ended = run_wsgibench("serve", "gunicorn", "--port", "0", "--store", url)
    assert ended.code == 2
    assert PASSWORD not in ended.err
    assert "is no URL of a store" in ended.err


def test_a_private_file_is_private_whatever_was_there(tmp_path: Path) -> None:
    """A file that others may read, or a link to one, is replaced."""
    (tmp_path / "other").write_text("other")
    (tmp_path / "link").symlink_to(tmp_path / "other")
    (tmp_path / "old").write_text("old")
    (tmp_path / "old").chmod(0o644)
    for name in ("link", "old", "new"):
        write_private(tmp_path / name, b"x")
        assert (tmp_path / name).lstat().st_mode & 0o777 == 0o600
    assert (tmp_path / "other").read_text() == "other"
