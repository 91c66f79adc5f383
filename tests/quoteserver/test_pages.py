"""The routes, as a client sees them."""

import re
from urllib.parse import urljoin

import pytest
from flask import request

from quoteserver import create_app
from quoteserver.errors import UsageError
from quoteserver.quotations import PACKAGED, Text, read_texts
from quoteserver.stores import load

JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def client():
    return create_app("memory://").test_client()


def test_a_quotation_is_a_page(client):
    """Text, author and portrait, as in the article."""
    answer = client.get("/quotes/byId?id=5")
    assert (answer.status_code, answer.mimetype, answer.headers["Vary"]) == (200, "text/html", "Accept")
    assert "His calm and blameless life\n" in answer.text
    assert "Abraham Cowley</figcaption>" in answer.text
    assert 'src="../images/abraham-cowley.svg"' in answer.text


def test_a_quotation_is_json_for_those_who_ask(client):
    """With the keys of the document, and letters as they are."""
    answer = client.get("/quotes/byId?id=5", headers=JSON)
    assert (answer.mimetype, answer.headers["Vary"]) == ("application/json", "Accept")
    assert answer.json == {"id": 5, **read_texts(PACKAGED)[4]._asdict()}


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        (None, "text/html"),
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/json", "application/json"),
        ("application/*", "application/json"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("application/json;q=0.5, text/html", "text/html"),
        ("image/png", "text/html"),
        (";;;,q=,", "text/html"),
    ],
)
def test_accept_decides(client, accept, mimetype):
    """HTML where nothing is preferred."""
    headers = {} if accept is None else {"Accept": accept}
    assert client.get("/quotes/byId?id=1", headers=headers).mimetype == mimetype


@pytest.mark.parametrize("path", ["/quotes/byId", "/quotes/sayHello"])
@pytest.mark.parametrize(
    "query",
    ["", "id=", "id=abc", "id=-1", "id=1.5", "id=+5", "id=%205", "id=1e3", "id=0x1", "id=5%00", "id=%D9%A3", "id=1_0",
     "id=9223372036854775808", "id=" + "9" * 5000, "id=1&id=2", "id=5&id=5", "ID=5", "id=<script>"],
)  # fmt: skip
def test_bad_input_is_400(client, path, query):
    """And what was sent is not sent back."""
    for headers in ({}, JSON):
        answer = client.get(f"{path}?{query}", headers=headers)
        assert answer.status_code == 400
        assert "<script>" not in answer.text
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("number", [0, 8559, 2**63 - 1])
def test_an_unknown_quotation_is_404(client, number):
    """With its number in the answer, and not to be kept."""
    answer = client.get(f"/quotes/byId?id={number}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
    assert f"There is no quotation {number}." in answer.text
    assert client.get(f"/quotes/byId?id={number}", headers=JSON).json["status"] == 404


def test_hello(client):
    """The article's route without store and page."""
    assert client.get("/quotes/sayHello?id=5").text.strip() == "hello 5"
    assert client.get("/quotes/sayHello?id=5", headers=JSON).json == {"greeting": "hello 5"}


def test_random_sends_to_a_quotation(client):
    """By a relative address that is not kept, and not always to the same."""
    answers = [client.get("/quotes/random") for _ in range(20)]
    places = {answer.headers["Location"] for answer in answers}
    assert {answer.status_code for answer in answers} == {302}
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert len(places) > 5
    assert all(re.fullmatch(r"byId\?id=\d+", place) for place in places)
    # Werkzeug's client takes a relative address for one below the root.
    assert {client.get(urljoin("/quotes/random", place)).status_code for place in places} == {200}


def test_the_front_page(client):
    """Says how much there is, and how much of it is distinct."""
    assert "8,558 documents" in client.get("/").text
    assert client.get("/", headers=JSON).json == {"backend": "memory", "documents": 8558, "distinct_texts": 8558}


def test_health(client):
    """Asks the store."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json, answer.headers["Cache-Control"]) == (200, {"status": "ok"}, "no-store")


@pytest.mark.parametrize(
    ("path", "mimetypes"),
    [
        ("/css/quotes.css", {"text/css"}),
        ("/images/john-milton.svg", {"image/svg+xml"}),
        ("/favicon.ico", {"image/x-icon", "image/vnd.microsoft.icon"}),
    ],
)
def test_static_files_are_kept_by_clients(client, path, mimetypes):
    """For a day, and after that they are asked for by ETag."""
    with client.get(path) as answer:
        assert answer.status_code == 200
        assert answer.mimetype in mimetypes
        assert answer.cache_control.public
        assert answer.cache_control.max_age == 86_400
        with client.get(path, headers={"If-None-Match": answer.headers["ETag"]}) as again:
            assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    ["/css/none.css", "/css/", "/css/../../wsgi.py", "/images/%2e%2e/%2e%2e/wsgi.py", "/images/..%2fcss", "/css/%00"],
)
def test_nothing_else_is_a_static_file(client, path):
    """Neither a missing one nor one outside."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/quotes/byId?id=5", "/quotes/sayHello?id=5", "/healthz", "/css/quotes.css"])
def test_methods(client, path):
    """GET, HEAD and OPTIONS are fine, others are 405 and say what is allowed."""
    with client.head(path) as head, client.get(path) as get:
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert client.options(path).allow == {"GET", "HEAD", "OPTIONS"}
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"):
        answer = client.open(path, method=method)
        assert answer.status_code == 405
        assert answer.allow == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("path", ["/", "/quotes/byId?id=5", "/quotes/byId", "/nowhere", "/css/quotes.css", "/healthz"])
def test_every_answer_is_strict(client, path):
    """No script, nothing from elsewhere, no guessing of types."""
    with client.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "<script" not in answer.text
        assert "style=" not in answer.text


def test_data_is_escaped(tmp_path):
    """A quotation cannot write HTML, nor can its author's name leave its place."""
    url = f"sqlite:///{tmp_path}/q.db"
    for _ in load(url, [Text('<script>alert("1")</script>', "../../<b>'\"")], 1):
        pass
    page = create_app(url).test_client().get("/quotes/byId?id=1").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<b>" not in page
    assert re.findall(r'src="([^"]*)"', page) == ["../images/unknown.svg"]


@pytest.mark.parametrize("prefix", ["", "/uwsgi", "/a/b"])
@pytest.mark.parametrize("path", ["/", "/quotes/byId?id=5", "/quotes/byId?id=0", "/no/such/page"])
def test_pages_are_the_same_behind_a_prefix(client, prefix, path):
    """And every link of them leads back into the app."""
    page = client.get(path)
    behind = client.get(path, base_url=f"https://example.org:8443{prefix}")
    assert behind.data == page.data
    links = re.findall(r'(?:href|src|action)="([^"]*)"', page.text)
    assert len(links) >= 4
    for link in links:
        found = urljoin(f"http://host{prefix}{path}", link).removeprefix(f"http://host{prefix}")
        query = "?id=1" if found.endswith("byId") else ""
        with client.get(found + query) as answer:
            assert answer.status_code in {200, 302}, found


def test_forwarded_headers_count_only_from_the_proxies_that_are_there(monkeypatch):
    """None by default; with one hop the prefix and scheme that nginx says."""
    headers = {"X-Forwarded-Prefix": "/uwsgi", "X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4"}

    def seen():
        app = create_app("memory://")
        environs = []
        app.before_request(lambda: environs.append(request.environ.copy()))
        app.test_client().get("/healthz", headers=headers)
        return [environs[0].get(name) for name in ("SCRIPT_NAME", "wsgi.url_scheme", "REMOTE_ADDR")]

    assert seen() == ["", "http", "127.0.0.1"]
    monkeypatch.setenv("QUOTES_PROXY_HOPS", "1")
    assert seen() == ["/uwsgi", "https", "1.2.3.4"]


@pytest.mark.parametrize("hops", ["-1", "one", "1.5", "²"])
def test_a_wrong_number_of_proxies_stops_the_start(monkeypatch, hops):
    """At once, with the value."""
    monkeypatch.setenv("QUOTES_PROXY_HOPS", hops)
    with pytest.raises(UsageError, match=re.escape(f"'{hops}'")):
        create_app("memory://")


def test_a_store_that_is_down_is_503_until_it_is_back(tmp_path, caplog):
    """On every page that needs it, in both forms, without the reason, which is logged once."""
    path = tmp_path / "q.db"
    for _ in load(f"sqlite:///{path}", [Text("x", "y")], 1):
        pass
    client = create_app(f"sqlite:///{path}").test_client()
    assert client.get("/healthz").status_code == 200
    away = path.rename(tmp_path / "away")
    for page in ("/", "/quotes/byId?id=1", "/quotes/random", "/healthz"):
        for headers in ({}, JSON):
            answer = client.get(page, headers=headers)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
            assert str(tmp_path) not in answer.text
    assert client.get("/quotes/sayHello?id=1").status_code == 200
    assert [str(path) in record.getMessage() for record in caplog.records] == [True]
    away.rename(path)
    assert client.get("/quotes/byId?id=1").status_code == 200


def test_a_bug_is_a_500_without_its_trace():
    """The trace goes to the log."""
    app = create_app("memory://")
    app.logger.disabled = True
    app.get("/bug")(lambda: 1 / 0)
    answer = app.test_client().get("/bug")
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.text
    assert "Traceback" not in answer.text
