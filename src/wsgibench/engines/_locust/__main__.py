"""Where the engine's processes begin. The order matters: cores first, then Locust, which patches the interpreter."""

import argparse
import json
import os
import signal
import sys
from pathlib import Path


def main() -> None:
    """Run the job in the file that the last argument names, or be a worker of such an engine."""
    parser = argparse.ArgumentParser(prog="python -m wsgibench.engines._locust", description=main.__doc__)
    parser.add_argument("job_file", type=Path, nargs="?")
    parser.add_argument("--worker", action="store_true", help="be a worker; takes the job from the master")
    parser.add_argument("--local", action="store_true", help="end with stdin")
    parser.add_argument("--master-host", default="127.0.0.1")
    parser.add_argument("--master-port", type=int, default=5557)
    arguments = parser.parse_args()
    if arguments.worker:
        work(arguments.master_host, arguments.master_port, local=arguments.local)
    elif arguments.job_file:
        run(arguments.job_file.read_bytes())
    else:
        parser.error("a job file or --worker is needed")


def run(data: bytes) -> None:
    """Do the job that is written there as JSON; Locust, which patches the interpreter, is imported only then."""
    # Ctrl-C in a terminal reaches every process in it; the bench decides, and closes stdin.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if cores := json.loads(data)["cores"]:
        os.sched_setaffinity(0, cores)

    import locust  # noqa: F401, PLC0415  # see above
    import msgspec  # noqa: PLC0415

    from wsgibench.engines._locust.conversation import Conversation  # noqa: PLC0415
    from wsgibench.engines._locust.engine import LocustEngine  # noqa: PLC0415
    from wsgibench.model.engine import EngineJob  # noqa: PLC0415

    LocustEngine(msgspec.json.decode(data, type=EngineJob), Conversation()).run()


def work(host: str, port: int, *, local: bool) -> None:
    """Be a worker. A local one has the cores of its master."""
    # On another machine, Ctrl-C is how its user ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN if local else signal.SIG_DFL)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    import locust  # noqa: F401, PLC0415  # see above

    from wsgibench.engines._locust.worker import serve  # noqa: PLC0415

    serve(host, port, local=local)


if __name__ == "__main__":
    main()
