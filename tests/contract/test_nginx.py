"""nginx before servers, and what it is not configured with."""

from pathlib import Path

import pytest

from wsgibench.contract.proxied import altered_by, told_by, told_by_nginx
from wsgibench.contract.serving import before, server
from wsgibench.contract.started import wait_until_answers
from wsgibench.errors import UsageError
from wsgibench.model.address import Tcp
from wsgibench.model.app import StaticFiles
from wsgibench.model.proxy import ProxyLaunch, Route
from wsgibench.proxies import PROXIES


def launch_in(directory: Path, **more) -> ProxyLaunch:
    routes = (Route(prefix="/", upstream=Tcp(port=2), keepalive=8),)
    return ProxyLaunch(
        **{"program": "nginx", "listen": Tcp(port=1), "directory": str(directory), "routes": routes, **more}
    )


@pytest.mark.parametrize("backend", ["gunicorn", "uwsgi-http-socket", "granian"])
def test_nginx_passes_all_to_every_server(backend: str) -> None:
    """What the app sees of a request is the client's to the byte, and what nginx says of who asked."""
    with server(backend, "echo:app", proxied=True) as served:
        routes = tuple(Route(prefix=prefix, upstream=served.upstream, keepalive=8) for prefix in ("/p/", "/"))
        with before(routes, served.directory) as (_, address):
            wait_until_answers(served.server, address)
            assert altered_by(address) == []
            assert told_by(address) == told_by_nginx(address.port)


@pytest.mark.parametrize("directory", ["/a$uri", "/a\nuser root;", "/a\x00", "/a\x7f"])
def test_what_nothing_quotes_is_refused(directory: str) -> None:
    """A path in which nginx would see a variable or a new line is an error, not a configuration."""
    with pytest.raises(UsageError, match="nginx cannot be configured with"):
        PROXIES.get("nginx").files(launch_in(Path(directory)))


@pytest.mark.parametrize("prefix", ["css", "/css", "/a b/", "/a;b/", "/$uri/", "/a(b)/", "//", "/{/"])
def test_odd_prefixes_are_refused(prefix: str, tmp_path: Path) -> None:
    """A prefix must begin and end with a slash and hold nothing that means something to a proxy."""
    with pytest.raises(UsageError, match="cannot serve under"):
        launch_in(tmp_path, routes=(Route(prefix=prefix, upstream=Tcp(port=1)),))
    with pytest.raises(UsageError, match="cannot serve under"):
        launch_in(tmp_path, static=(StaticFiles(prefix=prefix, directory=str(tmp_path)),))
