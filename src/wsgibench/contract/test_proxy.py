"""What every proxy must do at its start, before servers, and at its end, proved on real processes."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psutil
import pytest

from wsgibench.contract.choice import may_be
from wsgibench.contract.proxied import connections_to, environ_of
from wsgibench.contract.senders import Senders
from wsgibench.contract.serving import before, each_proxy, private_directory, server, write
from wsgibench.contract.started import (
    POLL_S,
    Response,
    connect,
    free_port,
    has_ipv6,
    listens,
    read_response,
    send,
    wait_until_answers,
)
from wsgibench.deploy.deployment import Deployment, start
from wsgibench.errors import StartError
from wsgibench.hosts import LocalHost
from wsgibench.model.address import Tcp, Unix
from wsgibench.model.app import App, StaticFiles
from wsgibench.model.program import Program
from wsgibench.model.proxy import Proxy, ProxyLaunch, Route
from wsgibench.proxies import PROXIES

UNREACHED = {"apache": 503}
"""What a proxy says where it does not reach its server, and cannot be told to say 502."""
LEAVES_AT_ONCE = {"apache", "envoy"}
"""Proxies whose signals end no request in good order."""
AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="needs to be root to become another user")
NASTY = """a "b" 'c' ; } { \\ # d'é"""


def launch_in(directory: Path, proxy: Proxy, program: str = "proxy", **more: Any) -> ProxyLaunch:
    routes = [
        Route(prefix="/tcp/", upstream=Tcp(port=1), keepalive=8),
        Route(prefix="/", upstream=Tcp(port=2, host="::1")),
    ]
    if "unix" in proxy.binds:
        routes += [
            Route(prefix=f"/{each}/", upstream=Unix(path=f"{directory}/s"), protocol=each, keepalive=8)
            for each in sorted(proxy.protocols)
        ]
    routes.sort(key=lambda route: route.prefix, reverse=True)
    static = (StaticFiles(prefix="/css/", directory=f"{directory}/css", headers=(("Cache-Control", 'a, b="c;"'),)),)
    user = pwd.getpwuid(os.getuid()).pw_name if os.getuid() == 0 else None
    return ProxyLaunch(
        program=program,
        listen=Tcp(port=free_port()),
        directory=str(directory),
        routes=tuple(routes),
        static=static,
        user=user,
        **more,
    )


@pytest.mark.parametrize(
    "more", [{}, {"compression": True, "access_log": True, "workers": 3}], ids=["plain", "article"]
)
@pytest.mark.parametrize("directory", ["plain", NASTY])
@each_proxy()
def test_its_configuration_is_clean(name: str, program: str, directory: str, more: dict[str, object]) -> None:
    """Each proxy here accepts what is written, without a warning, whatever its directory is called."""
    adapter = PROXIES.get(name)
    with private_directory() as path:
        home = path / directory
        (home / "css").mkdir(parents=True)
        launch = launch_in(home, adapter, program, **more)
        write(adapter.files(launch))
        assert all(Path(path).is_relative_to(home) for path in adapter.files(launch))
        if argv := adapter.check_argv(launch):
            env = {**os.environ, **adapter.env(launch)}
            checked = subprocess.run(argv, capture_output=True, text=True, check=False, env=env)
            said = checked.stdout + checked.stderr
            assert checked.returncode == 0, said
            assert not [
                line for line in said.splitlines() if any(word in line.lower() for word in ("warn", "deprecat"))
            ]


@each_proxy(lambda proxy, _program: proxy.check_argv(launch_in(Path("/"), proxy)))
def test_what_its_checker_refuses_is_not_started(name: str, program: str, tmp_path: Path) -> None:
    """It is said before anything runs, with the checker's own words."""
    adapter = PROXIES.get(name)
    launch = launch_in(tmp_path, adapter, program)
    argv = adapter.check_argv(launch)
    files = {path: text.replace(str(launch.listen.port), "99999") for path, text in adapter.files(launch).items()}
    checked = Program(name=name, role="proxy", argv=("false",), directory=str(tmp_path), check_argv=argv)
    app = App(target="hello:app", directory=str(tmp_path))
    deployment = Deployment(group="g", app=app, programs=(checked,), files=files, address=launch.listen, behind=None)
    with pytest.raises(StartError, match=f"'{name}' refuses the configuration") as refused:
        start(LocalHost(tmp_path), deployment, restart=False)
    assert re.search("99999|65535|or port", refused.value.hint)


@each_proxy()
def test_it_speaks_of_another_scheme_where_it_is_told(name: str, program: str) -> None:
    """As behind a further proxy that speaks https, and to IPv6 on both sides."""
    if not has_ipv6():
        pytest.skip("there is no IPv6 here")
    with server("gunicorn", "echo:app", bind="tcp6", proxied=True) as served:
        routes = (Route(prefix="/", upstream=served.upstream),)
        listen = Tcp(port=free_port(), host="::1")
        with before(routes, served.directory, proxy=name, program=program, listen=listen, forwarded_proto="https") as (
            process,
            address,
        ):
            wait_until_answers(process, address)
            environ = environ_of(send(address, headers=[("Host", "a.example"), ("X-Forwarded-Proto", "http")]))
    forwarded = {key[17:]: value for key, value in environ.items() if key.startswith("HTTP_X_FORWARDED_") and value}
    assert forwarded == {"FOR": "::1", "PROTO": "https", "HOST": "a.example", "PORT": "443"}


@contextmanager
def static_site(name: str, program: str, tmp_path: Path) -> Iterator[Tcp]:
    """Address of a proxy with files under ``/css/``, for two routes whose servers are not there."""
    files = tmp_path / NASTY
    files.mkdir()
    (files / "a.css").write_text("p { color: red }")
    (files / "été 1.svg").write_text("<svg/>")
    (tmp_path / "secret").write_text("secret")
    static = (StaticFiles(prefix="/css/", directory=str(files), headers=(("Cache-Control", 'public, x="y"'),)),)
    routes = tuple(Route(prefix=prefix, upstream=Tcp(port=free_port())) for prefix in ("/p/", "/"))
    with ExitStack() as exits:
        directory = exits.enter_context(private_directory())
        process, address = exits.enter_context(before(routes, directory, proxy=name, program=program, static=static))
        wait_until_answers(process, address, "/css/a.css")
        yield address


@each_proxy(lambda proxy, _program: proxy.serves_static)
def test_it_serves_static_files_itself(name: str, program: str, tmp_path: Path) -> None:
    """Under each route, with their type and the headers that the app gives them, and nothing beside their directory."""
    with static_site(name, program, tmp_path) as address:
        for prefix in ("", "/p"):
            css = send(address, f"{prefix}/css/a.css")
            assert (css.status, css.body) == (200, b"p { color: red }")
            assert css.headers["Content-Type"] == "text/css; charset=utf-8"
            assert css.headers["Cache-Control"] == 'public, x="y"'
            svg = send(address, f"{prefix}/css/%C3%A9t%C3%A9%201.svg")
            assert (svg.status, svg.headers["Content-Type"].partition(";")[0]) == (200, "image/svg+xml")
            known = [("Host", "a"), ("If-None-Match", css.headers["ETag"])]
            again = send(address, f"{prefix}/css/a.css", headers=known)
            assert (again.status, again.body) == (304, b"")
            assert send(address, f"{prefix}/css/absent.css").status == 404
            assert send(address, f"{prefix}/other").status == UNREACHED.get(name, 502)
        for path in ("/css/../secret", "/css/%2e%2e/secret", "/css../secret", "/css/..%2fsecret", "//secret", "/css/"):
            answer = send(address, path)
            assert answer.status >= 400, path
            assert b"secret" not in answer.body


@each_proxy()
def test_a_server_that_is_not_there_is_said(name: str, program: str, tmp_path: Path) -> None:
    """A failure is shown, at once and not tried again; where no route leads is a 404."""
    upstream = Unix(path=str(tmp_path / "absent")) if "unix" in PROXIES.get(name).binds else Tcp(port=free_port())
    routes = (Route(prefix="/p/", upstream=upstream),)
    with private_directory() as directory, before(routes, directory, proxy=name, program=program) as (process, address):
        assert wait_until_answers(process, address, "/p").status == 301
        assert send(address, "/elsewhere").status == 404
        assert send(address, "/p/").status == UNREACHED.get(name, 502)


@each_proxy(lambda proxy, _program: proxy.reload_signal)
def test_its_signal_reloads_its_configuration_under_load(name: str, program: str) -> None:
    """Who asks all the while is answered by the server; soon there is a route that was not, and one less."""
    with server("gunicorn", "echo:app") as served, private_directory() as directory:
        routes = tuple(Route(prefix=prefix, upstream=served.upstream) for prefix in ("/earlier/", "/"))
        with before(routes, directory, proxy=name, program=program) as (process, address):
            wait_until_answers(process, address)
            with Senders(address) as senders:
                for path in (each for each in directory.rglob("*") if each.is_file()):
                    if "earlier" in (text := path.read_text(errors="replace")):
                        path.write_text(text.replace("earlier", "later"))
                process.process.send_signal(signal.Signals[f"SIG{PROXIES.get(name).reload_signal}"])
                deadline = time.monotonic() + 15
                while environ_of(send(address, "/later/x"))["PATH_INFO"] != "/x":
                    assert time.monotonic() < deadline, process.said()
                    time.sleep(POLL_S)
                count = len(senders.answers)
                while len(senders.answers) < count + 20:
                    time.sleep(POLL_S)
    assert [each for each in senders.answers if isinstance(each, Exception)] == []


@each_proxy()
def test_it_keeps_to_itself_and_ends_in_time(name: str, program: str) -> None:
    """It reaches a private socket, whoever starts it, listens for clients alone, and writes in its directory alone.

    Its signal ends it with all its processes within 2 s in spite of idle clients, and who waits gets his answer.
    """
    adapter = PROXIES.get(name)
    bind = "unix" if "unix" in adapter.binds else "tcp"
    with server("gunicorn", "framing:app", bind=bind) as served, private_directory() as directory:
        assert served.directory.stat().st_mode & 0o777 == 0o700
        routes = (Route(prefix="/", upstream=served.upstream, keepalive=8),)
        with before(routes, directory, proxy=name, program=program, workers=2) as (process, address):
            wait_until_answers(served.server, address)
            assert {member.username() for member in process.tree()} == {psutil.Process().username()}
            files = {file.path for member in process.tree() for file in member.open_files() if file.mode != "r"}
            assert all(Path(path).is_relative_to(directory) for path in files), files
            ports = {each.laddr.port for member in process.tree() for each in member.net_connections("tcp")
                     if each.status == psutil.CONN_LISTEN}  # fmt: skip
            assert ports == {address.port}
            answers: list[Response] = []

            def wait_for_an_answer() -> None:
                with suppress(HTTPException, ConnectionError):
                    answers.append(send(address, "/slow/0.4"))

            waiting = threading.Thread(target=wait_for_an_answer)
            with connect(address) as idle, connect(address):
                idle.sendall(b"GET /bytes/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert read_response(idle).status == 200
                waiting.start()
                # This server keeps no connection, so that one there is a request.
                while not connections_to(served.upstream) and waiting.is_alive():
                    time.sleep(POLL_S)
                assert process.stop(adapter.stop_signal) < 2
            waiting.join()
            assert [answer.body for answer in answers] in ([], [b"late"])
            assert (not answers) in may_be(name, LEAVES_AT_ONCE)
            assert not listens(address)


@AS_ROOT
@each_proxy(lambda _proxy, program: Path(program).is_relative_to("/usr"))
def test_it_needs_no_rights(name: str, program: str) -> None:
    """A user without any rights can run it in a directory of its own."""
    with server("gunicorn", "echo:app") as served, private_directory() as directory:
        shutil.chown(directory, "nobody")
        routes = (Route(prefix="/", upstream=served.upstream),)
        with before(routes, directory, proxy=name, program=program, user="nobody") as (process, address):
            assert wait_until_answers(process, address).status == 200
            assert {member.username() for member in process.tree()} == {"nobody"}


@each_proxy()
def test_it_says_what_it_is(name: str, program: str) -> None:
    """It names its programs, speaks HTTP at least, and has a line for ``wsgibench list``."""
    adapter = PROXIES.get(name)
    assert adapter.programs
    assert program
    assert "http" in adapter.protocols
    assert 10 < len(adapter.summary) < 100
