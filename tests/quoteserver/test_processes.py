"""The app in real servers: forked workers, stores that come and go under them."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from quoteserver import create_app
from quoteserver.quotations import Text
from quoteserver.stores import StorePerProcess, load

DEADLINE_S = 20


@contextmanager
def serving(*options, **environment):
    """gunicorn on a socket that is bound here, so that no port can be taken meanwhile; gives its URL and its log."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}", *options]
        with subprocess.Popen(
            [*command, "quoteserver.wsgi:app"],
            pass_fds=[listener.fileno()],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(DEADLINE_S)


def get(url, **headers):
    """Status, headers and body of one answer on a connection of its own."""
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


@pytest.mark.parametrize("options", [["--workers=4"], ["--workers=4", "--preload"], ["--threads=8"]], ids="-".join)
def test_every_worker_serves_what_the_app_says(options):
    """Forked before or after the app was imported, or in threads: the same bytes as in this process."""
    here = create_app("memory://").test_client()
    with serving(*options) as url:
        for number in [5, 8558, *range(100, 160)]:
            status, headers, body = get(f"{url}/quotes/byId?id={number}")
            assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
            assert body == here.get(f"/quotes/byId?id={number}").data


def test_a_store_may_come_and_go_under_the_workers(tmp_path):
    """503 with Retry-After while it is away, 200 when it is back, without a restart of any worker."""
    path = tmp_path / "q.db"
    list(load(f"sqlite:///{path}", [Text("x", "y")], 1))
    with serving("--workers=2", QUOTES_STORE=f"sqlite:///{path}") as url:
        # Both workers have it open before it goes: so many questions that each has got one.
        assert {get(f"{url}/healthz")[0] for _ in range(30)} == {200}
        away = path.rename(tmp_path / "away")
        path.mkdir()  # and a worker that has not yet opened it cannot make another
        statuses = {(answer[0], answer[1]["Retry-After"]) for answer in (get(f"{url}/healthz") for _ in range(10))}
        assert statuses == {(503, "2")}
        path.rmdir()
        away.rename(path)
        assert {get(f"{url}/healthz")[0] for _ in range(10)} == {200}


def test_a_forked_process_opens_its_own():
    """And leaves its parent's alone."""
    stores = StorePerProcess(f"sqlite:///{os.environ['XDG_CACHE_HOME']}/forked.db")
    assert stores.current().get(1)
    pid = os.fork()
    if pid == 0:
        # No assertion in the child: pytest is in its memory too.
        parents = list(stores._stores.values())
        own = stores.current()
        os._exit(0 if own not in parents and own.get(2) and parents[0]._connection else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert stores.current().get(3)


def test_importing_opens_nothing(tmp_path):
    """The app is there before its store is: the cache is still empty."""
    code = "import quoteserver.wsgi, sys; print(quoteserver.wsgi.app.name, 'elasticsearch' in sys.modules)"
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    said = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True)
    assert said == "quoteserver.app False\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.elasticsearch
def test_elasticsearch_under_preloaded_workers(elasticsearch_store):
    """Each worker has a client of its own, and answers as the file does."""
    list(load(elasticsearch_store, [Text(f"text {number}", "A") for number in range(1, 10)], 9))
    with serving("--workers=3", "--preload", QUOTES_STORE=elasticsearch_store) as url:
        deadline = time.monotonic() + DEADLINE_S
        for number in [*range(1, 10)] * 5:
            assert time.monotonic() < deadline
            assert f"text {number}<".encode() in get(f"{url}/quotes/byId?id={number}")[2]
