"""What ``granian`` and ``granian-asgi`` have in common: the arguments."""

from wsgibench.model.address import Address, Unix
from wsgibench.model.server import BACKLOG, CONNECTIONS, Launch
from wsgibench.servers._entry import entry_files, entry_target, module_argv


# No --respawn-failed-workers: with it, an app that fails at import is tried every 3.5 s for ever, and a dead worker is
# not seen. Without it granian ends, says why, and is restarted by whoever keeps it.
def granian_argv(launch: Launch) -> tuple[str, ...]:
    """Runs the app by its interface."""
    app = launch.app
    is_asgi = app.interface == "asgi"
    return (
        *module_argv(launch, "granian"),
        *_bind(launch.address),
        # It would take the app for RSGI.
        *("--interface", app.interface or "wsgi"),
        *("--working-dir", app.directory),
        *("--workers", str(launch.workers)),
        # Threads that run the app, in each worker; an app of ASGI runs in one, in its event loop.
        *("--blocking-threads", "1" if is_asgi else str(launch.threads)),
        # uvloop where it is installed.
        *(("--loop", "auto") if is_asgi else ()),
        # Clients that may wait to be accepted, if net.core.somaxconn allows as many.
        *("--backlog", str(BACKLOG)),
        # Connections that a worker accepts at a time, idle ones included. By default backlog / workers: with 60 workers
        # 17 each, and where one has more by chance, its next clients wait for others to leave.
        *("--backpressure", str(CONNECTIONS)),
        # What WSGI cannot use, and what is not measured: HTTP/2 and WebSocket upgrades.
        *("--http", "1", "--no-ws"),
        # No stack writes an access log, or the comparison would be of logs.
        "--no-access-log",
        # Milliseconds that an idle connection is kept, up to 60000: longer than nginx keeps it, or a request could
        # cross its close (granian 2.8 counts the wait for the next request into the time for its headers).
        *("--http1-header-read-timeout", "60000"),
        # Seconds that a worker may take to end; without a bound an idle connection holds it up.
        *("--workers-kill-timeout", "1"),
        *(("--url-path-prefix", launch.prefix) if launch.prefix and not is_asgi else ()),
        *(("--factory",) if app.is_factory and not granian_files(launch) else ()),
        _target(launch),
    )


def _target(launch: Launch) -> str:
    """The app's; a module of ours by its path, or granian takes it for a part of a package that the app lives in."""
    if files := granian_files(launch):
        return f"{next(iter(files))}:app"
    return entry_target(launch.app).removesuffix("()")


def granian_files(launch: Launch) -> dict[str, str]:
    """X-Forwarded-Proto means nothing to it, from whomever: its manual has the app wrapped."""
    return entry_files(launch, mounts=launch.app.interface == "asgi", believes=True)


GRANIAN_READS = ("GRANIAN_*", "TOKIO_*", "RUST_*")
"""Environment variables: each of its options; its runtime's and its allocator's."""


def _bind(address: Address) -> tuple[str, ...]:
    if isinstance(address, Unix):
        return ("--uds", address.path, "--uds-permissions", "600")
    return ("--host", address.host, "--port", str(address.port))
