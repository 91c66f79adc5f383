"""What is said of an answer that is not right: what was seen, and what to do about it."""

import pytest

from wsgibench.deploy.preflight.advice import advice
from wsgibench.deploy.preflight.excerpts import escaped, last_traceback, refused, shown_log
from wsgibench.deploy.preflight.inquiry import template_of
from wsgibench.deploy.preflight.seen import Seen
from wsgibench.model.load import Requests
from wsgibench.model.setup import Setup
from wsgibench.processes.request import Response

SESSION = "--header 'Cookie: NAME=VALUE'"


def seen(status: int, path: str = "/items/7", template: str = "/items/{id}", body: bytes = b"", **more) -> Seen:
    headers = {name.replace("_", "-"): value for name, value in more.pop("headers", {}).items()}
    asked = {name: more.pop(name) for name in ("method", "body_sent", "sent") if name in more}
    requests = Requests(
        paths=(template,), method=asked.get("method", "GET"), headers=asked.get("sent", ()), body=asked.get("body_sent")
    )
    return Seen(requests=requests, path=path, template=template, answer=Response(status, headers, body), **more)


def to(location: str, status: int = 302, **more) -> Seen:
    return seen(status, headers={"location": location, **more.pop("headers", {})}, **more)


HTTPS = Setup(forwarded_proto="https")
CASES = {
    "https": (to("https://localhost/items/7", 301), "--forwarded-proto https"),
    "https, and not believed": (to("https://localhost/items/7", setup=HTTPS), "SECURE_PROXY_SSL_HEADER"),
    "slash": (to("/items/7/", 301), "--path '/items/{id}/'"),
    "slash before a query": (to("/s/?q=a", path="/s?q=a", template="/s?q={word}"), "--path '/s/?q={word}'"),
    "no slash": (to("/about", path="/about/", template="/about/"), "--path '/about'"),
    "slash, written out": (to("http://localhost/caf%C3%A9/", path="/caf%C3%A9", template="/caf%C3%A9"), "/caf%C3%A9/'"),
    "cookie first": (to("/items/7", headers={"set-cookie": "seen=1; Path=/"}), "--header 'Cookie: seen=VALUE'"),
    "other name": (to("http://www.example.org/items/7"), "--header 'Host: www.example.org'"),
    "login": (to("/accounts/login/?next=/items/7"), f"to log in. Send {SESSION}"),
    "login elsewhere": (to("https://sso.example.org/oauth2/authorize?client=1"), "to log in"),
    "login by its query": (to("/welcome?next=%2Fitems%2F7"), "to log in"),
    "shortener": (to("http://example.org/1"), "--expect 302"),
    "blog": (to("/blog/7"), "--expect 302"),
    "not modified": (seen(304), "--expect 304"),
    "redirect nobody can read": (to("http://[/"), "--expect 302"),
    "CSRF in Django": (seen(403, method="POST", body=b"CSRF verification failed."), "'X-CSRFToken: TOKEN'"),
    "CSRF in Flask": (seen(400, method="POST", body=b"The CSRF token is missing."), "'X-CSRFToken: TOKEN'"),
    "a form on a page of errors": (
        seen(404, method="POST", body=b'<h1>Not Found</h1><input name="csrfmiddlewaretoken">'),
        "Give pages that the app has",
    ),
    "403 to a POST": (seen(403, method="POST"), "for want of a CSRF token"),
    "403 to a GET": (seen(403), f"who asks: {SESSION}"),
    "401": (seen(401, headers={"www_authenticate": 'Basic realm="x"'}), "'Authorization: Basic ...'"),
    "Django's host": (seen(400, body=b"DisallowedHost at /"), "no 'Host: localhost'"),
    "host in the log": (seen(400, log="Invalid HTTP_HOST header: 'localhost'"), "--header 'Host: NAME'"),
    "host in Flask": (seen(400, body=b"Host 'localhost' is not trusted."), "--header 'Host: NAME'"),
    "a host that was given": (seen(400, body=b"ALLOWED_HOSTS", sent=(("Host", "me"),)), "no 'Host: me'"),
    "Django without DEBUG": (seen(400, body=b"<h1>Bad Request (400)</h1>"), "says no more without DEBUG"),
    "method": (seen(405, headers={"allow": "OPTIONS, POST"}), "--method POST"),
    "method, nobody knows": (seen(405), "takes no GET there"),
    "below a prefix": (seen(404, path="/shop/", template="/shop/", right_below=True), "--prefix /shop"),
    "SCRIPT_NAME": (seen(404, path="/shop/", variables=("SCRIPT_NAME",)), "--prefix /shop"),
    "nothing above it": (seen(404, path="//x", template="//x", right_below=True), "pages that the app has"),
    "a prefix that a shell would read": (
        seen(404, path="/a&b/", template="/a&b/", right_below=True),
        "--prefix '/a&b'",
    ),
    "missing": (seen(404), "pages that the app has with --path"),
    "missing below the prefix": (seen(404, setup=Setup(prefix="/shop"), right_below=True), "that the app has"),
    "no type": (seen(415, method="POST", body_sent="{}"), "'Content-Type: application/json'"),
    "no body": (seen(400, method="POST"), "--body TEXT"),
    "another 400": (seen(400, body=b'{"error": "q is missing"}'), "Check --path"),
    "not acceptable": (seen(406), "--header 'Accept: application/json'"),
    "rate limit": (seen(429), "rate limit"),
    "not ready": (seen(503), "--start-timeout"),
    "threads lost at the fork": (seen(503, forks_loaded=True), "--env UWSGI_LAZY_APPS=1"),
    "proxy": (seen(502, is_proxied=True), "does the app read what it is sent"),
    "error with a traceback": (seen(500, log="Traceback (most recent call last):\nKeyError: 1"), "--env and --chdir"),
    "error without": (seen(500), "log its errors to stderr"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_advice_follows_from_what_was_seen(case: str) -> None:
    found, wanted = CASES[case]
    assert wanted in advice(found)


def test_a_400_of_another_kind_says_nothing_of_hosts() -> None:
    """Nor does a page that has the word in it by chance."""
    for body in (b"", b"bad id", b"The host of this party is not at home; q is missing.", b"allowed: a, b"):
        assert "Host" not in advice(seen(400, body=body))


def test_an_error_says_what_was_seen_and_last_what_to_do() -> None:
    """Status, Location, the beginning of the body; of a failure the last traceback."""
    error = refused(to("/items/7/", 301, body=b"<p>\n  moved\n</p>"), "gunicorn")
    assert error.message == "'gunicorn' answers 301 to /items/7."
    assert error.hint.splitlines() == [
        "Location: /items/7/",
        "It begins: moved",
        "It wants the slash at the end: --path '/items/{id}/'.",
    ]
    log = "noise\nTraceback (most recent call last):\n  File ...\nKeyError: 'tea'\nmore"
    assert "  KeyError: 'tea'" in refused(seen(500, log=log), "gunicorn").hint.splitlines()
    assert refused(seen(404), "gunicorn", before=200).message == "'gunicorn' answers 200 to /items/7 and then 404."


def test_what_an_app_sends_cannot_move_the_cursor_or_fill_the_screen() -> None:
    """Nor can its log."""
    hostile = b"\x1b[2J\x1b]0;owned\x07\r\x00\xff" + b"x" * 100_000
    said = str(refused(to("/\x1b[31m" + "y" * 5000, body=hostile, log="\x1b[2J\n" * 9), "gunicorn"))
    assert all(character.isprintable() or character == "\n" for character in said)
    assert len(said) < 1000
    assert "\\x1b[2J" in said
    assert escaped("a\u202eb") == "a\\u202eb"
    assert list(shown_log("\x1b[2J boom\n")) == ["The end of its log:", "  \\x1b[2J boom"]


def test_of_a_page_is_shown_what_one_would_read_on_it() -> None:
    """Not the head of every HTML page; what is no HTML, as it is."""
    page = b"<!doctype html><head><title>404</title><style>p { x: y }</style></head>\n<h1>Not\tFound</h1><p>Sorry"
    for body, shown in ((page, "404 Not Found Sorry"), (b"1 < 2 > 0", "1 < 2 > 0"), (b"<unclosed", "<unclosed")):
        assert f"It begins: {shown}" in refused(seen(404, body=body), "gunicorn").hint.splitlines()


def test_a_name_that_an_app_sends_is_no_command() -> None:
    """What is to be copied holds nothing that ends a quotation."""
    found = to("http://x'; rm -rf '/items/7", headers={"set-cookie": "a'$(boom)=1"})
    assert "'; rm" not in advice(found)
    assert "$(" not in advice(found)


def test_of_several_tracebacks_the_last_is_shown_to_its_exception() -> None:
    log = """\
[ERROR] Error handling request /
Traceback (most recent call last):
  File "a.py", line 1, in first
    first()
ValueError: first

During handling of the above exception, another exception occurred:

[2026-11-27] Traceback (most recent call last):
  File "b.py", line 2, in second
    second()
KeyError: 'second'
[INFO] later
"""
    assert last_traceback(log) == [
        "Traceback (most recent call last):",
        '  File "b.py", line 2, in second',
        "    second()",
        "KeyError: 'second'",
    ]
    assert last_traceback("no such thing") == []


def test_a_traceback_is_shown_whatever_characters_it_holds() -> None:
    """A page of source may begin with a form feed, and what was refused may hold any separator."""
    traceback = [
        "Traceback (most recent call last):",
        '  File "a.py", line 1, in first',
        "    a(); \x0cb()",
        "E: a\u2028b",
    ]
    assert last_traceback("\r\n".join(traceback)) == traceback
    assert list(shown_log("one\x85two")) == ["The end of its log:", "  one\\x85two"]


def test_a_long_traceback_is_shown_by_its_ends() -> None:
    log = "Traceback (most recent call last):\n" + "  frame\n" * 500 + "RecursionError: too deep\n"
    found = last_traceback(log)
    assert (len(found), found[1], found[-1]) == (14, "  ...", "RecursionError: too deep")


def test_a_path_is_known_by_what_it_was_made_of() -> None:
    requests = Requests(paths=("/", "/a.b/{id}", "/s?q={word}"), words=("x",))
    made = {"/": "/", "/a.b/12": "/a.b/{id}", "/s?q=x": "/s?q={word}", "/else": "/else"}
    assert {path: template_of(path, requests) for path in made} == made
