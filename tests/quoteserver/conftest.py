"""A private cache for every test, and a real Elasticsearch for those that ask for it."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SCRIPT = ROOT / ".ci" / "elasticsearch"


def pytest_collection_modifyitems(items):
    """The first test that needs Elasticsearch waits until it has been fetched and started."""
    for item in items:
        if item.get_closest_marker("elasticsearch"):
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path_factory):
    """No test sees the settings or the cache of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("QUOTES_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(scope="session")
def elasticsearch_url():
    """``http://host:port`` of a server: the one at ELASTICSEARCH_URL, else one that is started for the tests."""
    given = os.environ.get("ELASTICSEARCH_URL")
    if given:
        yield given.rstrip("/")
        return
    # Not below pytest's own directory, which a server that refuses to be root could not enter.
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    try:
        started = subprocess.run([SCRIPT, "start", directory], capture_output=True, text=True, check=False, timeout=600)
        if started.returncode == 3:
            pytest.skip(started.stderr.strip().splitlines()[-1])
        assert started.returncode == 0, started.stderr
        yield started.stdout.strip()
    finally:
        subprocess.run([SCRIPT, "stop", directory], check=True)
        shutil.rmtree(directory)


@pytest.fixture
def elasticsearch_store(elasticsearch_url, request):
    """URL of a store in an index of the test's own, which is not there yet and is deleted afterwards."""
    from elasticsearch import Elasticsearch  # noqa: PLC0415 - an optional dependency

    index = "test-" + request.node.name.lower().translate(str.maketrans("[]", "--")).rstrip("-")
    yield f"elasticsearch://{elasticsearch_url.removeprefix('http://')}/{index}"
    with Elasticsearch(elasticsearch_url) as client:
        client.indices.delete(index=index, ignore_unavailable=True)
