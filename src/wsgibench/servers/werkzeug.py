"""werkzeug's development server: one process, a new thread for each connection, no keep-alive.

``workers`` and ``threads`` mean nothing to it: it runs as many requests at a time as come.
"""

from pathlib import Path

from wsgibench.model.address import Unix
from wsgibench.model.server import Launch, Server
from wsgibench.servers._entry import entry_directories, entry_files, entry_target

_RUNNER = Path(__file__).with_name("_werkzeug_runner.py")


def _argv(launch: Launch) -> tuple[str, ...]:
    address = launch.address
    where = (
        ("--host", f"unix://{address.path}")
        if isinstance(address, Unix)
        else ("--host", address.host, "--port", str(address.port))
    )
    paths = (word for path in entry_directories(launch) for word in ("-p", path))
    return (
        launch.app.python,
        str(_RUNNER),
        *where,
        *paths,
        *(("--prefix", launch.prefix) if launch.prefix else ()),
        *(("--trust-proxy",) if launch.forwarded_proto else ()),
        entry_target(launch.app),
    )


SERVER = Server(
    summary="the development server of Flask; a thread for each connection",
    distribution="Werkzeug",
    module="werkzeug",
    argv=_argv,
    files=entry_files,
    # Its reloader's, which would make it take over a socket; its debugger's; those of `flask run`.
    reads=("WERKZEUG_*", "FLASK_RUN_*"),
    has_workers=False,
    stop_signal="INT",  # it knows no TERM, which would cut requests off
)
