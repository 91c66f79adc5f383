"""An app below a prefix, and behind a further proxy that speaks https: on every server, with and without nginx."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from support.serving import stacks_by_others
from wsgibench.contract.choice import each_of
from wsgibench.contract.serving import APPS, app_for
from wsgibench.contract.started import send
from wsgibench.deploy.deployment import deploy, start
from wsgibench.hosts import LocalHost
from wsgibench.model.address import Tcp
from wsgibench.model.app import App
from wsgibench.model.load import Requests
from wsgibench.model.server import Launch
from wsgibench.model.setup import Setup
from wsgibench.model.stack import parse_stack
from wsgibench.processes.ports import free_ports
from wsgibench.processes.private_directory import PrivateDirectory
from wsgibench.servers import SERVERS

SETUP = Setup(forwarded_proto="https", prefix="/my/shop-1")
SAYS_HTTPS = (("X-Forwarded-Proto", "https"),)
"""What the load sends with that option, to every stack alike."""


STACKS = [
    *(name for name in SERVERS.names() if SERVERS.get(name).protocol == "http"),
    *(f"nginx+{name}" for name in SERVERS.names()),
    *stacks_by_others(),
    # Where the proxy is known by its address.
    *("nginx+gunicorn:tcp", "nginx+waitress:tcp"),
]


@contextmanager
def up(name: str, target: str, setup: Setup) -> Iterator[Tcp]:
    """A stack of that app, set up so: where clients reach it."""
    app = msgspec.structs.replace(app_for(parse_stack(name).server, target), check_paths=(f"{setup.prefix}/",))
    directory = PrivateDirectory()
    host = LocalHost(directory.path)
    try:
        [listen] = free_ports(1)
        deployment = deploy(
            app, parse_stack(name), group="stack", directory=directory.path / "stack", listen=listen, setup=setup
        )
        host.start((), None, timeout_s=60)
        like = Requests(paths=app.check_paths, headers=SAYS_HTTPS)
        start(host, deployment, restart=False, timeout_s=60, like=like)
        yield listen
    finally:
        host.stop()
        directory.remove()


@pytest.mark.parametrize(
    ("name", "target"),
    [
        *(each_of(name, "echo:app") for name in STACKS),
        *((name, target) for name in ("granian", "uwsgi-http") for target in ("echo:create_app()", "echo:shop.app")),
    ],
)
def test_the_app_sees_the_scheme_and_where_it_is_mounted(name: str, target: str) -> None:
    """Where a URL of its own would lead to is the same on every stack, and what clients know."""
    headers = (("Host", "shop.example"), *SAYS_HTTPS)
    with up(name, target, SETUP) as address:
        environ = json.loads(send(address, "/my/shop-1/a%20b/?c=d", headers=headers).body)["environ"]
    assert environ["wsgi.url_scheme"] == "https"
    assert environ["HTTP_X_FORWARDED_PROTO"] == "https"
    assert environ["SCRIPT_NAME"] == "/my/shop-1"
    assert environ["PATH_INFO"] == "/a b/"
    assert environ["QUERY_STRING"] == "c=d"
    assert "HTTP_X_FORWARDED_PREFIX" not in environ


def test_whose_word_on_the_scheme_counts(tmp_path: Path) -> None:
    """Without the option nobody's but a proxy's; with it that of this machine, and of all where others are let in."""

    def trusted(host: str = "127.0.0.1", **more: object) -> str | None:
        launch = {"address": Tcp(host=host, port=1), "directory": str(tmp_path), "workers": 1, "threads": 1}
        return Launch(**{"app": App(target="echo:app", directory=str(APPS)), **launch, **more}).trusted

    assert trusted() is None
    assert trusted("192.0.2.1") is None
    assert trusted(proxied=True) == "127.0.0.1"
    assert trusted(forwarded_proto="https") == "127.0.0.1"
    assert trusted("::1", forwarded_proto="https") == "::1"
    assert trusted("192.0.2.1", forwarded_proto="https") == "*"
