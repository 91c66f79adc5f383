"""What watching costs: CPU of the psutil monitor at one sample a second, beside a gunicorn of 60 workers.

Also the cost of reading a tree's CPU in process (``TreeCpu``), as is done at the end of each turn. The goal is 1 % of
one core for the monitor. Writes results/monitor_cost.json.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil

from wsgibench.model.monitor import MonitorJob
from wsgibench.monitors import MONITORS, TreeCpu

GOAL = 0.01
RESULT = Path(__file__).parent.parent / "results" / "monitor_cost.json"
APP = "import flask\napp = flask.Flask(__name__)\n"
DEADLINE_S = 60


@contextmanager
def gunicorn(workers: int, directory: Path) -> Iterator[int]:
    """The process id of one whose workers are all there, each with a Flask app of its own."""
    (directory / "flaskapp.py").write_text(APP)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        argv = [sys.executable, "-m", "gunicorn", "-w", str(workers), "-b", f"fd://{listener.fileno()}", "flaskapp:app"]
        with subprocess.Popen(
            argv, cwd=directory, pass_fds=[listener.fileno()], stderr=subprocess.DEVNULL, start_new_session=True
        ) as child:
            try:
                end = time.monotonic() + DEADLINE_S
                # The app takes a worker some 15 MB more than its master.
                while sum(p.memory_info().rss > 30e6 for p in psutil.Process(child.pid).children()) < workers:
                    if time.monotonic() > end:
                        raise SystemExit("gunicorn does not come up")
                    time.sleep(0.2)
                yield child.pid
            finally:
                os.killpg(child.pid, signal.SIGTERM)


def monitor_cost(root: int, seconds: int, directory: Path) -> dict[str, float | int]:
    """Of the monitor: CPU share of one core over so many seconds, how many samples, how many of them with PSS."""
    monitor = MONITORS.get("psutil")
    job = MonitorJob(output=str(directory / "monitor.json"), interval_s=1.0, trees={"server": (root,)})
    job_file = directory / "job.json"
    job_file.write_bytes(msgspec.json.encode(job))
    with subprocess.Popen(monitor.argv(sys.executable, job, str(job_file)), stdin=subprocess.PIPE) as child:
        try:
            # Without the start of the interpreter, which falls before what is measured.
            time.sleep(2.5)
            cpu = TreeCpu({"monitor": [child.pid]})
            before = cpu.seconds()["monitor"]
            time.sleep(seconds)
            used = cpu.seconds()["monitor"] - before
            memory = psutil.Process(child.pid).memory_info().rss
        finally:
            child.terminate()
    samples, _ = monitor.parse((directory / "monitor.json").read_bytes())
    return {
        "cpu_share": used / seconds,
        "samples": len(samples),
        "samples_with_pss": sum(sample.trees["server"].pss_bytes is not None for sample in samples),
        "processes": samples[-1].trees["server"].processes,
        "bytes_per_sample": round((directory / "monitor.json").stat().st_size / len(samples)),
        "memory_bytes": memory,
    }


def reading_cost(root: int) -> dict[str, float]:
    """CPU seconds of a reading by ``TreeCpu``: when nothing was started since the last one, and when something was."""
    cpu, rounds = TreeCpu({"server": [root]}), 200
    cpu.seconds()
    begin = time.thread_time()
    for _ in range(rounds):
        cpu.seconds()
    quiet = (time.thread_time() - begin) / rounds
    looks = 0.0
    for _ in range(20):
        os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
        begin = time.thread_time()
        cpu.seconds()
        looks += (time.thread_time() - begin) / 20
    return {"quiet_s": quiet, "after_a_start_s": looks, "processes_on_this_machine": len(psutil.pids())}


def main() -> None:
    """Measure, print a table, write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=60)
    parser.add_argument("--seconds", type=int, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, gunicorn(given.workers, Path(name)) as root:
        cost = monitor_cost(root, given.seconds, Path(name))
        reading = reading_cost(root)
    table = {
        "workers": given.workers,
        **cost,
        "goal_cpu_share": GOAL,
        "reached": cost["cpu_share"] <= GOAL,
        **{f"tree_cpu_{name}": figure for name, figure in reading.items()},
    }
    for what, figure in table.items():
        print(f"{what:30} {figure:.6g}" if isinstance(figure, float) else f"{what:30} {figure}")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(table, indent=2) + "\n")


if __name__ == "__main__":
    main()
