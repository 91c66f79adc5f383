"""gunicorn with its sync workers: one request at a time in each, no keep-alive."""

from wsgibench.model.server import Launch, Server
from wsgibench.servers._gunicorn import GUNICORN_READS, gunicorn_argv, gunicorn_env, gunicorn_files


def _files(launch: Launch) -> dict[str, str]:
    # With more than one thread gunicorn would quietly run gthread instead.
    return gunicorn_files(launch, worker_class="sync")


SERVER = Server(
    summary="pre-forked processes, one request at a time in each (sync)",
    distribution="gunicorn",
    module="gunicorn",
    argv=gunicorn_argv,
    files=_files,
    env=gunicorn_env,
    reads=GUNICORN_READS,
    reload_signal="HUP",
)
