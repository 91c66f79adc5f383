"""How a server is started on an app: its module as its own command runs it, and the app by a name that it takes.

Not every server follows ``module:shop.app``, ``run-shop:app`` or ``shop:create_app('prod')``. For those there is a
module that binds the app to a plain name; in it the app is wrapped where its server cannot mount it, or believe a
proxy.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from wsgibench.model.app import App
from wsgibench.model.server import Launch

_MODULE = "wsgibench_entry"
ENTRY = f"{_MODULE}:app"
"""The target in ``entry_files``."""
_BELIEVING = """
_believed = app


def app(environ, start_response):
    environ["wsgi.url_scheme"] = environ.get("HTTP_X_FORWARDED_PROTO", environ["wsgi.url_scheme"])
    return _believed(environ, start_response)
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
_MOUNTED_ASGI = """
_app, _prefix = app, {prefix!r}


async def app(scope, receive, send):
    if scope["type"] != "lifespan":
        path = scope["path"]
        if path != _prefix and not path.startswith(_prefix + "/"):
            headers = [(b"content-type", b"text/plain"), (b"content-length", b"0")]
            await send({{"type": "http.response.start", "status": 404, "headers": headers}})
            await send({{"type": "http.response.body", "body": b""}})
            return
        # Its path has it still: so the ASGI specification wants it.
        scope = {{**scope, "root_path": _prefix}}
    await _app(scope, receive, send)
"""
_BELIEVING_ASGI = """
_believed = app


async def app(scope, receive, send):
    said = next((value for name, value in scope.get("headers", ()) if name == b"x-forwarded-proto"), b"")
    if said in (b"http", b"https"):
        scope = {**scope, "scheme": said.decode()}
    await _believed(scope, receive, send)
"""
_RUNNER = Path(__file__).with_name("_module_runner.py")
_SPAWNING_RUNNER = Path(__file__).with_name("_spawning_runner.py")


def module_argv(launch: Launch, module: str, *paths: str, imports: Iterable[str] = ()) -> tuple[str, ...]:
    """``python -m module``, but that a file of the app's does not pass for the server's: see ``_module_runner``.

    ``paths`` are what the import path of the app begins with, for a server that is not told otherwise; ``imports`` are
    modules that the server will import later.
    """
    early = (word for name in imports for word in ("-i", name))
    return (launch.app.python, str(_RUNNER), *_before(paths), *early, "-m", module)


def spawning_argv(launch: Launch, command: str, *paths: str) -> tuple[str, ...]:
    """Likewise for a server whose workers are fresh interpreters: its command as ``module:function``."""
    return (launch.app.python, str(_SPAWNING_RUNNER), *_before(paths), "-m", command)


def _before(paths: Iterable[str]) -> Iterator[str]:
    return (word for path in paths for word in ("-p", path))


def entry_target(app: App) -> str:
    """The target to hand to the server: the app's own, or ``app`` of the module in ``entry_files``."""
    return app.target if app.is_plain else ENTRY


def entry_directories(launch: Launch) -> tuple[str, ...]:
    """What the import path begins with: the app's directory, and where ``entry_files`` puts its module."""
    directory = launch.app.directory
    return (directory,) if launch.app.is_plain else (directory, launch.directory)


def entry_files(launch: Launch, *, mounts: bool = False, believes: bool = False) -> dict[str, str]:
    """The module, by its path, with the app wrapped in what its server cannot do; nothing where no module is needed.

    ``mounts`` has it live below the launch's prefix, ``believes`` take its scheme from X-Forwarded-Proto, whoever sent
    it, each where the launch asks for it.
    """
    is_asgi = launch.app.interface == "asgi"
    wrappers = []
    if mounts and launch.prefix:
        wrappers.append((_MOUNTED_ASGI if is_asgi else _MOUNTED).format(prefix=launch.prefix))
    if believes and launch.forwarded_proto:
        wrappers.append(_BELIEVING_ASGI if is_asgi else _BELIEVING)
    if launch.app.is_plain and not wrappers:
        return {}
    return {path: text + "".join(wrappers) for path, text in called_files(launch).items()}


def called_files(launch: Launch) -> dict[str, str]:
    """The module, by its path, with the app as it is; what a factory makes, where it is one."""
    app = launch.app
    text = f"import importlib\n\napp = importlib.import_module({app.module!r}).{app.attribute}{app.call}\n"
    return {f"{launch.directory}/{_MODULE}.py": text}
