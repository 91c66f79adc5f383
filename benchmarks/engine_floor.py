"""What an open load costs at the least: a C program that sends and reads, and nothing else, beside the native engine.

Both at 10,000/s against nginx answering a constant on the other core, in alternation; wake-ups 0, 150 and 300 µs apart.
What the C program takes is the kernel's: sending, receiving, going to sleep, being woken. No engine can take less at
that distance between wake-ups, whatever it is written in. Needs a C compiler. Writes results/engine_floor.json.
"""

import argparse
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

from engine_bench import ENGINE_CORE, native, nginx, write
from engine_cost import RATE, measure

from wsgibench.model.load import Rate

GOAL_US = 20.0
APART_US = (0, 150, 300)
SOURCE = Path(__file__).with_suffix(".c")


def floor(program: Path, port: int, seconds: int, apart_us: int) -> tuple[float, float]:
    """Microseconds of CPU a request, and the kernel's share of them."""
    argv = ("taskset", "-c", str(ENGINE_CORE), str(program), str(port), str(RATE), str(seconds), str(apart_us))
    said = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=seconds + 30).stdout
    cost_us, kernel, _ = map(float, said.split())
    return cost_us, kernel


def engine(port: int, seconds: int) -> float:
    """The same of the native engine, as it is."""
    with native(port, Rate(start_per_s=RATE, end_per_s=RATE)) as running:
        running.tell(60.0)
        return measure(port, running.pid, seconds)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each; the median counts")
    arguments = parser.parse_args()
    compiler = shutil.which("cc")
    if not compiler:
        raise SystemExit("There is no C compiler on PATH.")
    floors: dict[int, list[tuple[float, float]]] = {apart_us: [] for apart_us in APART_US}
    engines = []
    with nginx() as port, tempfile.TemporaryDirectory() as directory:
        program = Path(directory, "floor")
        subprocess.run((compiler, "-O2", "-o", str(program), str(SOURCE)), check=True)
        for _ in range(arguments.rounds):
            engines.append(engine(port, arguments.seconds))
            for apart_us, seen in floors.items():
                seen.append(floor(program, port, arguments.seconds, apart_us))
    result: dict[str, object] = {"goal_us": GOAL_US, "native_us": statistics.median(engines)}
    print(f"native engine: {statistics.median(engines):.1f} µs of CPU a request; {RATE} requests/s")
    for apart_us, seen in floors.items():
        cost_us, kernel = (statistics.median(column) for column in zip(*seen, strict=True))
        result[f"floor_{apart_us}_us_apart"] = {"cpu_us": cost_us, "kernel_share": kernel}
        print(f"C, wake-ups {apart_us} µs apart: {cost_us:.1f} µs, {kernel:.0%} of it in the kernel")
    write("engine_floor", result)


if __name__ == "__main__":
    main()
