"""uvicorn: an event loop in each process, keep-alive; with uvloop and httptools where they are installed."""

from wsgibench.model.address import Address, Unix
from wsgibench.model.server import BACKLOG, Launch, Server
from wsgibench.servers._entry import ENTRY, entry_files, entry_target, spawning_argv


def _argv(launch: Launch) -> tuple[str, ...]:
    app = launch.app
    target = ENTRY if _files(launch) else entry_target(app)
    return (
        # Not --root-path: uvicorn would put it before paths that have it already.
        *spawning_argv(launch, "uvicorn.main:main", app.directory, launch.directory),
        *("--app-dir", app.directory),
        *_bind(launch.address),
        # It would take it from WEB_CONCURRENCY.
        *("--workers", str(launch.workers)),
        # It would look at the app's signature itself.
        *("--interface", "asgi3"),
        # An app that knows no lifespan is served without; one that says that its start failed is not served.
        *("--lifespan", "auto"),
        # The fastest that is installed, as by default: uvloop and httptools, else asyncio and h11.
        *("--loop", "auto", "--http", "auto"),
        # WebSockets are not measured, and what serves them need not be imported.
        *("--ws", "none"),
        # Clients that may wait to be accepted, if net.core.somaxconn allows as many.
        *("--backlog", str(BACKLOG)),
        # Seconds that an idle connection is kept: longer than nginx keeps it, or a request could cross its close.
        *("--timeout-keep-alive", "75"),
        # Seconds for requests in flight at the end; without a bound one that never ends holds it up.
        *("--timeout-graceful-shutdown", "1"),
        # No stack writes an access log, or the comparison would be of logs. What goes wrong is said.
        *("--no-access-log", "--log-level", "warning"),
        *_trust(launch),
        *(("--factory",) if target.endswith("()") else ()),
        target.removesuffix("()"),
    )


def _files(launch: Launch) -> dict[str, str]:
    return entry_files(launch, mounts=True)


def _bind(address: Address) -> tuple[str, ...]:
    if isinstance(address, Unix):
        return ("--uds", address.path)
    return ("--host", address.host, "--port", str(address.port))


def _trust(launch: Launch) -> tuple[str, ...]:
    """Whose X-Forwarded-For and X-Forwarded-Proto count: those of the one proxy, or nobody's."""
    if launch.trusted is None:
        return ("--no-proxy-headers",)
    return ("--proxy-headers", "--forwarded-allow-ips", launch.trusted)


SERVER = Server(
    summary="an event loop in each process (ASGI), with uvloop and httptools where they are installed",
    distribution="uvicorn",
    module="uvicorn",
    interface="asgi",
    argv=_argv,
    files=_files,
    # Each of its options; and defaults of two of them.
    reads=("UVICORN_*", "WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS"),
    serves_alone=True,
    has_loop=True,
    reload_signal="HUP",
)
