"""The module that stands between a server and an app that it cannot serve as it is."""

import importlib
import io
import json
import sys

import pytest

from wsgibench.contract import serving
from wsgibench.model.address import Tcp
from wsgibench.model.app import App
from wsgibench.model.server import Launch
from wsgibench.servers._entry import entry_files

APPS = str(serving.APPS)


def files(target: str = "echo:app", *, mounts: bool = True, believes: bool = True, **asked: str) -> dict[str, str]:
    app = App(target=target, directory=APPS)
    launch = Launch(app=app, address=Tcp(port=1), directory="/nowhere", workers=1, threads=1, **asked)
    return entry_files(launch, mounts=mounts, believes=believes)


def seen(text: str, path: str) -> dict[str, str]:
    """The environ that the app of such a module sees of a request that says https."""
    module: dict[str, object] = {}
    exec(text, module)  # noqa: S102  # as the server does
    asked = {"PATH_INFO": path, "SCRIPT_NAME": "", "wsgi.url_scheme": "http", "HTTP_X_FORWARDED_PROTO": "https"}
    [body] = module["app"]({**asked, "wsgi.input": io.BytesIO()}, lambda *_: None)
    return json.loads(body)["environ"]


@pytest.mark.parametrize("target", ["echo:app", "echo:create_app()", "echo:shop.app"])
def test_an_app_is_mounted_and_believes_at_once(monkeypatch, target: str) -> None:
    """Where both are asked for, neither makes the other be forgotten."""
    monkeypatch.syspath_prepend(APPS)
    monkeypatch.delitem(sys.modules, "echo", raising=False)
    importlib.invalidate_caches()
    [text] = files(target, prefix="/shop", forwarded_proto="https").values()
    environ = seen(text, "/shop/a")
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("/shop", "/a")
    assert environ["wsgi.url_scheme"] == "https"


@pytest.mark.parametrize(
    ("able", "asked"),
    [
        ({}, {}),
        ({"mounts": False}, {"prefix": "/shop"}),
        ({"believes": False}, {"forwarded_proto": "https"}),
        ({"mounts": False, "believes": False}, {"prefix": "/shop", "forwarded_proto": "https"}),
    ],
)
def test_where_nothing_is_to_be_done_there_is_no_module(able: dict[str, bool], asked: dict[str, str]) -> None:
    """The server does itself what is asked for, or nothing is."""
    assert files(**able, **asked) == {}
