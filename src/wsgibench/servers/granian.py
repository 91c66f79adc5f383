"""granian: HTTP in Rust, the app in a pool of threads in each process, keep-alive."""

from wsgibench.model.address import Address, Unix
from wsgibench.model.server import Launch, Server
from wsgibench.servers._entry import believing_files, entry_files, entry_target, module_argv


# No --respawn-failed-workers: with it, an app that fails at import is tried every 3.5 s for ever, and a dead worker is
# not seen. Without it granian ends, says why, and is restarted by whoever keeps it.
def _argv(launch: Launch) -> tuple[str, ...]:
    app = launch.app
    return (
        *module_argv(launch, "granian"),
        *_bind(launch.address),
        # It would take the app for RSGI.
        *("--interface", "wsgi"),
        *("--working-dir", app.directory),
        *("--workers", str(launch.workers)),
        # Threads that run the app, in each worker.
        *("--blocking-threads", str(launch.threads)),
        # Clients that may wait to be accepted, if net.core.somaxconn allows as many.
        *("--backlog", "1024"),
        # Connections that a worker accepts at a time, idle ones included. By default backlog / workers: with 60 workers
        # 17 each, and where one has more by chance, its next clients wait for others to leave.
        *("--backpressure", "1024"),
        # What WSGI cannot use: HTTP/2 and WebSocket upgrades.
        *("--http", "1", "--no-ws"),
        # No stack writes an access log, or the comparison would be of logs.
        "--no-access-log",
        # Milliseconds that an idle connection is kept, up to 60000: longer than nginx keeps it, or a request could
        # cross its close (granian 2.8 counts the wait for the next request into the time for its headers).
        *("--http1-header-read-timeout", "60000"),
        # Seconds that a worker may take to end; without a bound an idle connection holds it up.
        *("--workers-kill-timeout", "1"),
        *(("--url-path-prefix", launch.prefix) if launch.prefix else ()),
        *(("--factory",) if app.is_factory and not _files(launch) else ()),
        _target(launch),
    )


def _target(launch: Launch) -> str:
    """The app's; a module of ours by its path, or granian takes it for a part of a package that the app lives in."""
    if files := _files(launch):
        return f"{next(iter(files))}:app"
    return entry_target(launch.app).removesuffix("()")


def _files(launch: Launch) -> dict[str, str]:
    """X-Forwarded-Proto means nothing to it, from whomever: its manual has the app wrapped."""
    return believing_files(launch) if launch.forwarded_proto else entry_files(launch)


def _bind(address: Address) -> tuple[str, ...]:
    if isinstance(address, Unix):
        return ("--uds", address.path, "--uds-permissions", "600")
    return ("--host", address.host, "--port", str(address.port))


SERVER = Server(
    summary="pre-forked processes, HTTP in Rust, a pool of threads in each",
    distribution="granian",
    module="granian",
    argv=_argv,
    files=_files,
    # Each of its options; its runtime's and its allocator's.
    reads=("GRANIAN_*", "TOKIO_*", "RUST_*"),
    has_threads=True,
    reload_signal="HUP",
)
