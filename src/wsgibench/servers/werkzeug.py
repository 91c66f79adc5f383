"""werkzeug's development server: one process, a new thread for each connection, no keep-alive.

``workers`` and ``threads`` mean nothing to it: it runs as many requests at a time as come.
"""

from wsgibench.model.server import Launch, Server
from wsgibench.servers._programmed import programmed_argv, programmed_files


def _argv(launch: Launch) -> tuple[str, ...]:
    return programmed_argv(launch, "werkzeug")


SERVER = Server(
    summary="the development server of Flask; a thread for each connection",
    distribution="Werkzeug",
    module="werkzeug",
    argv=_argv,
    files=programmed_files,
    # Its reloader's, which would make it take over a socket; its debugger's; those of `flask run`.
    reads=("WERKZEUG_*", "FLASK_RUN_*"),
    has_workers=False,
    stop_signal="INT",  # it knows no TERM, which would cut requests off
)
