"""bjoern: a server in C, one request at a time in each process, keep-alive.

It makes no processes. As its own manual has it, they are forked at one socket when the app has been loaded.
"""

from wsgibench.model.server import Launch, Server
from wsgibench.servers._programmed import programmed_argv, programmed_files


def _argv(launch: Launch) -> tuple[str, ...]:
    return programmed_argv(launch, "bjoern", workers=launch.workers)


SERVER = Server(
    summary="forked processes, HTTP in C, one request at a time in each",
    distribution="bjoern-binary",
    module="bjoern",
    argv=_argv,
    files=programmed_files,
    forks_loaded=True,
)
