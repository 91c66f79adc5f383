"""Apps of another kind than WSGI, told by what their server says when it calls them.

A WSGI server calls an app with two arguments. Python's own words on that are the same under every server, so nothing
needs to be imported once more to find out.
"""

import re
import time
from collections.abc import Callable, Iterable

from wsgibench.deploy.requirements import those_that_serve
from wsgibench.errors import UsageError
from wsgibench.model.app import App

_POLL_S = 0.05

_IN_A_SERVER = r'/(?:gunicorn|waitress|granian|werkzeug)/[^"\n]*", line \d+, in .*\n(?: {4}.*\n)*'
"""The last lines of a traceback that ends in a server: what it was given is wrong, not what the app does inside."""
_MAKES = re.compile(r"create|make|build|factory|get_|init")


def refuse_other_kind(app: App, logs: Callable[[], Iterable[str]], *, within_s: float = 0.0) -> None:
    """Return unless what its programs say, each in a log of its own, shows within that time that it is none for WSGI.

    Raises:
        UsageError: no stack can serve it.
    """
    end = time.monotonic() + within_s
    while True:
        for said in logs():
            if kind := other_kind(app, said):
                raise kind
        if time.monotonic() >= end:
            return
        time.sleep(_POLL_S)


def other_kind(app: App, said: str) -> UsageError | None:
    """The error that says what the app is, where what its server said shows that it is no WSGI app."""
    name = re.escape(app.attribute.rpartition(".")[2])
    if re.search(
        rf"TypeError: (?:[\w.<>]+\.)?{name}\(\) missing 1 required positional argument: '\w+'"
        r"|TypeError: [\w.<>]+\(\) missing 1 required positional argument: 'send'"
        rf"|RuntimeWarning: coroutine '(?:[\w.<>]+\.)?(?:{name}|__call__)' was never awaited"
        rf"|{_IN_A_SERVER}TypeError: 'coroutine' object is not iterable",
        said,
    ):
        return UsageError(f"'{app.target}' is an ASGI app, which no WSGI server can serve.", _asgi_hint(app))
    if app.call:
        return None
    too_many = re.search(rf"TypeError: (?:[\w.<>]+\.)?{name}\(\) takes .{{1,60}} but 2 (?:positional|were)", said)
    no_response = re.search(r"TypeError: '(?!NoneType)[\w.]+' object is not iterable", said)
    if too_many or (no_response and _MAKES.search(app.attribute.rpartition(".")[2])):
        return UsageError(
            f"'{app.target}' is no WSGI app: it does not take what a server calls one with.",
            f"If it makes the app, write --app '{app.target}()', with literals for arguments.",
        )
    return None


def _asgi_hint(app: App) -> str:
    module = re.sub(r"\.asgi$", ".wsgi", app.module)
    if module != app.module:
        return f"{those_that_serve('asgi')} Or did you mean '{module}:application'?"
    return those_that_serve("asgi")
