"""daphne: one process with an event loop, by Twisted, keep-alive.

It makes no processes, and knows no lifespan: an app that needs that is for other servers.
"""

from wsgibench.model.address import Address, Unix
from wsgibench.model.server import BACKLOG, Launch, Server
from wsgibench.servers._entry import ENTRY, called_files, entry_files, entry_target, module_argv


def _argv(launch: Launch) -> tuple[str, ...]:
    app = launch.app
    return (
        *module_argv(launch, "daphne", app.directory, launch.directory),
        # Clients that may wait to be accepted, if net.core.somaxconn allows as many; 50 by default.
        *("--endpoint", f"{_endpoint(launch.address)}:backlog={BACKLOG}"),
        # No stack writes an access log, or the comparison would be of logs. What goes wrong is said.
        *("--verbosity", "0"),
        # Seconds that the app has to end a request whose client has left.
        *("--application-close-timeout", "1"),
        ENTRY if _files(launch) else entry_target(app),
    )


def _files(launch: Launch) -> dict[str, str]:
    """It calls no factory."""
    return entry_files(launch, mounts=True, believes=True) or (called_files(launch) if launch.app.is_factory else {})


def _endpoint(address: Address) -> str:
    """As Twisted writes it: what it takes for signs of its own has a backslash before it."""
    if isinstance(address, Unix):
        return f"unix:{_escaped(address.path)}:mode=600"
    return f"tcp:port={address.port}:interface={_escaped(address.host)}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(":", "\\:").replace("=", "\\=")


SERVER = Server(
    summary="one process with an event loop, by Twisted (ASGI)",
    distribution="daphne",
    module="daphne",
    interface="asgi",
    argv=_argv,
    files=_files,
    # Django's channels read it, too: how many threads run what is not asynchronous.
    reads=("ASGI_THREADS",),
    has_workers=False,
    has_loop=True,
)
