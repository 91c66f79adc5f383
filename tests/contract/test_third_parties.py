"""An adapter of another distribution is held to the contract by one command, as its author runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ADAPTER = '''\
"""The standard library's own server, a thread for each connection."""

from wsgibench.model.server import Server


def _argv(launch):
    host, port = launch.address.host, str(launch.address.port)
    return (launch.app.python, "-m", "plainserver_run", host, port, launch.app.directory, launch.app.target)


SERVER = Server(
    summary="wsgiref, a thread for each connection",
    distribution="plainserver",
    module="plainserver",
    argv=_argv,
    binds=frozenset({"tcp"}),
    has_workers=False,
)
'''
PROGRAM = """\
import importlib
import socket
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

host, port, directory, target = sys.argv[1:]
sys.path.insert(0, directory)
module, _, expression = target.partition(":")
app = eval(expression, vars(importlib.import_module(module)))


class Server(ThreadingMixIn, WSGIServer):
    address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
    daemon_threads = True
    request_queue_size = 1024


class Handler(WSGIRequestHandler):
    def log_message(self, *_):
        pass


server = Server((host, int(port)), Handler)
server.set_app(app)
server.serve_forever()
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A directory with a distribution in it as pip lays one down: a server's adapter, announced by an entry point."""
    info = tmp_path / "plainserver-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plainserver\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[wsgibench.servers]\nplain = plainserver:SERVER\n")
    (tmp_path / "plainserver.py").write_text(ADAPTER)
    (tmp_path / "plainserver_run.py").write_text(PROGRAM)
    return tmp_path


def held_to_the_contract(package: Path, *options: str, adapter: str = "plainserver:SERVER") -> tuple[int, str]:
    """Exit code and output of the command."""
    (cwd := package / "elsewhere").mkdir()
    argv = (sys.executable, "-m", "pytest", "--pyargs", "wsgibench.contract", "--adapter", adapter, *options)
    env = {**os.environ, "PYTHONPATH": str(package)}
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=cwd, env=env, timeout=110)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("options", [("-m", "not long"), pytest.param((), marks=pytest.mark.long)])
def test_one_that_keeps_it_passes(package: Path, options: tuple[str, ...]) -> None:
    """The tests of servers are run on it, and no others."""
    code, said = held_to_the_contract(package, "-v", *options)
    assert code == 0, said
    ran = [line.split()[0] for line in said.splitlines() if " PASSED" in line]
    assert len(ran) >= (12 if options else 25)
    assert all("plain" in each for each in ran)


def test_a_fault_is_caught(package: Path) -> None:
    """A server that drops what stands behind a question mark."""
    faulty = 'server.set_app(lambda environ, start: app({**environ, "QUERY_STRING": ""}, start))'
    program = package / "plainserver_run.py"
    program.write_text(program.read_text().replace("server.set_app(app)", faulty))
    code, said = held_to_the_contract(package, "-x")
    assert code == 1, said
    assert "test_what_is_asked_arrives[plain]" in said


def test_one_that_nobody_announces_is_a_sentence(package: Path) -> None:
    """And what to write so that it is found."""
    code, said = held_to_the_contract(package, "--collect-only", adapter="plainserver:OTHER")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "is 'plainserver:OTHER'" in said
    assert '[project.entry-points."wsgibench.servers"]' in said
