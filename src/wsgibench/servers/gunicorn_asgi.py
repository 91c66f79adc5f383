"""gunicorn with its own workers for ASGI: an event loop in each process, keep-alive. New in gunicorn 24."""

from wsgibench.model.server import Launch, Server
from wsgibench.servers._gunicorn import GUNICORN_READS, gunicorn_argv, gunicorn_files

_CONFIG = """
import functools

# An app that knows no lifespan is served without; one that says that its start failed is not served.
asgi_lifespan = "auto"

# uvloop where it is installed.
asgi_loop = "auto"


def post_worker_init(worker):
    # These workers listen anew, by asyncio, whose default is 100, and the last one to listen counts for all.
    worker.loop.create_server = functools.partial(worker.loop.create_server, backlog=backlog)
"""


def _files(launch: Launch) -> dict[str, str]:
    return gunicorn_files(launch, worker_class="asgi", more=_CONFIG)


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
