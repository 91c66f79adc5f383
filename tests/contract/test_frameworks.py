"""Apps of the frameworks that people use, in an environment of their own, under every server that can serve them.

The short form of this are the apps of Flask, Django and Starlette that other tests serve.
"""

import sys

import pytest

from support.package_index import NO_INDEX
from support.serving import APPS
from wsgibench.contract.serving import server
from wsgibench.contract.started import send, wait_until_answers
from wsgibench.errors import MissingError
from wsgibench.model.app import App
from wsgibench.processes.environments import environment_with
from wsgibench.processes.interface import interface_of
from wsgibench.servers import SERVERS

PACKAGES = ("bottle", "falcon>=4", "fastapi", "pyramid", "quart")
"""Those that the tests' own environment does not have."""
TARGETS = {
    "wsgi": ("on_bottle:app", "on_django:wsgi", "on_falcon:wsgi", "on_flask:app", "on_pyramid:create_app()"),
    "asgi": ("on_django:asgi", "on_falcon:asgi", "on_fastapi:app", "on_quart:app", "on_starlette:app"),
}
HTTP = [name for name in SERVERS.names() if SERVERS.get(name).protocol == "http"]
SERVED = [(name, target) for name in HTTP for target in TARGETS[SERVERS.get(name).interface]]

pytestmark = [pytest.mark.long, pytest.mark.package_index, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> str:
    """The interpreter of an environment that has them all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        try:
            return environment_with(sys.executable, PACKAGES)
        except MissingError as exc:
            if NO_INDEX.search(str(exc)):
                pytest.skip("no package index here")
            raise


def app_of(target: str, python: str, interface: str) -> App:
    return App(target=target, directory=str(APPS / "frameworks"), python=python, interface=interface)


@pytest.mark.parametrize(("target", "interface"), [(each, kind) for kind in TARGETS for each in TARGETS[kind]])
def test_its_kind_is_told(target, interface, python):
    """Nobody has to say how an app of theirs is called."""
    assert interface_of(app_of(target, python, ""), timeout_s=30, inherited={}) == interface


@pytest.mark.parametrize(("name", "target"), SERVED)
def test_it_is_served(name, target, python):
    """A page, one with a number in its path, and what is not there."""
    app = app_of(target, python, SERVERS.get(name).interface)
    with server(name, app) as served:
        assert wait_until_answers(served.server, served.address, within_s=30).body == b"hello"
        assert send(served.address, "/items/5").body == b"item 5"
        assert send(served.address, "/items/none").status in (404, 422)
