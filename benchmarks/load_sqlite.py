"""How long `quoteserver load` takes to put the article's 900,000 documents into sqlite; the goal is 15 s.

The whole command as a user runs it, on a private directory. Writes results/load_sqlite.json.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL_S = 15.0
RESULT = Path(__file__).parent.parent / "results" / "load_sqlite.json"


def main() -> int:
    """Prints the table; exit code 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=900_000)
    parser.add_argument("--times", type=int, default=3, help="the slowest counts (default 3)")
    arguments = parser.parse_args()
    command = [Path(sys.executable).with_name("quoteserver"), "load", "--documents", str(arguments.documents)]
    durations = []
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "quotes.db"
        for _ in range(arguments.times):
            start = time.perf_counter()
            subprocess.run([*command, "--store", f"sqlite:///{file}"], check=True, stdout=subprocess.DEVNULL)
            durations.append(time.perf_counter() - start)
        size = file.stat().st_size
    figures = {
        "documents": arguments.documents,
        "slowest_s": max(durations),
        "fastest_s": min(durations),
        "size_bytes": size,
        "goal_s": GOAL_S,
    }
    print(f"{arguments.documents:,} documents into sqlite, {size / 1e6:.0f} MB")
    print(f"  slowest of {arguments.times}  {max(durations):6.2f} s   (goal: at most {GOAL_S:g} s)")
    print(f"  fastest       {min(durations):6.2f} s")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if max(durations) <= GOAL_S else 1


if __name__ == "__main__":
    raise SystemExit(main())
