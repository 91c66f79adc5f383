"""hypercorn: an event loop in each process, HTTP in Python, keep-alive."""

from wsgibench.model.address import Address, Unix
from wsgibench.model.server import BACKLOG, Launch, Server
from wsgibench.servers._entry import ENTRY, entry_files, entry_target, spawning_argv

_CONFIG = """\
import importlib.util

bind = {bind!r}
workers = {workers}

# uvloop where it is installed, as the other servers take it by themselves.
worker_class = "uvloop" if importlib.util.find_spec("uvloop") else "asyncio"

# As many clients may wait to be accepted as the kernel's net.core.somaxconn allows, up to this (100 by default).
backlog = {backlog}

# Seconds that an idle connection is kept: longer than nginx keeps it, or a request could cross its close.
keep_alive_timeout = 75

# Requests that a connection may bring: by default it is closed after 1000.
keep_alive_max_requests = 2**62

# Seconds for requests in flight at the end, and for the app to end in.
graceful_timeout = 1
shutdown_timeout = 1

# No stack writes an access log, or the comparison would be of logs. What goes wrong is said.
accesslog = None
errorlog = "-"
loglevel = "WARNING"
"""


def _argv(launch: Launch) -> tuple[str, ...]:
    app = launch.app
    return (
        *spawning_argv(launch, "hypercorn.__main__:main", app.directory, launch.directory),
        *("--config", f"file:{_path(launch)}"),
        ENTRY if _entry(launch) else entry_target(app),
    )


def _files(launch: Launch) -> dict[str, str]:
    config = _CONFIG.format(bind=_bind(launch.address), workers=launch.workers, backlog=BACKLOG)
    return {_path(launch): config, **_entry(launch)}


def _entry(launch: Launch) -> dict[str, str]:
    return entry_files(launch, mounts=True, believes=True)


def _path(launch: Launch) -> str:
    return f"{launch.directory}/hypercorn.conf.py"


def _bind(address: Address) -> str:
    return f"unix:{address.path}" if isinstance(address, Unix) else str(address)


SERVER = Server(
    summary="processes with an event loop and HTTP in Python in each (ASGI)",
    distribution="hypercorn",
    module="hypercorn",
    interface="asgi",
    argv=_argv,
    files=_files,
    has_loop=True,
    reload_signal="HUP",
)
