"""gunicorn with its gthread workers: a pool of threads in each process, keep-alive."""

from wsgibench.model.server import Launch, Server
from wsgibench.servers._gunicorn import GUNICORN_READS, gunicorn_argv, gunicorn_env, gunicorn_files


def _files(launch: Launch) -> dict[str, str]:
    return gunicorn_files(launch, worker_class="gthread", threads=launch.threads)


SERVER = Server(
    summary="pre-forked processes with a pool of threads in each, keep-alive (gthread)",
    distribution="gunicorn",
    module="gunicorn",
    argv=gunicorn_argv,
    files=_files,
    env=gunicorn_env,
    reads=GUNICORN_READS,
    has_threads=True,
    reload_signal="HUP",
)
