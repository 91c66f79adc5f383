"""What the report of a long run costs: seven stacks of 60 minutes each, made by synthetic_run.py.

Each part in a process of its own, imports included: the page, the pictures in windows and cumulative, and page and
pictures as ``wsgibench report`` makes them, from curves that are read once. The goals are 10 s and 500 MB; under 2 MB
for the page, which opens in 1 s: from navigation to the load event in Chromium without a window, the median of several,
each in a new profile.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from synthetic_run import make_run

GOAL_S = 10.0
GOAL_BYTES = 500e6
GOAL_PAGE_BYTES = 2e6
GOAL_OPEN_S = 1.0
_CODE = """
import json, resource, sys, time
begin = time.perf_counter()
from pathlib import Path
from wsgibench.analysis.audit import audit
from wsgibench.analysis.verdict import verdict_of
from wsgibench.runs import RunFolder
folder, parts = RunFolder.open(Path(sys.argv[1])), sys.argv[2].split("+")
paths, split = [], {}
def lap(name, since):
    split[name] = time.perf_counter() - since
    return time.perf_counter()
from wsgibench.report.reading import read_phases
now = lap("imports", begin)
audited = audit(folder)
if not all(trial.counts for trial in audited.run.trials):
    raise SystemExit("The made-up run does not bear itself out.")
now = lap("audit", now)
phases = read_phases(folder, audited.run, samples=audited.samples, cumulative="cumulative" in parts)
now = lap("curves", now)
if "page" in parts:
    from wsgibench.report.page import page_of
    verdict = verdict_of(folder, audited)
    now = lap("verdict", now)
    paths.append(folder.write_file("report.html", page_of(folder, verdict, phases=phases, audited=audited).encode()))
    now = lap("page", now)
if "page" not in parts or len(parts) > 1:
    from wsgibench.report.pictures import draw
    paths += draw(folder, phases=phases, run=audited.run, cumulative="cumulative" in parts)
    lap("pictures", now)
print(json.dumps({
    "seconds": time.perf_counter() - begin,
    "cpu_seconds": time.process_time(),
    "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "files": len(paths),
    "written_bytes": sum(path.stat().st_size for path in paths),
    "split_s": split,
}))
"""
PARTS = ("page", "windows", "cumulative", "page+windows", "page+cumulative")
OPENINGS = 5


def measure(folder: Path, parts: str) -> dict[str, Any]:
    """Seconds, CPU seconds, peak memory, and what was written."""
    argv = [sys.executable, "-c", _CODE, str(folder), parts]
    shown = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=300)
    figures: dict[str, Any] = json.loads(shown.stdout)
    return figures


def opened_s(page: Path) -> dict[str, float] | None:
    """When the first paint and the load event were, in seconds since navigation; None without a browser."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        return None
    found = [_open_once(page, program, driver) for _ in range(OPENINGS)]
    return {name: median(each[name] for each in found) for name in found[0]}


def _open_once(page: Path, program: str, driver: str) -> dict[str, float]:
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in ("--headless=new", "--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=Service(driver))
    try:
        browser.get(page.as_uri())
        paint, load = browser.execute_script(
            "return [performance.getEntriesByName('first-contentful-paint')[0].startTime,"
            "performance.getEntriesByType('navigation')[0].loadEventEnd]"
        )
    finally:
        browser.quit()
    return {"first_paint_s": paint / 1e3, "load_s": load / 1e3}


def _in_words(opening: dict[str, float] | None) -> str:
    if opening is None:
        return "not opened, as there is no chromium with chromedriver"
    return f"first paint {opening['first_paint_s']:.2f} s, loaded {opening['load_s']:.2f} s (goal {GOAL_OPEN_S:g} s)"


def main() -> None:
    """Make the run, draw it, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60, help="of each trial (default: %(default)s)")
    parser.add_argument("--rate", type=int, default=220, help="requests a second (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("results/report_size.json"), help="where the JSON goes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as parent:
        run = make_run(Path(parent), duration_s=round(given.minutes * 60), requests_per_s=given.rate)
        found = {parts: measure(run.path, parts) for parts in PARTS}
        opening = opened_s(run.path / "report.html")
    for name, figures in found.items():
        print(
            f"{name:<15} {figures['seconds']:5.1f} s  {figures['cpu_seconds']:5.1f} s CPU"
            f"  {figures['peak_bytes'] / 1e6:4.0f} MB peak"
            f"  {figures['files']} files of {figures['written_bytes'] / 1e6:.1f} MB"
        )
        print(f"{'':<15} {', '.join(f'{part} {seconds:.1f} s' for part, seconds in figures['split_s'].items())}")
    print(f"{'goal':<15} {GOAL_S:5.1f} s               {GOAL_BYTES / 1e6:4.0f} MB")
    size = found["page"]["written_bytes"]
    print(f"the page        {size / 1e6:.2f} MB (goal {GOAL_PAGE_BYTES / 1e6:.0f}); {_in_words(opening)}")
    goals = {"goal_s": GOAL_S, "goal_bytes": GOAL_BYTES, "goal_page_bytes": GOAL_PAGE_BYTES, "goal_open_s": GOAL_OPEN_S}
    record = {**found, "opening": opening, **goals}
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
