"""cheroot, CherryPy's server: one process, a pool of threads, keep-alive.

As with waitress, it has a thread for each request that the others are given: workers x threads.
"""

from wsgibench.model.server import Launch, Server
from wsgibench.servers._programmed import programmed_argv, programmed_files


def _argv(launch: Launch) -> tuple[str, ...]:
    return programmed_argv(launch, "cheroot", threads=launch.workers * launch.threads)


SERVER = Server(
    summary="one process with a pool of threads, CherryPy's; workers x threads of them",
    distribution="cheroot",
    module="cheroot",
    argv=_argv,
    files=programmed_files,
    has_workers=False,
    # Its main thread has the connections, and another one turns away those that are too many.
    threads_at_least=lambda workers, threads: workers * threads + 2,
    has_threads=True,
    stop_signal="INT",  # it knows no TERM, which would cut requests off
)
