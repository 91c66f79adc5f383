"""The Elasticsearch store beyond the contract: its URLs, its secrets, and what it says when it is down."""

import base64
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from quoteserver import create_app
from quoteserver.errors import QuoteserverError, StoreDownError, UsageError
from quoteserver.quotations import Quotation, Text
from quoteserver.stores import load, open_store
from support.forwarder import Forwarder

pytest.importorskip("elasticsearch", reason="the Elasticsearch client is not installed")

RECOVERY_S = 10
"""Until when an app must answer again: a node that failed is left alone for two seconds at most."""


@pytest.mark.parametrize(
    ("url", "nodes"),
    [
        ("elasticsearch://h/q", ["http://h:9200"]),
        ("elasticsearch://127.0.0.1:9201/q", ["http://127.0.0.1:9201"]),
        ("elasticsearch://a:1,b,c.example:3/q", ["http://a:1", "http://b:9200", "http://c.example:3"]),
        ("elasticsearch+https://a,b:443/q", ["https://a:9200", "https://b:443"]),
        ("elasticsearch://[::1]:9200/q", ["http://[::1]:9200"]),
    ],
)
def test_urls(url, nodes):
    """Several hosts, port 9200 by default, TLS by the scheme."""
    from quoteserver.stores._elasticsearch_cluster import parse  # noqa: PLC0415 - needs the client

    location = parse(url)
    assert (list(location.nodes), location.index) == (nodes, "q")
    open_store(url).close()


@pytest.mark.parametrize(
    "url",
    ["elasticsearch://", "elasticsearch:///q", "elasticsearch://h", "elasticsearch://h/", "elasticsearch://h/Q",
     "elasticsearch://h:x/q", "elasticsearch://h:0/q", "elasticsearch://h:70000/q", "elasticsearch://a,,b/q",
     "elasticsearch://h/_all", "elasticsearch://h/a*", "elasticsearch://h/a/b", "elasticsearch://h/q?x"],
)  # fmt: skip
def test_urls_that_name_no_index(url):
    """Refused with the URL, before anything is asked."""
    with pytest.raises(UsageError, match="names no Elasticsearch index") as raised:
        open_store(url)
    assert url in raised.value.message


def test_a_password_in_a_url_is_refused_and_not_repeated():
    """Because URLs are shown."""
    with pytest.raises(UsageError) as raised:
        open_store("elasticsearch://me:secret@h/q")
    assert "secret" not in str(raised.value)


@contextmanager
def listening():
    """A server that only notes what it is asked with: the URL of a store on it, and its list of headers."""
    headers = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            headers.append(self.headers)
            self.send_response(401)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"elasticsearch://127.0.0.1:{server.server_port}/q", headers
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("environment", "authorization"),
    [
        ({}, None),
        ({"USER": "me", "PASSWORD": "päss:word"}, "Basic " + base64.b64encode("me:päss:word".encode()).decode()),
        ({"API_KEY": "a2V5"}, "ApiKey a2V5"),
    ],
    ids=["nobody", "user", "key"],
)
def test_secrets_come_from_the_environment(monkeypatch, environment, authorization):
    """And reach the server; that it refuses them is said without them."""
    for name, value in environment.items():
        monkeypatch.setenv(f"QUOTES_ELASTICSEARCH_{name}", value)
    with listening() as (url, headers), closing(open_store(url)) as store:
        with pytest.raises(StoreDownError, match=r"refuses these credentials \(401\)") as raised:
            store.get(1)
        assert headers[0]["Authorization"] == authorization
        assert not {"päss:word", "a2V5"} & set(str(raised.value).split())


def test_a_user_and_a_key_are_one_too_many(monkeypatch):
    """No guess which of them is meant."""
    monkeypatch.setenv("QUOTES_ELASTICSEARCH_USER", "me")
    monkeypatch.setenv("QUOTES_ELASTICSEARCH_API_KEY", "key")
    with pytest.raises(UsageError, match="Both"):
        open_store("elasticsearch://h/q")


def test_nobody_there():
    """A refused connection is a store that is down, at once."""
    start = time.monotonic()
    # Bound without listening: nobody else can take the port meanwhile.
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        store = open_store(f"elasticsearch://127.0.0.1:{port}/q")
        for ask in (lambda: store.get(1), store.check, store.contents):
            with pytest.raises(StoreDownError, match="does not answer"):
                ask()
        store.close()
    assert time.monotonic() - start < 5


def test_a_server_that_hangs_is_down_after_the_time_out(monkeypatch):
    """It takes the connection and never answers, as a stopped process does."""
    monkeypatch.setattr("quoteserver.stores.elasticsearch.TIMEOUT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = open_store(f"elasticsearch://127.0.0.1:{silent.getsockname()[1]}/q")
        start = time.monotonic()
        with closing(store), pytest.raises(StoreDownError, match="timed out"):
            store.get(1)
        assert 0.3 <= time.monotonic() - start < 3


@pytest.mark.parametrize(("name", "value"), [("API_KEY", "a\nb"), ("API_KEY", "schlüssel"), ("CA", "/none.pem")])
def test_secrets_that_cannot_be_used(monkeypatch, name, value):
    """Said at the start, not with the first request."""
    monkeypatch.setenv(f"QUOTES_ELASTICSEARCH_{name}", value)
    with pytest.raises(UsageError, match=f"QUOTES_ELASTICSEARCH_{name}") as raised:
        open_store("elasticsearch+https://h/q")
    assert name == "CA" or value not in str(raised.value)


def test_without_the_client_the_message_says_how_to_get_it():
    """The store is one of several, so its client is optional."""
    code = (
        "import sys\n"
        "class Hidden:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'elasticsearch': raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Hidden())\n"
        "from quoteserver.cli import main\n"
        "sys.argv = ['quoteserver', 'info', '--store', 'elasticsearch://h/q']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr == (
        "The store 'elasticsearch' needs the Python package 'elasticsearch'.\n"
        "Install it: pip install 'wsgibench[elasticsearch]'\n"
    )


@pytest.mark.elasticsearch
def test_a_missing_index_is_said(elasticsearch_store):
    """With its name, and the command that makes it; it is no unknown quotation."""
    with closing(open_store(elasticsearch_store)) as store:
        for ask in (lambda: store.get(1), store.check, store.contents):
            with pytest.raises(StoreDownError, match="has no index") as raised:
                ask()
            assert f"quoteserver load --store {elasticsearch_store}" in raised.value.hint
    client = create_app(elasticsearch_store).test_client()
    assert client.get("/quotes/byId?id=1").status_code == 503
    list(load(elasticsearch_store, [Text("x", "y")], 1))
    assert client.get("/quotes/byId?id=1").status_code == 200


@pytest.mark.elasticsearch
def test_an_index_of_another_shape_refuses(elasticsearch_store, elasticsearch_url):
    """The reason that Elasticsearch gives is passed on."""
    from elasticsearch import Elasticsearch  # noqa: PLC0415

    mapping = {"dynamic": "strict", "properties": {"quote": {"type": "date"}}}
    with Elasticsearch(elasticsearch_url) as client:
        client.indices.create(index=elasticsearch_store.rpartition("/")[2], mappings=mapping)
    with pytest.raises(QuoteserverError, match=r"refuses the quotations: .*strict"):
        list(load(elasticsearch_store, [Text("x", "y")], 1))


@pytest.fixture
def forwarded(elasticsearch_store):
    """A way to a loaded index that a test can break, and the store's URL by that way."""
    list(load(elasticsearch_store, [Text("x", "y")], 3))
    parts = urlsplit(elasticsearch_store)
    forwarder = Forwarder((parts.hostname, parts.port))
    forwarder.connect()
    yield forwarder, f"elasticsearch://127.0.0.1:{forwarder.port}{parts.path}"
    forwarder.disconnect()


def eventually_ok(client, path):
    deadline = time.monotonic() + RECOVERY_S
    while client.get(path).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.elasticsearch
def test_the_app_recovers_when_the_store_returns(forwarded):
    """503 with Retry-After while it is away, 200 after, twice, without a restart."""
    forwarder, url = forwarded
    client = create_app(url).test_client()
    for _ in range(2):
        eventually_ok(client, "/quotes/byId?id=1")
        forwarder.disconnect()
        for path in ("/quotes/byId?id=1", "/healthz", "/"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
        assert client.get("/quotes/sayHello?id=1").status_code == 200
        forwarder.connect()
    eventually_ok(client, "/healthz")


@pytest.mark.elasticsearch
def test_one_of_several_hosts_is_enough(forwarded, elasticsearch_store):
    """A request whose node is gone is answered by another, not by a 503."""
    forwarder, _ = forwarded
    parts = urlsplit(elasticsearch_store)
    both = f"elasticsearch://127.0.0.1:{forwarder.port},127.0.0.1:{parts.port}{parts.path}"
    with closing(open_store(both)) as store:
        assert [store.get(1) for _ in range(6)] == [Quotation(1, "x", "y")] * 6
        assert forwarder.connections
        forwarder.disconnect()
        assert [store.get(2) for _ in range(6)] == [Quotation(2, "x", "y")] * 6


@pytest.mark.elasticsearch
def test_a_client_keeps_its_connection(forwarded):
    """Twenty questions, one connection."""
    forwarder, url = forwarded
    with closing(open_store(url)) as store:
        for _ in range(20):
            store.get(1)
    assert forwarder.connections == 1
