"""waitress: one process, a pool of threads, keep-alive.

It makes no processes. To serve as many requests at a time as the others are given, it has a thread for each of theirs:
workers x threads.
"""

from wsgibench.model.address import Address, Unix
from wsgibench.model.server import BACKLOG, CONNECTIONS, Launch, Server
from wsgibench.servers._entry import entry_directories, entry_files, entry_target, module_argv


def _argv(launch: Launch) -> tuple[str, ...]:
    app = launch.app
    return (
        # By itself it puts the working directory last, where the app's modules give way to any package's.
        *module_argv(launch, "waitress", *entry_directories(launch)),
        *_bind(launch.address),
        f"--threads={launch.workers * launch.threads}",
        # Clients that may wait to be accepted, if net.core.somaxconn allows as many.
        f"--backlog={BACKLOG}",
        # Connections open at a time, as many as the others' processes have together; beyond 100, its default, clients
        # are not accepted while others idle.
        f"--connection-limit={launch.workers * CONNECTIONS}",
        # select(), its default, fails from file descriptor 1024 on.
        "--asyncore-use-poll",
        # Seconds that an idle connection is kept: longer than nginx keeps it, or a request could cross its close.
        "--channel-timeout=120",
        "--no-expose-tracebacks",
        *_trust(launch),
        *((f"--url-prefix={launch.prefix}",) if launch.prefix else ()),
        *(("--call",) if app.is_plain and app.is_factory else ()),
        entry_target(app).removesuffix("()"),
    )


def _bind(address: Address) -> tuple[str, ...]:
    if isinstance(address, Unix):
        return (f"--unix-socket={address.path}", "--unix-socket-perms=600")
    return (f"--listen={address}",)


def _trust(launch: Launch) -> tuple[str, ...]:
    """The proxy's word about the client, which waitress otherwise clears from the environ."""
    if launch.trusted is None:
        return ()
    headers = "x-forwarded-for x-forwarded-host x-forwarded-proto x-forwarded-port"
    return (
        f"--trusted-proxy={launch.trusted}",
        "--trusted-proxy-count=1",
        # Of a client that stands for a proxy, the scheme alone.
        f"--trusted-proxy-headers={headers if launch.proxied else 'x-forwarded-proto'}",
    )


SERVER = Server(
    summary="one process with a pool of threads; workers x threads of them",
    distribution="waitress",
    module="waitress",
    argv=_argv,
    files=entry_files,
    has_workers=False,
    # Its main thread has the connections.
    threads_at_least=lambda workers, threads: workers * threads + 1,
    has_threads=True,
    stop_signal="INT",  # it knows no TERM, which would cut requests off
)
