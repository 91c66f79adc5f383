"""Adapters found by file name."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wsgibench import registry
from wsgibench.deploy.requirements import check_stack, require_installed
from wsgibench.engines import ENGINES
from wsgibench.errors import UnknownNameError
from wsgibench.model.stack import parse_stack
from wsgibench.proxies import PROXIES
from wsgibench.servers import SERVERS

ADAPTERS = """
from dataclasses import replace
from wsgibench.proxies.nginx import PROXY
from wsgibench.servers.waitress import SERVER
SERVER = replace(SERVER, summary="one of somebody else's, with threads")
"""
ENTRY_POINTS = "[wsgibench.servers]\ntheirs = theirs:SERVER\n[wsgibench.proxies]\ntheirs-too = theirs:PROXY\n"


def _forget_entry_points() -> None:
    registry._entry_points.cache_clear()
    registry._all_entry_points.cache_clear()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A distribution that brings a server and a proxy, as pip would leave it."""
    (tmp_path / "theirs.py").write_text(ADAPTERS)
    about = tmp_path / "theirs-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(tmp_path)
    _forget_entry_points()
    yield
    _forget_entry_points()
    sys.modules.pop("theirs", None)


@pytest.mark.usefixtures("installed")
def test_what_others_install_is_there_without_a_change_here() -> None:
    """It is listed beside ours, and stacks are named, checked and found installed with it."""
    assert {"theirs", "waitress"} <= set(SERVERS.names())
    assert {"theirs-too", "nginx"} <= set(PROXIES.names())
    assert SERVERS.get("theirs").summary.startswith("one of somebody else's")
    stack = parse_stack("theirs-too+theirs:w2")
    check_stack(stack)
    require_installed([(stack, sys.executable)])


def test_the_nearest_name_is_suggested() -> None:
    with pytest.raises(UnknownNameError) as caught:
        SERVERS.get("waitres")
    assert caught.value.message == "No server is called 'waitres'."
    assert caught.value.hint == "Did you mean 'waitress'?"


def test_listing_imports_no_adapter() -> None:
    """Names come from files, so that help is quick and a broken adapter hurts nobody else."""
    code = (
        "import sys; from wsgibench.servers import SERVERS; SERVERS.names();"
        "print([name for name in sys.modules if name.startswith('wsgibench.servers.')])"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_private_files_are_no_adapters() -> None:
    assert not [name for name in (*SERVERS.names(), *ENGINES.names()) if name.startswith(("-", "_"))]
