"""What real_apps.py and cores.py share: runs of wsgibench, stacks it serves, and wrk beside it on the same cores."""

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM
from statistics import median

from wsgibench.analysis.verdict import verdict_of
from wsgibench.model.load import Connections
from wsgibench.model.verdict import Verdict
from wsgibench.runs.folder import RunFolder

WSGIBENCH = (sys.executable, "-m", "wsgibench")
ROLES = {"stack": "server", "engine": "engine"}


class BadAnswersError(SystemExit):
    """A stack answers wrk otherwise than well; ends a script that does not mind."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A run of wsgibench.

    Attributes:
        rates: requests/s as ranked, by stack; stacks that are not ranked are left out.
        connections: of the load that asked for them.
        cores: what the stack and the engine had, as of the last trial; empty where they were left to the system.
        wall_s: from the command to its end.
    """

    verdict: Verdict
    rates: dict[str, float]
    connections: int
    cores: dict[str, tuple[int, ...]]
    wall_s: float


def run(stacks: Sequence[str], options: Sequence[str]) -> Measured:
    """``wsgibench run`` on these stacks for throughput; its folder is read and not kept."""
    with tempfile.TemporaryDirectory() as out:
        fixed = ("--objective", "throughput", "--pictures", "off", "--out", out)
        began_s = time.monotonic()
        done = subprocess.run(
            (*WSGIBENCH, "run", *stacks, *options, *fixed), capture_output=True, text=True, check=False
        )
        wall_s = time.monotonic() - began_s
        found = [path.parent for path in Path(out).glob("*/run.json")]
        if not found:
            raise SystemExit(f"wsgibench run {' '.join(stacks)} made no run:\n{done.stderr}")
        folder = RunFolder.open(found[0])
        finished, verdict = folder.read(), verdict_of(folder)
    loads = [phase.load for phase in finished.run.plan.phases]
    standings = next(each for each in verdict.rankings if each.objective == "throughput").standings
    pinned = finished.trials[-1].cores if finished.trials else {}
    return Measured(
        verdict=verdict,
        rates={each.stack: each.value for each in standings},
        connections=next(load.count for load in loads if isinstance(load, Connections)),
        cores={name: pinned.get(role, ()) for name, role in ROLES.items()},
        wall_s=wall_s,
    )


def wrk_rates(
    stacks: Sequence[str], options: Sequence[str], like: Measured, *, path: str, rounds: int, seconds: int
) -> dict[str, list[float]]:
    """Requests/s by wrk of each stack, a figure a round.

    All are served at once and have the cores and connections of the run; each round goes through them in another order.
    A first second at each is not counted: every worker has answered then.
    """
    draw = random.Random(1)
    found: dict[str, list[float]] = {stack: [] for stack in stacks}
    with ExitStack() as all_served:
        urls = {stack: all_served.enter_context(served(stack, options, like.cores["stack"])) for stack in stacks}
        for url in urls.values():
            wrk(url + path, like.connections, 1, like.cores["engine"])
        for _ in range(rounds):
            for stack in draw.sample(list(stacks), len(stacks)):
                found[stack].append(wrk(urls[stack] + path, like.connections, seconds, like.cores["engine"]))
    return found


@contextmanager
def served(stack: str, options: Sequence[str], cores: Sequence[int]) -> Iterator[str]:
    """The URL of the stack, without a slash at its end, while it is served."""
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(
            (*WSGIBENCH, "serve", stack, "--port", "0", *options),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            preexec_fn=_pinned(cores),  # noqa: PLW1509 - no threads here
        ) as child,
    ):
        assert child.stdout
        try:
            urls = (line.strip() for line in child.stdout if line.startswith("http://"))
            url = next(urls, None)
            if url is None:
                log.seek(0)
                raise SystemExit(f"{stack} is not served:\n{log.read()}")
            yield url.rstrip("/")
        finally:
            child.send_signal(SIGTERM)
            child.wait(30)


def wrk(url: str, connections: int, seconds: int, cores: Sequence[int]) -> float:
    """Requests/s, all answered well."""
    argv = (wrk_binary(), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", url)
    said = subprocess.run(
        argv,
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
        preexec_fn=_pinned(cores),
    ).stdout
    if bad := re.search(r"Non-2xx or 3xx responses: \d+", said):
        raise BadAnswersError(f"{url} answers badly: {bad[0]}.")
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])


def wrk_binary() -> str:
    """Where it is."""
    if found := shutil.which("wrk"):
        return found
    raise SystemExit("There is no wrk on PATH.\nDebian and Ubuntu have it: apt install wrk. Elsewhere build wg/wrk.")


def middles(rates: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The median of each stack's rounds."""
    return {stack: median(figures) for stack, figures in rates.items()}


def _pinned(cores: Sequence[int]) -> Callable[[], None]:
    return lambda: os.sched_setaffinity(0, cores) if cores else None
