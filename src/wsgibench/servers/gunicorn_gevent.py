"""gunicorn with gevent in its workers: a greenlet for each connection, keep-alive.

gevent replaces what waits in Python's library in the worker, sockets, locks and ``time.sleep``, before the app is
imported: an app that waits for a store lets others run meanwhile. One that waits in C, as sqlite does, does not.
"""

from wsgibench.model.server import Launch, Server
from wsgibench.servers._gunicorn import GUNICORN_READS, gunicorn_argv, gunicorn_env, gunicorn_files


def _files(launch: Launch) -> dict[str, str]:
    return gunicorn_files(launch, worker_class="gevent")


SERVER = Server(
    summary="pre-forked processes with a greenlet for each connection, keep-alive (gevent)",
    distribution="gunicorn",
    needs=("gevent",),
    module="gunicorn",
    argv=lambda launch: gunicorn_argv(launch, "gunicorn.workers.ggevent"),
    files=_files,
    env=gunicorn_env,
    # gevent's own.
    reads=(*GUNICORN_READS, "GEVENT_*"),
    has_loop=True,
    reload_signal="HUP",
)
