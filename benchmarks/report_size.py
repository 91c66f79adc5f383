"""What the pictures of a long run cost: seven stacks of 60 minutes each, made by synthetic_run.py.

In a process of its own, imports included, so that its peak memory is that of ``wsgibench report``. The goal is 10 s and
500 MB; also the size of what it writes.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from synthetic_run import make_run

GOAL_S = 10.0
GOAL_BYTES = 500e6
_CODE = """
import json, resource, sys, time
begin = time.perf_counter()
from pathlib import Path
from wsgibench.report.pictures import draw
from wsgibench.runs import RunFolder
paths = draw(RunFolder.open(Path(sys.argv[1])), cumulative=sys.argv[2] == "True")
print(json.dumps({
    "seconds": time.perf_counter() - begin,
    "cpu_seconds": time.process_time(),
    "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "files": len(paths),
    "written_bytes": sum(path.stat().st_size for path in paths),
}))
"""


def measure(folder: Path, *, cumulative: bool) -> dict[str, Any]:
    """Seconds, CPU seconds, peak memory, and what was written."""
    argv = [sys.executable, "-c", _CODE, str(folder), str(cumulative)]
    shown = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=300)
    figures: dict[str, Any] = json.loads(shown.stdout)
    return figures


def main() -> None:
    """Make the run, draw it, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60, help="of each trial (default: %(default)s)")
    parser.add_argument("--rate", type=int, default=220, help="requests a second (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("results/report_size.json"), help="where the JSON goes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as parent:
        run = make_run(Path(parent), duration_s=round(given.minutes * 60), requests_per_s=given.rate)
        found = {name: measure(run.path, cumulative=name == "cumulative") for name in ("windows", "cumulative")}
    for name, figures in found.items():
        print(
            f"{name:<11} {figures['seconds']:5.1f} s  {figures['cpu_seconds']:5.1f} s CPU"
            f"  {figures['peak_bytes'] / 1e6:4.0f} MB peak"
            f"  {figures['files']} files of {figures['written_bytes'] / 1e6:.1f} MB"
        )
    print(f"goal        {GOAL_S:5.1f} s               {GOAL_BYTES / 1e6:4.0f} MB")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps({**found, "goal_s": GOAL_S, "goal_bytes": GOAL_BYTES}, indent=2))


if __name__ == "__main__":
    main()
