"""gunicorn with uvicorn in its workers: an event loop in each process, keep-alive.

Its worker is a package of its own, ``uvicorn-worker``; that within uvicorn is deprecated.
"""

from wsgibench.model.server import Launch, Server
from wsgibench.servers._gunicorn import GUNICORN_READS, gunicorn_argv, gunicorn_files

_CONFIG = """
from uvicorn_worker import UvicornWorker


class worker_class(UvicornWorker):
    # As uvicorn by itself is started, or it would be another server: by default this one looks at forwarded headers
    # in each request, whoever is trusted, and has what serves WebSockets imported.
    CONFIG_KWARGS = {{
        **UvicornWorker.CONFIG_KWARGS,
        "interface": "asgi3",
        "ws": "none",
        "proxy_headers": {proxy_headers},
    }}
"""


def _files(launch: Launch) -> dict[str, str]:
    return gunicorn_files(launch, more=_CONFIG.format(proxy_headers=launch.trusted is not None))


SERVER = Server(
    summary="pre-forked processes with uvicorn in each (ASGI)",
    distribution="uvicorn-worker",
    needs=("gunicorn", "uvicorn"),
    module="uvicorn_worker",
    interface="asgi",
    argv=lambda launch: gunicorn_argv(launch, "uvicorn_worker"),
    files=_files,
    reads=GUNICORN_READS,
    has_loop=True,
    reload_signal="HUP",
)
