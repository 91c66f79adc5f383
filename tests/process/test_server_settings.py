"""The settings that adapters give their servers do what they are said to do."""

import runpy
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import pytest
from gunicorn.config import Config

from support import serving as own
from wsgibench.contract.choice import each
from wsgibench.contract.serving import APPS, app_for, server, stack, write
from wsgibench.contract.started import POLL_S, fresh_address, send, started, wait_until_answers
from wsgibench.errors import UsageError
from wsgibench.model.address import Unix
from wsgibench.model.app import App
from wsgibench.model.server import Launch
from wsgibench.processes.workers import listening_children
from wsgibench.servers import SERVERS

NAMES = SERVERS.names()
HTTP = [name for name in NAMES if SERVERS.get(name).protocol == "http"]
BELIEVES_ANYONE = {"uwsgi-http", "uwsgi-http-socket"}
"""uWSGI 2.0 takes the scheme from X-Forwarded-Proto, whoever sent it, and has no option against that."""
HELLO = App(target="echo:app", directory=str(APPS))
KNOWS_FORWARDED = ["gunicorn", "gunicorn-gthread", "waitress", "uvicorn", "gunicorn-asgi", "gunicorn-uvicorn"]


def factory_for(name, directory) -> str:
    """The text of a module that makes an app that the server can call; what it imports is put into the directory."""
    text = (APPS / "factory.py").read_text()
    if SERVERS.get(name).interface == "wsgi":
        return text
    shutil.copy(APPS / "asgi_of_wsgi.py", directory)
    return text.replace("    return app", "    return asgi(app)").replace(
        "from types", "from asgi_of_wsgi import asgi\nfrom types"
    )


def launch_in(directory, app=HELLO, **more) -> Launch:
    address = fresh_address("tcp", directory)
    return Launch(**{"app": app, "address": address, "directory": str(directory), "workers": 2, "threads": 1, **more})


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("gunicorn")])
def test_gunicorn_knows_every_setting(name, tmp_path):
    """No name in the configuration is misspelt: gunicorn would ignore it in silence."""
    files = SERVERS.get(name).files(launch_in(tmp_path, app_for(name, "echo:app")))
    write(files)
    (path,) = files
    made = {key: value for key, value in runpy.run_path(path).items() if not key.startswith("__")}
    names = {key for key, value in made.items() if not isinstance(value, ModuleType | type)}
    assert len(names) > 10
    assert names <= set(Config().settings)


@pytest.mark.parametrize("name", each(NAMES))
def test_no_server_logs_what_it_served(name):
    """A request that was answered leaves no line in any log: all stacks are alike in that."""
    with stack(name, "echo:app") as served:
        assert send(served.address, "/needle").status == 200
        served.server.stop(SERVERS.get(name).stop_signal)
        assert "needle" not in served.server.said()


@pytest.mark.parametrize("name", each(NAMES))
def test_nothing_is_written_to_the_users_home(name, tmp_path):
    """Neither control sockets nor caches: instances would meet there."""
    homes = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    with stack(name, "echo:app", env=homes) as served:
        assert send(served.address).status == 200
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", each(name for name in HTTP if name not in BELIEVES_ANYONE))
def test_a_client_cannot_forge_the_scheme(name):
    """Without a proxy nobody's X-Forwarded-Proto counts."""
    forged = [("Host", "localhost"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Ssl", "on")]
    with stack(name, "echo:app", proxied=False) as served:
        assert b'"wsgi.url_scheme": "http"' in send(served.address, headers=forged).body


@pytest.mark.parametrize("bind", ["tcp", "unix"])
@pytest.mark.parametrize("name", each(KNOWS_FORWARDED))
def test_a_proxys_word_on_the_scheme_counts(name, bind):
    """With a proxy before it, its X-Forwarded-Proto is what the app sees."""
    with server(name, "echo:app", bind=bind, proxied=True) as served:
        wait_until_answers(served.server, served.address)
        answer = send(served.address, headers=[("Host", "localhost"), ("X-Forwarded-Proto", "https")])
        assert b'"wsgi.url_scheme": "https"' in answer.body


@pytest.mark.parametrize("name", each(name for name in NAMES if SERVERS.get(name).has_threads))
def test_threads_run_at_a_time(name):
    """Four threads in one worker let four requests be in the app at once."""
    with stack(
        name,
        own.app_for(name, "barrier:app"),
        workers=1,
        threads=4,
        path=None,
    ) as served:
        assert four_at_once(served) == [200] * 4


def test_waitress_has_a_thread_for_each_request_of_the_others():
    """waitress makes no processes: two workers of two threads become four threads."""
    with stack(
        "waitress", own.app_for("waitress", "barrier:app"), workers=2, threads=2, proxied=False, path=None
    ) as served:
        assert four_at_once(served) == [200] * 4


def four_at_once(served) -> list[int]:
    """Statuses of four requests that are sent side by side, each as soon as it is let in."""
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: wait_until_answers(served.server, served.address, within_s=20), range(4))
        return [answer.status for answer in answers]


@pytest.mark.parametrize("name", each(HTTP))
def test_an_app_lives_in_any_directory(name, tmp_path):
    """Blanks, quotes, percent signs and letters of the world in the app's path change nothing."""
    directory = tmp_path / """100% "sure" d'été ;#"""
    directory.mkdir()
    adapter = SERVERS.get(name)
    (directory / "shops.py").write_text(factory_for(name, directory))
    launch = launch_in(tmp_path, App(target="shops:shop.app", directory=str(directory), interface=adapter.interface))
    write(adapter.files(launch))
    with started(adapter.argv(launch), directory=directory, log=tmp_path / "log", env=adapter.env(launch)) as process:
        assert wait_until_answers(process, launch.address).body == b"made"


@pytest.mark.parametrize("name", ["uwsgi", "uwsgi-http", "uwsgi-http-socket"])
@pytest.mark.parametrize("directory", ["/a$(PATH)", "/a@(/etc/passwd)", "/a\nlogto = /b"])
def test_uwsgi_refuses_what_it_would_replace(name, directory, tmp_path):
    """A path that uWSGI would read as something else is an error, with the path."""
    with pytest.raises(UsageError, match="uWSGI cannot use the path"):
        SERVERS.get(name).files(launch_in(tmp_path, App(target="echo:app", directory=directory)))


@pytest.mark.parametrize("name", each(name for name in NAMES if SERVERS.get(name).has_workers))
def test_a_worker_that_dies_shows(name):
    """When a worker is killed, another one takes its place, or the server ends; it never goes on with fewer."""
    with stack(name, "echo:app") as served:
        before = served.server.tree()
        workers = listening_children(served.server.process.pid)
        worker = next(member for member in before if member.pid in workers)
        worker.kill()
        deadline = time.monotonic() + 20
        while (process := served.server.process).poll() is None:
            now = served.server.tree()
            if worker not in now and len(now) >= len(before):
                break
            assert time.monotonic() < deadline, served.server.said()
            time.sleep(POLL_S)
        # hypercorn ends then, and says 0.
        assert process.returncode != 0 or name == "hypercorn"


def test_the_path_of_a_socket_may_be_too_long():
    """107 bytes are allowed; one more is an error that says so, counted in bytes."""
    assert Unix(path="/" + "a" * 106)
    with pytest.raises(UsageError, match="108 bytes long"):
        Unix(path="/" + "é" * 53 + "a")
