"""What the processes of a stack reach one another by, and who else can: asked of the kernel, and tried."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.command import APPS, family_of, run_wsgibench, serving, wait_until_gone
from support.serving import stacks_by_others
from support.small_run import a_folder
from support.sockets import NOBODY, Trap, hops, listening, sends
from wsgibench.contract import choice
from wsgibench.model.address import Address, Tcp, Unix
from wsgibench.servers import SERVERS

HELLO = ("--app", "hello:app", "--asgi-app", "asgi_hello:app", "--chdir", str(APPS))
PROXIED = [f"nginx+{name}" for name in SERVERS.names()]
BY_OTHERS = [name for name in stacks_by_others() if not name.endswith(":tcp")]
BY_TCP = [name for name in stacks_by_others() if name.endswith(":tcp")]
DIRECT = [name for name in SERVERS.names() if SERVERS.get(name).protocol == "http"]
SPEAK_UWSGI = ["nginx+uwsgi", "nginx+uwsgi-http", "uwsgi-http"]
WITH_HTTP_HOP = [name for name in PROXIED if name not in SPEAK_UWSGI]
ANOTHER = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
"""Whoever starts it is user 1000 then, with the same files and nobody's rights."""
AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="needs to be root to become another user")


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path)


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


@dataclass(frozen=True)
class Served:
    """A stack that is served, the process that serves it, and where its processes listen."""

    name: str
    url: str
    pid: int
    found: set[Address]


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The stack that is the test's parameter: up once for all tests that only look at it."""
    with serving(request.param, *HELLO) as (url, process):
        yield Served(request.param, url, process.pid, listening(family_of(process.pid)))


@pytest.mark.parametrize("served", choice.each([*PROXIED, *DIRECT, *BY_OTHERS]), indirect=True)
def test_the_clients_port_is_the_only_one(served: Served) -> None:
    """Of all processes of a served stack; whatever else it listens on are sockets in a directory for us alone."""
    name, url, found = served.name, served.url, served.found
    ports = {each.port for each in found if isinstance(each, Tcp)}
    paths = {Path(each.path) for each in found if isinstance(each, Unix)}
    assert ports == {port_of(url)}
    assert len(hops(found)) == 1 + ("+" in name) + name.endswith("uwsgi-http")
    assert {path.is_absolute() for path in paths} == {True}


@AS_ROOT
@pytest.mark.parametrize("served", choice.each([*PROXIED, "uwsgi-http", *BY_OTHERS]), indirect=True)
def test_another_user_cannot_connect_to_a_hop(served: Served) -> None:
    """Nor to supervisord; the very attempt that succeeds for us."""
    private = [Unix(path=each.path.partition(".sock")[0] + ".sock") for each in served.found if isinstance(each, Unix)]
    assert len(private) >= 2
    assert {sends(each, b"", user=NOBODY) for each in private} == {False}
    assert {sends(each, b"") for each in private} == {True}


@pytest.mark.parametrize("served", choice.each([*PROXIED, *DIRECT, *BY_OTHERS, *BY_TCP]), indirect=True)
def test_killed_with_who_serves_it_nothing_of_it_is_left(served: Served) -> None:
    """Not a process of it, whatever server or proxy: the last of these tests, as there is no stack after it."""
    family = family_of(served.pid)
    assert len(family) > 2
    os.kill(served.pid, signal.SIGKILL)
    wait_until_gone(family)


@pytest.mark.parametrize("name", SPEAK_UWSGI)
def test_nobody_runs_code_in_a_served_stack(name: str, trap: Trap) -> None:
    """By a packet to any port, from us, or to any socket, from another user."""
    with serving(name, *HELLO) as (_, process):
        _attack(listening(family_of(process.pid)), trap)


def test_nobody_runs_code_in_the_landscape(tmp_path: Path, trap: Trap) -> None:
    """By a packet to any port, from us, or to any socket, from another user; there is one port, that of nginx."""
    env = {"XDG_STATE_HOME": str(tmp_path)}
    try:
        up = run_wsgibench("up", "--port", "0", "--workers", "1", "--start-timeout", "60s", env=env)
        assert up.code == 0, up.err
        configuration = Path(up.err.split("-c ")[1].split()[0])
        supervisor = int((configuration.parent / "supervisord.pid").read_text())
        found = listening(family_of(supervisor))
        assert len([each for each in found if isinstance(each, Tcp)]) == 1
        assert len([each for each in hops(found) if isinstance(each, Unix)]) == 5
        _attack(found, trap)
    finally:
        run_wsgibench("down", env=env)


def _attack(found: set[Address], trap: Trap) -> None:
    for address in found:
        if isinstance(address, Tcp):
            sends(address, trap.packet)
        elif os.getuid() == 0:
            assert not sends(address, trap.packet, user=NOBODY)
    assert not trap.sprung
    # The same packet where only we come: what the attack would have done.
    for address in hops(found):
        sends(address, trap.packet)
    assert trap.sprung


@pytest.mark.parametrize("name", choice.each(WITH_HTTP_HOP))
def test_the_suffix_says_tcp_for_a_hop_that_speaks_http(name: str) -> None:
    """``:tcp`` opens a port beside the clients' own, where the server can be reached without its proxy."""
    with serving(f"{name}:tcp", *HELLO) as (url, process):
        found = hops(listening(family_of(process.pid)))
    assert {type(each) for each in found} == {Tcp}
    assert len(found - {Tcp(port=port_of(url))}) == 1


@AS_ROOT
@pytest.mark.parametrize("name", SPEAK_UWSGI)
@pytest.mark.parametrize("verb", ["serve", "run"])
def test_root_is_not_handed_out(verb: str, name: str) -> None:
    """As root, a uwsgi hop over TCP is refused before anything starts, and what to do is said."""
    ended = run_wsgibench(verb, f"{name}:tcp", *HELLO)
    said, hint = ended.err.splitlines()
    assert ended.code == 2
    assert f"'{name}:tcp' speaks the uwsgi protocol on a TCP port" in said
    assert "run code as root" in said
    assert "Leave ':tcp' out" in hint


@AS_ROOT
def test_resuming_hands_root_out_no_more_than_running(tmp_path: Path) -> None:
    """A run that another user began, or an older version."""
    ended = run_wsgibench("resume", str(a_folder(tmp_path, ["gunicorn", "nginx+uwsgi:tcp"]).path))
    assert ended.code == 2
    assert "run code as root" in ended.err


@AS_ROOT
@pytest.mark.parametrize("name", SPEAK_UWSGI)
def test_others_are_warned_and_the_warning_is_true(name: str, trap: Trap) -> None:
    """As any other user, such a stack comes up with all hops on TCP and with a warning; and another user runs code."""
    if subprocess.run((*ANOTHER, "true"), capture_output=True, check=False).returncode:
        pytest.skip("there are no user namespaces here")
    with _serving_as_another(f"{name}:tcp") as (process, said):
        found = hops(listening(family_of(process.pid)))
        assert {type(each) for each in found} == {Tcp}
        assert len(found) == 1 + name.startswith("nginx+") + name.endswith("uwsgi-http")
        assert "any user of this machine can run code as " in said
        assert "Leave ':tcp' out" in said
        for each in found:
            sends(each, trap.packet, user=NOBODY)
        assert trap.sprung


@contextmanager
def _serving_as_another(stack: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The stack, served by who is not root in a user namespace, once it answers; and what was said until then."""
    process = subprocess.Popen(
        (*ANOTHER, sys.executable, "-m", "wsgibench", "serve", stack, *HELLO, "--port", "0"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = ""
    with process:
        try:
            while "Ctrl-C" not in said:
                line = process.stderr.readline()
                assert line, said
                said += line
            yield process, said
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


@AS_ROOT
def test_root_by_another_name_reaches_its_hops() -> None:
    """Whatever LOGNAME and USER say, as after su, nginx's workers have the rights of who started them."""
    with serving("nginx+gunicorn", *HELLO, env={"LOGNAME": "nobody", "USER": "nobody"}) as (url, _):
        assert body_of(url) == "hello"


def test_a_long_path_for_temporary_files_is_passed_over(tmp_path: Path) -> None:
    """Where sockets would have no room, another directory is taken, and as private."""
    long = tmp_path / ("x" * 90)
    long.mkdir()
    with serving("nginx+uwsgi-http", *HELLO, env={"TMPDIR": str(long), "XDG_RUNTIME_DIR": str(long)}) as (url, process):
        assert body_of(url) == "hello"
        paths = [Path(each.path) for each in listening(family_of(process.pid)) if isinstance(each, Unix)]
        assert {path.parents[1].stat().st_mode & 0o777 for path in paths if path.name == "server.sock"} == {0o700}


def body_of(url: str) -> str:
    code = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode(), end='')"
    return subprocess.run((sys.executable, "-c", code, url), capture_output=True, text=True, check=True).stdout
