"""uWSGI workers that speak HTTP themselves, without keep-alive: meant for behind a proxy, good for nothing public."""

from wsgibench.model.server import Launch, Server
from wsgibench.servers._uwsgi import UWSGI_READS, uwsgi_address, uwsgi_argv, uwsgi_files


def _files(launch: Launch) -> dict[str, str]:
    return uwsgi_files(
        launch,
        "; Not http11-socket: a connection that it keeps holds a worker; with more clients than workers most starve.",
        f"http-socket = {uwsgi_address(launch.address)}",
        "; It closes after each response, yet says so to nobody; a client that means to reuse the connection fails.",
        "add-header = Connection: close",
    )


SERVER = Server(
    summary="uWSGI with workers that speak HTTP, without a router",
    distribution="pyuwsgi",
    module="pyuwsgi",
    argv=uwsgi_argv,
    forks_loaded=True,
    files=_files,
    reads=UWSGI_READS,
    runs_named_files=True,
    threads_at_least=lambda _workers, threads: threads,
    has_threads=True,
    reload_signal="HUP",
)
