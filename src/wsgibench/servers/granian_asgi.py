"""granian for ASGI: HTTP in Rust, the app in an event loop in each process, keep-alive."""

from wsgibench.model.server import Server
from wsgibench.servers._granian import GRANIAN_READS, granian_argv, granian_files

SERVER = Server(
    summary="processes with HTTP in Rust and an event loop in each (ASGI)",
    distribution="granian",
    module="granian",
    interface="asgi",
    argv=granian_argv,
    files=granian_files,
    reads=GRANIAN_READS,
    has_loop=True,
    reload_signal="HUP",
)
