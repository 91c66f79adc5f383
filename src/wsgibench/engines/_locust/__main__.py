"""Where the engine's processes begin. The order matters: cores first, then Locust, which patches the interpreter."""

import json
import os
import signal
import sys
from pathlib import Path


def main() -> None:
    """Run the job in the file that the last argument names."""
    # Ctrl-C in a terminal reaches every process in it; the bench decides, and closes stdin.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    data = Path(sys.argv[-1]).read_bytes()
    if cores := json.loads(data)["cores"]:
        os.sched_setaffinity(0, cores)

    import locust  # noqa: F401, PLC0415  # see above
    import msgspec  # noqa: PLC0415

    from wsgibench.engines._locust.conversation import Conversation  # noqa: PLC0415
    from wsgibench.engines._locust.engine import LocustEngine  # noqa: PLC0415
    from wsgibench.model.engine import EngineJob  # noqa: PLC0415

    LocustEngine(msgspec.json.decode(data, type=EngineJob), Conversation()).run()


if __name__ == "__main__":
    main()
