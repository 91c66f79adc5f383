"""How a server is started on an app: its module as its own command runs it, and the app by a name that it takes.

Not every server follows ``module:shop.app``, ``run-shop:app`` or ``shop:create_app('prod')``. For those there is a
module that binds the app to a plain name; in it the app is wrapped where its server cannot mount it, or believe a
proxy.
"""

from pathlib import Path

from wsgibench.model.app import App
from wsgibench.model.server import Launch

_MODULE = "wsgibench_entry"
ENTRY = f"{_MODULE}:app"
"""The target in ``believing_files`` and ``mounted_files``."""
_BELIEVING = """
_app = app


def app(environ, start_response):
    environ["wsgi.url_scheme"] = environ.get("HTTP_X_FORWARDED_PROTO", environ["wsgi.url_scheme"])
    return _app(environ, start_response)
"""
_MOUNTED = """
_app, _prefix = app, {prefix!r}


def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path != _prefix and not path.startswith(_prefix + "/"):
        start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return []
    environ["SCRIPT_NAME"], environ["PATH_INFO"] = _prefix, path[len(_prefix):]
    return _app(environ, start_response)
"""
_RUNNER = Path(__file__).with_name("_module_runner.py")


def module_argv(launch: Launch, module: str, *paths: str) -> tuple[str, ...]:
    """``python -m module``, but that a file of the app's does not pass for the server's: see ``_module_runner``.

    ``paths`` are what the import path of the app begins with, for a server that is not told otherwise.
    """
    before = (word for path in paths for word in ("-p", path))
    return (launch.app.python, str(_RUNNER), *before, "-m", module)


def entry_target(app: App) -> str:
    """The target to hand to the server: the app's own, or ``app`` of the module in ``entry_files``."""
    return app.target if app.is_plain else ENTRY


def entry_directories(launch: Launch) -> tuple[str, ...]:
    """What the import path begins with: the app's directory, and where ``entry_files`` puts its module."""
    directory = launch.app.directory
    return (directory,) if launch.app.is_plain else (directory, launch.directory)


def entry_files(launch: Launch) -> dict[str, str]:
    """The module by its path; nothing where the server finds the app itself."""
    return {} if launch.app.is_plain else _entry(launch)


def believing_files(launch: Launch) -> dict[str, str]:
    """The module, by its path, with the app made to take its scheme from X-Forwarded-Proto, whoever sent it."""
    return {path: text + _BELIEVING for path, text in _entry(launch).items()}


def mounted_files(launch: Launch) -> dict[str, str]:
    """The module, by its path, with the app made to live below the launch's prefix."""
    return {path: text + _MOUNTED.format(prefix=launch.prefix) for path, text in _entry(launch).items()}


def _entry(launch: Launch) -> dict[str, str]:
    app = launch.app
    text = f"import importlib\n\napp = importlib.import_module({app.module!r}).{app.attribute}{app.call}\n"
    return {f"{launch.directory}/{_MODULE}.py": text}
