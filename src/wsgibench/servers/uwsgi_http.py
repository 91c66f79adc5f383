"""uWSGI's HTTP router: a process of its own that parses HTTP and hands requests to the workers by the uwsgi protocol.

A proxy in itself, so two of them stand in a row behind nginx. That is what the article measured.
"""

from wsgibench.model.address import Unix
from wsgibench.model.server import Launch, Server
from wsgibench.servers._uwsgi import UWSGI_READS, uwsgi_address, uwsgi_argv, uwsgi_files


def _files(launch: Launch) -> dict[str, str]:
    workers = launch.inner or Unix(path=f"{launch.directory}/router.sock")
    return uwsgi_files(
        launch,
        f"http = {uwsgi_address(launch.address)}",
        "; The router reaches the workers here; without it, on a TCP port that any user of the machine can speak to.",
        f"uwsgi-socket = {uwsgi_address(workers)}",
        "; Seconds until it gives up on client or worker; longer than any client of ours waits (10 s).",
        "http-timeout = 60",
        *(_KEEP_ALIVE if launch.keep_alive else ()),
    )


_KEEP_ALIVE = (
    "; Seconds that an idle connection is kept, by the router and not by a worker. Without it the router closes",
    "; after each response without saying so, which fails a client that means to reuse the connection.",
    "http-keepalive = 75",
    "; A kept connection needs to know where a response of unknown length ends.",
    "http-auto-chunked = true",
)


SERVER = Server(
    summary="uWSGI behind its own HTTP router process",
    distribution="pyuwsgi",
    module="pyuwsgi",
    argv=uwsgi_argv,
    forks_loaded=True,
    files=_files,
    inner_protocol="uwsgi",
    reads=UWSGI_READS,
    runs_named_files=True,
    routers=1,
    threads_at_least=lambda _workers, threads: threads,
    has_threads=True,
    reload_signal="HUP",
)
