"""granian: HTTP in Rust, the app in a pool of threads in each process, keep-alive."""

from wsgibench.model.server import Server
from wsgibench.servers._granian import GRANIAN_READS, granian_argv, granian_files

SERVER = Server(
    summary="pre-forked processes, HTTP in Rust, a pool of threads in each",
    distribution="granian",
    module="granian",
    argv=granian_argv,
    files=granian_files,
    reads=GRANIAN_READS,
    has_threads=True,
    reload_signal="HUP",
)
