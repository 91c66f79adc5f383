"""Whatever a client sends, the app answers: below 500 while its store is up, and never with an exception."""

import io
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quoteserver import create_app

METHODS = st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "CONNECT", "get", "BREW", ""])
# What WSGI calls native strings: the bytes of the request as Latin-1.
RAW = st.text(st.characters(max_codepoint=255), max_size=60)
PIECES = st.sampled_from(
    ["/", "quotes", "byId", "random", "sayHello", "css", "images", "favicon.ico", "healthz", "..", "%2e%2e", "\0", "//",
     "quotes.css", "unknown.svg", "\xff\xfe", "\\", "?", "#", "<script>", "\r\n", " "]
)  # fmt: skip
PATHS = st.one_of(
    st.sampled_from(["/", "/quotes/byId", "/quotes/random", "/quotes/sayHello", "/healthz", "/css/quotes.css"]),
    st.lists(PIECES, max_size=8).map("".join),
    RAW,
)
NUMBERS = st.one_of(st.integers().map(str), st.integers(0, 9000).map(str), RAW)
QUERIES = st.one_of(RAW, st.lists(NUMBERS.map(lambda text: f"id={text}"), max_size=3).map("&".join))
HEADERS = st.dictionaries(
    st.sampled_from(
        ["ACCEPT", "HOST", "COOKIE", "RANGE", "IF_NONE_MATCH", "IF_MODIFIED_SINCE", "IF_RANGE", "AUTHORIZATION",
         "X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_FORWARDED_PROTO", "X_FORWARDED_PREFIX", "X_HTTP_METHOD_OVERRIDE",
         "TRANSFER_ENCODING", "USER_AGENT", "REFERER", "ACCEPT_ENCODING"]
    ).map("HTTP_{}".format),
    st.one_of(
        RAW,
        st.sampled_from(["application/json", "*/*;q=nan", "text/html;q=1e999", "bytes=0-5", "bytes=9-1,-0", '"', "*"]),
    ),
)  # fmt: skip


@pytest.fixture(scope="module", params=["0", "1"], ids=["direct", "one proxy"])
def app(request):
    """The app in memory, alone and behind a proxy whose headers it trusts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUOTES_PROXY_HOPS", request.param)
        return create_app("memory://")


@settings(max_examples=500, deadline=None)
@given(
    said=st.fixed_dictionaries(
        {
            "REQUEST_METHOD": METHODS,
            "PATH_INFO": PATHS,
            "QUERY_STRING": QUERIES,
            "SCRIPT_NAME": st.one_of(st.just(""), st.just("/uwsgi"), RAW),
            "wsgi.input": st.binary(max_size=50).map(io.BytesIO),
        },
        optional={
            "CONTENT_LENGTH": st.one_of(RAW, st.integers().map(str)),
            "CONTENT_TYPE": st.one_of(RAW, st.just("multipart/form-data; boundary=")),
        },
    ),
    headers=HEADERS,
)
def test_any_environ_gets_an_answer(app, said, headers):
    """A status below 500, sound headers, and a body that can be read to its end."""
    environ = {
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **said,
        **headers,
    }
    started = []
    answer = app(environ, lambda status, fields, exc_info=None: started.append((status, fields, exc_info)))
    content = b"".join(answer)
    getattr(answer, "close", lambda: None)()
    ((status, fields, exc_info),) = started
    assert 200 <= int(status[:3]) < 500
    assert exc_info is None
    for name, value in fields:
        assert not {"\r", "\n", "\0"} & set(name + value)
        value.encode("latin-1")
    if b"<html" in content:
        assert b"<script" not in content
