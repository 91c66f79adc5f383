"""The app under test, from what the user said."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import msgspec

from wsgibench.bench.naming import path_below_src, refuse_files
from wsgibench.deploy.environment import built_environment
from wsgibench.errors import MissingError, UsageError
from wsgibench.model.app import App, StaticFiles

SAMPLE = "quoteserver.wsgi:app"
_SAMPLE_ASGI = "quoteserver.asgi:app"
_STATIC_HEADERS = (("Cache-Control", "public, max-age=86400"),)


def app_under_test(
    target: str | None,
    *,
    directory: str,
    python: str,
    env: Sequence[tuple[str, str]] = (),
    store: str | None = None,
    check_paths: Sequence[str] = (),
    interface: str = "auto",
    asgi_target: str | None = None,
) -> App:
    """The user's app, or the sample app where no target is given.

    ``asgi_target`` is the same app for servers of ASGI. With an ``interface`` of ``auto`` the app's is left open where
    nothing but its signature tells.

    A module below ``src`` is found there, where nothing else says where it is.

    Raises:
        UsageError: a store is given for an app that has none, or the target names no app.
        MissingError: the interpreter does not run.
    """
    if target is None and asgi_target is not None:
        target, asgi_target, interface = asgi_target, None, "asgi"
    if target is None or (target == SAMPLE and asgi_target in (None, _SAMPLE_ASGI)):
        return sample_app(directory=directory, python=python, env=env, store=store, check_paths=check_paths)
    if store is not None:
        raise UsageError(f"--store is the quote server's, and the app is '{target}'.", "Leave it out, or use --env.")
    for each in filter(None, (target, asgi_target)):
        refuse_files(each, directory)
    # Beside a target for servers of ASGI, the other one is for those of WSGI.
    if interface == "auto":
        interface = "wsgi" if asgi_target else ""
    app = App(
        target=target,
        directory=directory,
        interface=interface,
        asgi_target=asgi_target or "",
        python=python,
        env=tuple(env),
        check_paths=tuple(check_paths) or ("/",),
    )
    path = path_below_src(target, directory=directory, python=python, env=env, inherited=built_environment())
    return msgspec.structs.replace(app, env=(*app.env, *path))


def sample_app(
    *,
    directory: str,
    python: str,
    env: Sequence[tuple[str, str]] = (),
    store: str | None = None,
    check_paths: Sequence[str] = (),
) -> App:
    """The article's quote server; a proxy serves its static files itself."""
    static = _sample_directory() / "static"
    return App(
        target=SAMPLE,
        directory=directory,
        asgi_target=_SAMPLE_ASGI,
        python=python,
        env=(*env, *((("QUOTES_STORE", store),) if store else ())),
        proxied_env=(("QUOTES_PROXY_HOPS", "1"),),
        static=tuple(
            StaticFiles(prefix=f"/{name}/", directory=str(static / name), headers=_STATIC_HEADERS)
            for name in ("css", "images")
        ),
        check_paths=tuple(check_paths) or ("/quotes/byId?id=1", "/quotes/byId?id=8000", "/quotes/sayHello?id=5"),
    )


def _sample_directory() -> Path:
    spec = importlib.util.find_spec("quoteserver")
    if spec is None or spec.origin is None:
        raise MissingError("The quote server is not installed.", "Give an app of yours with --app.")
    return Path(spec.origin).parent
