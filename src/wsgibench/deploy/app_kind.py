"""Apps of another kind than their server calls, told by what it says when it calls them.

A server of WSGI calls an app with two arguments, one of ASGI with three. Python's own words on that are the same under
every server, so nothing needs to be imported once more to find out.
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
_AS_FACTORY = "write --app '{}()', with literals for arguments"
_MAKES = re.compile(r"create|make|build|factory|get_|init")


def refuse_other_kind(app: App, logs: Callable[[], Iterable[str]], *, within_s: float = 0.0) -> None:
    """Return unless what its programs say, each in a log of its own, shows in time that it is none of its interface.

    Raises:
        UsageError: no stack can serve it as it is.
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
    """The error that says what the app is, where what its server said shows that it is none of its interface."""
    return _no_asgi(app, said) if app.interface == "asgi" else _no_wsgi(app, said)


def _no_wsgi(app: App, said: str) -> UsageError | None:
    name = re.escape(_name(app))
    if re.search(
        rf"TypeError: (?:[\w.<>]+\.)?{name}\(\) missing 1 required positional argument: '\w+'"
        r"|TypeError: [\w.<>]+\(\) missing 1 required positional argument: 'send'"
        rf"|RuntimeWarning: coroutine '(?:[\w.<>]+\.)?(?:{name}|__call__)' was never awaited"
        rf"|{_IN_A_SERVER}TypeError: 'coroutine' object is not iterable",
        said,
    ):
        return UsageError(f"'{app.target}' is an ASGI app, which no WSGI server can serve.", _asgi_hint(app))
    no_response = r"TypeError: '(?!NoneType)[\w.]+' object is not iterable"
    if _takes_other_than(2, app, said) or _makes(app, no_response, said):
        return UsageError(
            f"'{app.target}' is no WSGI app: it does not take what a server calls one with.",
            f"If it makes the app, {_AS_FACTORY.format(app.target)}.",
        )
    return None


def _no_asgi(app: App, said: str) -> UsageError | None:
    """No coroutine that is left alone, nor a ``send`` that is missing, tells of the app: its middleware did that."""
    no_coroutine = r"TypeError: (?:object |')(?!NoneType)[\w.]+'? (?:object )?can't be (?:awaited|used in 'await')"
    if _takes_other_than(3, app, said) or _makes(app, no_coroutine, said):
        return UsageError(
            f"'{app.target}' is no ASGI app: it does not take what a server calls one with.",
            f"If it makes the app, {_AS_FACTORY.format(app.target)}. "
            "If it is a WSGI app, say --interface wsgi and name stacks for these.",
        )
    return None


def _takes_other_than(count: int, app: App, said: str) -> bool:
    """Whether it takes fewer arguments than that, with which it was called. What a factory made has another name."""
    called = rf"TypeError: (?:[\w.<>]+\.)?{re.escape(_name(app))}\(\) takes .{{1,60}} but {count} (?:positional|were)"
    return not app.call and re.search(called, said) is not None


def _makes(app: App, no_answer: str, said: str) -> bool:
    """Whether it is called like what makes apps, and what it returned was no answer to a server."""
    return not app.call and _MAKES.search(_name(app)) is not None and re.search(no_answer, said) is not None


def _name(app: App) -> str:
    return app.attribute.rpartition(".")[2]


def _asgi_hint(app: App) -> str:
    module = re.sub(r"\.asgi$", ".wsgi", app.module)
    if module != app.module:
        return f"{those_that_serve('asgi')} Or did you mean '{module}:application'?"
    return those_that_serve("asgi")
