"""uWSGI by its own binary protocol, which only a proxy speaks."""

from wsgibench.model.server import Launch, Server
from wsgibench.servers._uwsgi import UWSGI_READS, uwsgi_address, uwsgi_argv, uwsgi_files


def _files(launch: Launch) -> dict[str, str]:
    return uwsgi_files(launch, f"uwsgi-socket = {uwsgi_address(launch.address)}")


SERVER = Server(
    summary="uWSGI by the uwsgi protocol, behind a proxy only",
    distribution="pyuwsgi",
    module="pyuwsgi",
    argv=uwsgi_argv,
    forks_loaded=True,
    files=_files,
    reads=UWSGI_READS,
    runs_named_files=True,
    protocol="uwsgi",
    threads_at_least=lambda _workers, threads: threads,
    has_threads=True,
    reload_signal="HUP",
)
