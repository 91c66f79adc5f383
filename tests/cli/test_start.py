"""Apps that are slow, not ready, or answer what nobody can read: started where they can be, else told in time."""

import contextlib
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from support.command import APPS, run_wsgibench, serving, went_well

MIB = 1 << 20


def app(name: str, *more: str) -> tuple[str, ...]:
    return ("--app", f"{name}:app", "--chdir", str(APPS), *more)


@pytest.mark.parametrize("server", ["gunicorn", "waitress", "nginx+uwsgi"])
def test_an_app_whose_every_answer_takes_longer_than_a_second_starts(server: str) -> None:
    with serving(server, *app("delayed", "--env", "DELAY_MS=1300")) as (url, _):
        assert urllib.request.urlopen(url, timeout=10).read() == b"ok"


@pytest.mark.parametrize("server", ["gunicorn", "nginx+waitress"])
def test_an_app_that_is_not_ready_yet_is_waited_for(server: str) -> None:
    """It says 503 at first; ``serve`` names it when a worker says 200, and the others do so soon."""
    with serving(server, *app("not_ready")) as (url, _):
        answers = []
        deadline = time.monotonic() + 10
        while b"ready" not in answers and time.monotonic() < deadline:
            with contextlib.suppress(urllib.error.HTTPError):
                answers.append(urllib.request.urlopen(url, timeout=10).read())
        assert answers == [b"ready"]


@pytest.mark.parametrize(
    "import_s", [pytest.param(30, marks=pytest.mark.long), 3], ids=["as large models take", "short"]
)
@pytest.mark.parametrize("server", ["gunicorn", "waitress", "nginx+uwsgi"])
def test_an_app_that_takes_long_to_be_imported_starts(server: str, import_s: int) -> None:
    """Within the time that the user gives, and not within any other."""
    slow = app("slow_start", "--env", f"IMPORT_S={import_s}", "--start-timeout", f"{import_s + 20}s")
    with serving(server, *slow) as (url, _):
        assert urllib.request.urlopen(url, timeout=10).read() == b"late"


def test_a_run_waits_for_an_app_that_is_not_ready_yet(tmp_path: Path) -> None:
    """Each of its workers, and each stack: all trials are done."""
    load = ("--rate", "50/s", "--blocks", "1", "--duration", "500ms", "--pictures", "off")
    ended = run_wsgibench("run", "gunicorn", "waitress", *app("not_ready"), *load, "--out", str(tmp_path))
    assert "answers 503" not in ended.out + ended.err
    assert len(list(tmp_path.glob("*/trials/*/steady.*"))) == 2, ended.err


def test_an_app_that_never_gets_ready_is_told_with_the_time_it_was_given(tmp_path: Path) -> None:
    load = ("--rate", "50/s", "--blocks", "1", "--duration", "500ms", "--pictures", "off", "--start-timeout", "4s")
    never = app("not_ready", "--env", "READY_S=1000")
    ended = run_wsgibench("run", "gunicorn", *never, *load, "--out", str(tmp_path))
    assert ended.code == 2
    assert "answers 503 to /" in ended.out + ended.err
    assert "--start-timeout" in ended.out + ended.err


def test_an_asgi_app_ends_a_run_before_anything_is_measured(tmp_path: Path) -> None:
    """At once, for it is one on every stack."""
    stacks = ("gunicorn", "waitress", "granian")
    ended = run_wsgibench("run", *stacks, *app("asgi"), "--pictures", "off", "--out", str(tmp_path))
    assert ended.code == 2
    assert "'asgi:app' is an ASGI app, which no WSGI server can serve." in ended.err
    assert ended.seconds < 20
    assert not list(tmp_path.glob("*/trials/*/trial.json"))


def test_an_asgi_app_that_fails_under_a_server_of_asgi_is_called_none_of_another_kind() -> None:
    """What its middleware forgets is in the server's log, and its answers are what they are: 500."""
    faulty = ("--app", "asgi_faulty:leaves_out", "--chdir", str(APPS))
    with serving("uvicorn", *faulty) as (url, _), pytest.raises(urllib.error.HTTPError) as answered:
        urllib.request.urlopen(url, timeout=10)
    with answered.value:
        assert answered.value.code == 500


@pytest.mark.parametrize("load", [("--rate", "50/s"), ("--users", "5", "--spawn-rate", "50")], ids=["native", "locust"])
def test_the_folder_where_a_run_is_made_may_hold_modules_of_any_name(load: tuple[str, ...], tmp_path: Path) -> None:
    """Engine, monitor and supervisord are started there, too, and take none of them for Python's."""
    for name in ("calendar", "email", "selectors", "socket", "random", "queue", "signal", "typing", "psutil"):
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('{name} of the project was imported')\n")
    (tmp_path / "own_app.py").write_text((APPS / "hello.py").read_text())
    arguments = ("--app", "own_app:app", *load, "--blocks", "1", "--duration", "1s", "--pictures", "off")
    ended = subprocess.run(
        (sys.executable, "-P", "-m", "wsgibench", "run", "waitress", *arguments, "--other-cpu", "100%"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert went_well(ended.returncode, ended.stderr), ended.stderr
    assert len(list(tmp_path.glob("runs/*/trials/*/*.npz"))) == 1, ended.stderr


def test_a_slow_import_is_told_with_the_time_that_the_user_gave() -> None:
    """Not with a time that nobody set, and with the option that helps."""
    ended = run_wsgibench("serve", "gunicorn", *app("slow_start", "--start-timeout", "500ms"), "--port", "0")
    assert ended.code == 4
    assert "within the --start-timeout of 0.5 s" in ended.err
    assert "give --start-timeout more" in ended.err
    assert ended.seconds < 10


@pytest.mark.parametrize("server", ["uwsgi-http", "uwsgi-http-socket"])
def test_an_answer_that_cannot_be_read_is_told_at_once(server: str) -> None:
    """It is no missing answer, and more time would not help."""
    ended = run_wsgibench("serve", server, *app("own_framing"), "--port", "0")
    assert ended.code == 4
    assert "its answer cannot be read to its end" in ended.err
    assert "Transfer-Encoding" in ended.err
    assert ended.seconds < 8


def test_a_feed_that_never_ends_is_told_when_the_time_is_up(tmp_path: Path) -> None:
    load = ("--path", "/feed", "--blocks", "1", "--duration", "1s", "--start-timeout", "2s", "--pictures", "off")
    ended = run_wsgibench("run", "gunicorn", *app("endless"), *load, "--out", str(tmp_path))
    assert ended.code == 2
    assert "its answer does not end within" in ended.out + ended.err
    assert ended.seconds < 20


def test_a_feed_is_told_that_is_not_the_first_path(tmp_path: Path) -> None:
    """The first path is good, so the stack starts; verification finds the other."""
    load = ("--path", "/", "--path", "/feed", "--blocks", "1", "--duration", "1s", "--start-timeout", "2s")
    ended = run_wsgibench("run", "waitress", *app("endless"), *load, "--pictures", "off", "--out", str(tmp_path))
    assert ended.code == 2
    assert "'waitress' answers /feed, but its answer does not end within 2.0 s" in ended.out + ended.err
    assert ended.seconds < 20


def test_a_feed_is_told_by_serve_when_the_time_is_up() -> None:
    endless = app("endless", "--env", "ROOT=/feed", "--start-timeout", "2s")
    ended = run_wsgibench("serve", "waitress", *endless, "--port", "0")
    assert ended.code == 4
    assert "is answered, but its answer does not end within" in ended.err
    assert ended.seconds < 15


@pytest.mark.parametrize("verb", ["run", "serve"])
def test_a_download_that_never_ends_does_not_fill_our_memory(verb: str, tmp_path: Path) -> None:
    """It is given up beyond 64 MiB; with what else we need that stays below 300 MiB."""
    most, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            for child in psutil.Process().children(recursive=True):
                try:
                    if child.cmdline()[1:3] == ["-m", "wsgibench"]:
                        most[0] = max(most[0], child.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        load = ("--path", "/download", "--blocks", "1", "--duration", "1s", "--pictures", "off", "--out", str(tmp_path))
        more = load if verb == "run" else ("--env", "ROOT=/download", "--port", "0")
        ended = run_wsgibench(verb, "gunicorn", *app("endless"), *more)
    finally:
        done.set()
        watcher.join()
    assert "its answer is longer than 64 MiB" in ended.out + ended.err
    assert 0 < most[0] < 300 * MIB
