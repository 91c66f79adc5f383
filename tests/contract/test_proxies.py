"""What every proxy of the registry must do, proved on real processes; for now they are all nginx."""

import json
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest

from support.serving import nginx, nginx_programs, private_directory, server, write
from support.started import ask, connect, free_port, listens, read_answer, until_answered
from wsgibench.errors import UsageError
from wsgibench.model.address import Tcp, Unix
from wsgibench.model.app import StaticFiles
from wsgibench.model.proxy import ProxyLaunch, Route
from wsgibench.proxies import PROXIES
from wsgibench.servers import SERVERS

NGINX = PROXIES.get("nginx")
PROGRAMS = nginx_programs()
BACKENDS = ["gunicorn", "gunicorn-gthread", "uwsgi", "uwsgi-http-socket", "granian"]
NASTY = """a "b" 'c' ; } { \\ # d'é"""


def launch_in(directory: Path, program: str = PROGRAMS[0], **more) -> ProxyLaunch:
    routes = (
        Route(prefix="/http/", upstream=Tcp(port=1), keepalive=8),
        Route(prefix="/uwsgi/", upstream=Unix(path=f"{directory}/s"), protocol="uwsgi", keepalive=8),
        Route(prefix="/", upstream=Tcp(port=2, host="::1")),
    )
    static = (StaticFiles(prefix="/css/", directory=f"{directory}/css", headers=(("Cache-Control", 'a, b="c;"'),)),)
    user = pwd.getpwuid(os.getuid()).pw_name if os.getuid() == 0 else None
    defaults = {"listen": Tcp(port=free_port()), "routes": routes, "static": static, "user": user}
    return ProxyLaunch(program=program, directory=str(directory), **{**defaults, **more})


@pytest.fixture(scope="module", params=BACKENDS)
def echoing(request):
    """Address of nginx before a server that echoes, under ``/`` and under ``/p/``."""
    protocol = SERVERS.get(request.param).protocol
    with server(request.param, "echo:app", proxied=True) as served:
        routes = tuple(
            Route(prefix=prefix, upstream=served.upstream, protocol=protocol, keepalive=8) for prefix in ("/p/", "/")
        )
        with nginx(routes, served.directory) as (_, address):
            until_answered(served.server, address)
            yield address


def environ_of(answer) -> dict[str, str]:
    assert answer.status == 200, answer
    return json.loads(answer.body)["environ"]


@pytest.mark.parametrize("directory", ["plain", NASTY])
@pytest.mark.parametrize("program", PROGRAMS)
def test_its_configuration_is_clean(program, directory, tmp_path):
    """Each nginx here accepts what is written, without a warning, whatever its directory is called."""
    home = tmp_path / directory
    (home / "css").mkdir(parents=True)
    launch = launch_in(home, program)
    write(NGINX.files(launch))
    checked = subprocess.run(NGINX.check_argv(launch), capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    assert all(Path(path).is_relative_to(home) for path in NGINX.files(launch))


@pytest.mark.parametrize("prefix", ["", "/p"])
@pytest.mark.parametrize(
    "path",
    [
        b"/",
        b"/a%20b",
        b"/%C3%A9t%C3%A9",
        b"/a%2Fb",
        b"/a//b/",
        b"/%3Fb%23c%25d%2541",
        b"/a;b=1,c:d@e&f=+g",
        b"/line%0Afeed%0D",
        b"/%22%27%5C%7B%7D$uri",
        b"/%FF%FE",
    ],
)
@pytest.mark.parametrize("query", [b"", b"?", b"?q=a%20b&x=%C3%A9&y=a+b;2&&z", b"?next=/a/../b//c?d#"])
def test_paths_and_queries_arrive_whole(echoing, prefix, path, query):
    """The app sees the path and the query that the client wrote, byte for byte, without the prefix."""
    query = query.removesuffix(b"#")
    environ = environ_of(ask(echoing, prefix.encode() + path + query))
    assert environ["PATH_INFO"].encode("latin-1") == unquote_to_bytes(path)
    assert environ["QUERY_STRING"].encode("latin-1") == query.removeprefix(b"?")
    assert environ.get("SCRIPT_NAME", "") == ""


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_bodies_arrive_whole(echoing, method):
    """A body of every byte goes through, larger than any buffer of nginx."""
    body = bytes(range(256)) * 200
    answer = ask(echoing, "/p/x", method=method, body=body)
    assert environ_of(answer)["REQUEST_METHOD"] == method
    assert json.loads(answer.body)["body"].encode("latin-1") == body


def test_nothing_forged_passes(echoing):
    """What a client claims about who and where it is, the app does not see; what nginx knows, it does."""
    names = ("For", "Proto", "Host", "Port", "Prefix", "By", "Protocol", "Scheme", "Server", "Ssl")
    forged = [(f"X-Forwarded-{name}", "forged") for name in names]
    forged += [("X_Forwarded_For", "forged"), ("x-forwarded-for", "forged"), ("X-FORWARDED-PROTO", "forged")]
    forged += [(name, "forged") for name in ("Forwarded", "X-Real-IP", "Proxy", "X_Forwarded_Prefix")]
    environ = environ_of(ask(echoing, "/p/", headers=[("Host", "example.org:81"), ("X-Mine", "mine"), *forged]))
    assert not {key: value for key, value in environ.items() if "forged" in str(value)}
    assert environ["HTTP_X_MINE"] == "mine"
    forwarded = {key[17:]: value for key, value in environ.items() if key.startswith("HTTP_X_FORWARDED_")}
    assert forwarded == {
        "FOR": "127.0.0.1",
        "PROTO": "http",
        "HOST": "example.org:81",
        "PORT": str(echoing.port),
        "PREFIX": "/p",
    }
    assert environ["wsgi.url_scheme"] == "http"


def test_a_client_connection_is_kept(echoing):
    """Request after request goes through one connection, beyond nginx's default of 1000."""
    with connect(echoing) as connection:
        for _ in range(1100):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert read_answer(connection).status == 200


def test_the_prefix_without_its_slash_leads_there(echoing):
    """``/p`` is redirected to ``/p/`` on whatever host and port the client used."""
    answer = ask(echoing, "/p")
    assert (answer.status, answer.headers["Location"]) == (301, "/p/")


@pytest.mark.parametrize("keepalive", [0, 8])
@pytest.mark.parametrize("program", PROGRAMS)
def test_upstream_connections_are_kept_as_said(program, keepalive):
    """With keepalive the server sees the connection of the request before, without a new one; HTTP/1.1 either way."""
    with server("waitress", "echo:app", proxied=True) as served:
        route = Route(prefix="/", upstream=served.upstream, keepalive=keepalive)
        with nginx((route,), served.directory, program=program) as (_, address):
            until_answered(served.server, address)
            seen = [environ_of(ask(address)) for _ in range(3)]
    assert {environ["SERVER_PROTOCOL"] for environ in seen} == {"HTTP/1.1"}
    assert len({environ["REMOTE_PORT"] for environ in seen}) == (1 if keepalive else 3)


@pytest.fixture
def static_site(tmp_path):
    """Address of nginx with files under ``/css/``, for two routes whose servers are not there; and their directory."""
    files = tmp_path / NASTY
    files.mkdir()
    (files / "a.css").write_text("p { color: red }")
    (files / "été 1.svg").write_text("<svg/>")
    (tmp_path / "secret").write_text("secret")
    static = (StaticFiles(prefix="/css/", directory=str(files), headers=(("Cache-Control", 'public, x="y"'),)),)
    routes = tuple(Route(prefix=prefix, upstream=Tcp(port=free_port())) for prefix in ("/p/", "/"))
    with private_directory() as directory, nginx(routes, directory, static=static) as (process, address):
        until_answered(process, address, "/css/a.css")
        yield address


@pytest.mark.parametrize("prefix", ["", "/p"])
def test_it_serves_static_files_itself(static_site, prefix):
    """Under each route nginx serves the app's files, with their type and the headers that the app gives them."""
    css = ask(static_site, f"{prefix}/css/a.css")
    assert (css.status, css.body) == (200, b"p { color: red }")
    assert css.headers["Content-Type"] == "text/css; charset=utf-8"
    assert css.headers["Cache-Control"] == 'public, x="y"'
    assert css.headers["Server"] == "nginx"
    svg = ask(static_site, f"{prefix}/css/%C3%A9t%C3%A9%201.svg")
    assert (svg.status, svg.headers["Content-Type"]) == (200, "image/svg+xml")
    assert ask(static_site, f"{prefix}/css/absent.css").status == 404
    assert ask(static_site, f"{prefix}/other").status == 502


@pytest.mark.parametrize(
    "path", ["/css/../secret", "/css/%2e%2e/secret", "/css../secret", "/css/..%2fsecret", "//secret"]
)
def test_no_path_leads_out_of_the_static_directory(static_site, path):
    """What lies beside the directory is never served."""
    answer = ask(static_site, path)
    assert answer.status >= 400
    assert b"secret" not in answer.body


def test_a_server_that_is_not_there_is_a_502(tmp_path):
    """A failure is shown, at once and not tried again; where no route leads is a 404."""
    routes = (Route(prefix="/p/", upstream=Unix(path=str(tmp_path / "absent"))),)
    with private_directory() as directory, nginx(routes, directory) as (process, address):
        assert until_answered(process, address, "/elsewhere").status == 404
        assert ask(address, "/p/").status == 502


@pytest.mark.parametrize("program", PROGRAMS)
def test_it_writes_only_in_its_directory_and_stops_in_time(program):
    """All files that it has open for writing are there; its signal ends it within 2 s in spite of idle clients."""
    with server("gunicorn", "echo:app") as served, private_directory() as directory:
        routes = (Route(prefix="/", upstream=served.upstream),)
        with nginx(routes, directory, program=program) as (process, address):
            until_answered(process, address)
            files = {file.path for member in process.tree() for file in member.open_files()}
            assert all(Path(path).is_relative_to(directory) for path in files)
            with connect(address) as idle, connect(address):
                idle.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert read_answer(idle).status == 200
                assert process.stop(NGINX.stop_signal) < 2
            assert not listens(address)


@pytest.mark.skipif(os.getuid() != 0, reason="needs to be root to become another user")
@pytest.mark.parametrize("program", [program for program in PROGRAMS if Path(program).is_relative_to("/usr")])
def test_it_needs_no_rights(program):
    """A user without any rights can run it in a directory of its own."""
    with server("gunicorn", "echo:app") as served, private_directory() as directory:
        shutil.chown(directory, "nobody")
        routes = (Route(prefix="/", upstream=served.upstream),)
        with nginx(routes, directory, program=program, user="nobody") as (process, address):
            assert until_answered(process, address).status == 200
            assert {member.username() for member in process.tree()} == {"nobody"}


@pytest.mark.skipif(os.getuid() != 0, reason="only root's workers would become nobody")
def test_as_root_its_workers_reach_a_private_socket():
    """Started as root, it reads a socket in a 0700 directory, because its user is named."""
    with server("gunicorn", "echo:app", bind="unix") as served:
        assert served.directory.stat().st_mode & 0o777 == 0o700
        with nginx((Route(prefix="/", upstream=served.upstream),), served.directory) as (process, address):
            until_answered(served.server, address)
            assert {member.username() for member in process.tree()} == {"root"}


@pytest.mark.parametrize("directory", ["/a$uri", "/a\nuser root;", "/a\x00", "/a\x7f"])
def test_what_nothing_quotes_is_refused(directory):
    """A path in which nginx would see a variable or a new line is an error, not a configuration."""
    with pytest.raises(UsageError, match="nginx cannot be configured with"):
        NGINX.files(launch_in(Path(directory)))


@pytest.mark.parametrize("prefix", ["css", "/css", "/a b/", "/a;b/", "/$uri/", "/a(b)/", "//", "/{/"])
def test_odd_prefixes_are_refused(prefix, tmp_path):
    """A prefix must begin and end with a slash and hold nothing that means something to nginx."""
    with pytest.raises(UsageError, match="nginx cannot serve under"):
        NGINX.files(launch_in(tmp_path, routes=(Route(prefix=prefix, upstream=Tcp(port=1)),)))
    with pytest.raises(UsageError, match="nginx cannot serve under"):
        NGINX.files(launch_in(tmp_path, static=(StaticFiles(prefix=prefix, directory=str(tmp_path)),)))


def test_every_proxy_says_what_it_is():
    """Each proxy of the registry names its programs and speaks HTTP at least."""
    assert [name for name in PROXIES.names() if not PROXIES.get(name).programs] == []
    assert all("http" in PROXIES.get(name).protocols for name in PROXIES.names())
