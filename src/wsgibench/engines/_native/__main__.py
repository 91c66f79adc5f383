"""Where an engine process begins. Nothing is imported that takes long, or takes threads, before cores are set."""

import argparse
import os
import signal
import sys
from pathlib import Path


def main() -> int:
    """Run the job in the file that the last argument names."""
    parser = argparse.ArgumentParser(prog="python -m wsgibench.engines._native", description=main.__doc__)
    parser.add_argument("job_file", type=Path)
    arguments = parser.parse_args()
    # Ctrl-C in a terminal reaches every process in it; the bench decides, and closes stdin.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # numpy's linear algebra, of which nothing is used here, starts a thread per core that spins at first.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    from wsgibench.engines._native.program import run  # noqa: PLC0415  # see above

    return run(arguments.job_file)


if __name__ == "__main__":
    sys.exit(main())
