"""gunicorn with its own workers for ASGI: an event loop in each process, keep-alive. New in gunicorn 24."""

from wsgibench.model.server import Launch, Server
from wsgibench.servers._gunicorn import GUNICORN_READS, gunicorn_argv, gunicorn_files


def _files(launch: Launch) -> dict[str, str]:
    return gunicorn_files(launch, worker_class="asgi", threads=1)


SERVER = Server(
    summary="pre-forked processes with an event loop in each (ASGI), gunicorn's own",
    distribution="gunicorn",
    at_least="24",
    module="gunicorn",
    interface="asgi",
    argv=gunicorn_argv,
    files=_files,
    reads=GUNICORN_READS,
    has_loop=True,
    reload_signal="HUP",
)
