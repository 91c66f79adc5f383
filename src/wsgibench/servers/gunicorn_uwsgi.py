"""gunicorn by the uwsgi protocol, which only a proxy speaks: sync workers. It works from gunicorn 26.2.1 on."""

from wsgibench.model.server import Launch, Server
from wsgibench.servers._gunicorn import GUNICORN_READS, gunicorn_argv, gunicorn_env, gunicorn_files


def _files(launch: Launch) -> dict[str, str]:
    return gunicorn_files(launch, worker_class="sync", protocol="uwsgi")


SERVER = Server(
    summary="gunicorn's sync workers by the uwsgi protocol, behind a proxy only",
    distribution="gunicorn",
    at_least="26.2.1",
    module="gunicorn",
    argv=gunicorn_argv,
    files=_files,
    env=gunicorn_env,
    reads=GUNICORN_READS,
    protocol="uwsgi",
    reload_signal="HUP",
)
