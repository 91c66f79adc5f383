"""How long ``wsgibench serve`` and ``up`` take until the app answers, from the command's start, asked by HTTP.

Every server of the registry with 2 workers, and gunicorn behind every proxy that is here. Goals: 1 s for the servers of
the article and a few more, 2 s for all others; 5 s for ``up --workers 6``, 0.2 s for ``--help``.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from wsgibench.processes.programs import find_program
from wsgibench.proxies import PROXIES
from wsgibench.servers import SERVERS

SERVED = tuple(name for name in SERVERS.names() if SERVERS.get(name).protocol == "http")
PROXIED = tuple(f"nginx+{name}" for name in SERVERS.names() if SERVERS.get(name).protocol != "http")
BY_PROXIES = tuple(
    f"{name}+gunicorn{'' if 'unix' in PROXIES.get(name).binds else ':tcp'}"
    for name in PROXIES.names()
    if find_program(PROXIES.get(name).programs)
)
STACKS = (*SERVED, *PROXIED, *BY_PROXIES)
QUICK = {
    *("werkzeug", "gunicorn", "gunicorn-gthread", "uwsgi-http", "uwsgi-http-socket", "waitress", "granian"),
    *("nginx+gunicorn", "nginx+uwsgi"),
}
COMMAND = (sys.executable, "-m", "wsgibench")


def serve_s(stack: str) -> float:
    """Seconds until the command prints the URL, which it does when the app has answered."""
    began = time.monotonic()
    with subprocess.Popen(
        (*COMMAND, "serve", stack, "--workers", "2", "--port", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline(), process.stdout.readline()]
        seconds = time.monotonic() - began
        assert lines[1].startswith("http://"), stack
        process.terminate()
    return seconds


def up_s() -> float:
    """Seconds of ``up``, which returns when all four servers have answered through nginx."""
    with tempfile.TemporaryDirectory() as state:
        env = {**os.environ, "XDG_STATE_HOME": state}
        began = time.monotonic()
        subprocess.run(
            (*COMMAND, "up", "--workers", "6", "--port", "0"), check=True, env=env, capture_output=True, timeout=60
        )
        seconds = time.monotonic() - began
        subprocess.run((*COMMAND, "down"), check=True, env=env, capture_output=True, timeout=60)
    return seconds


def help_s() -> float:
    """Seconds of ``--help``."""
    began = time.monotonic()
    subprocess.run((*COMMAND, "--help"), check=True, capture_output=True, timeout=60)
    return time.monotonic() - began


def main() -> None:
    """Measure each a few times, print a table of medians, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3, help="how often each is measured (default: 3)")
    parser.add_argument("--out", type=Path, default=Path("results/readiness.json"), help="where the JSON goes")
    arguments = parser.parse_args()
    goals = {f"serve {stack}": 1.0 if stack in QUICK else 2.0 for stack in STACKS}
    goals |= {"up --workers 6": 5.0, "--help": 0.2}
    found = {}
    for name, goal in goals.items():
        measure = up_s if name.startswith("up") else help_s if name == "--help" else None
        seconds = [measure() if measure else serve_s(name.removeprefix("serve ")) for _ in range(arguments.times)]
        found[name] = {"seconds": seconds, "median_s": median(seconds), "goal_s": goal}
        print(f"{name:<26} {median(seconds):5.2f} s   (goal {goal:g} s)")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
