"""Adapters found by file name."""

import subprocess
import sys

import pytest

from wsgibench.engines import ENGINES
from wsgibench.errors import UnknownNameError
from wsgibench.servers import SERVERS


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
