"""SIGKILL at random instants to ``run``, ``resume``, ``ab``, ``serve``, ``up`` and to each process that they start.

The app has a helper that has forked twice. Each case starts one command, kills at a random instant the command itself
or a process of its family, drawn by what it is so that rare ones have their turn, and lets the rest take its course:
``serve`` gets its SIGTERM, ``up`` its ``down``, unless all is over already. Then it looks ten seconds long whether any
process is left, whether each trial that was finished is there as it was, and whether the repository whose revisions
``ab`` holds against one another has its status, worktrees, branches, stash and index as before. Only processes are
killed that carry the mark that this script gave them in their environment, or descend from those. Prints a line for
each case; exits 1 if anything was left or lost. Stops after --kills cases or --seconds, whichever comes first; writes
--json.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from planted import UNITS, Repository

APPS = Path(__file__).parents[1] / "tests" / "apps"
APP = ("--app", "forks_twice:app", "--chdir", str(APPS))
RUN = (
    *("run", "gunicorn", "nginx+uwsgi", "waitress", *APP, "--workers", "2", "--connections", "8", "--blocks", "3"),
    *("--duration", "600ms", "--warmup", "100ms", "--pictures", "off", "--other-cpu", "100%", "--start-timeout", "30s"),
)
AB = (
    *("--connections", "4", "--blocks", "2", "--duration", "600ms", "--warmup", "100ms", "--pictures", "off"),
    *("--start-timeout", "30s"),
)
LONGER = 1.3
"""The kill comes until so many times what a command takes that is left alone, or takes to be up."""
LEFT_AFTER_S = 10.0
PATIENCE_S = 120.0
_MARK = "WSGIBENCH_KILLS"
_POLL_S = 0.05


@dataclass(frozen=True)
class Case:
    """What was killed, when, and what was wrong then."""

    number: int
    verb: str
    victim: str
    after_s: float
    exit_code: int | None
    gone_after_s: float | None
    left: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def went_well(self) -> bool:
        return not self.left and not self.lost

    def line(self) -> str:
        gone = "never" if self.gone_after_s is None else f"{self.gone_after_s:.1f} s"
        said = f"{self.number:3} {self.verb:6} {self.victim:34} at {self.after_s:4.1f} s"
        wrong = [f"\n    left: {each}" for each in self.left] + [f"\n    lost: {each}" for each in self.lost]
        return f"{said}, exit code {self.exit_code}, gone after {gone}{''.join(wrong)}"


class Family:
    """All processes that carry a mark in their environment, and all that was ever seen below them."""

    def __init__(self, mark: str) -> None:
        self._entry = f"{_MARK}={mark}".encode()
        self._seen: dict[tuple[int, float], psutil.Process] = {}

    def look(self) -> list[psutil.Process]:
        """Those that live."""
        for process in psutil.process_iter():
            with contextlib.suppress(OSError, psutil.Error):
                if self._entry in Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0"):
                    self._add(process)
        for process in list(self._seen.values()):
            with contextlib.suppress(psutil.Error):
                if process.is_running():
                    for child in process.children(recursive=True):
                        self._add(child)
        return [process for process in self._seen.values() if lives(process)]

    def _add(self, process: psutil.Process) -> None:
        self._seen.setdefault((process.pid, process.create_time()), process)


def lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def kind_of(process: psutil.Process) -> str:
    """What it is, in a few words that are the same for all of its kind."""
    with contextlib.suppress(psutil.Error):
        words = process.cmdline() or [process.name()]
        above = process.parent()
        module = words[words.index("-m") + 1] if "-m" in words[:-1] else Path(words[0]).name
        inner = above is not None and above.cmdline() == words
        return module.split(":")[0] + (" (child)" if inner else "")
    return "ended"


def finished_trials(runs: Path) -> dict[str, bytes]:
    """Records of the trials of whole blocks, by path: a block in turns that was kept in part is measured anew."""
    found: dict[str, bytes] = {}
    for folder in runs.glob("*/"):
        trials = {path: path.read_bytes() for path in folder.glob("trials/*/trial.json")}
        blocks = Counter(json.loads(record)["block"] for record in trials.values())
        if not trials:
            continue
        stacks = len(json.loads((folder / "run.json").read_text())["plan"]["stacks"])
        found |= {str(path): record for path, record in trials.items() if blocks[json.loads(record)["block"]] == stacks}
    return found


def is_done(run: Path) -> bool:
    done: bool = json.loads(run.read_text())["status"] == "done"
    return done


class Place:
    """Where cases run: a directory for their private files, their state and their runs, and nobody else's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.runs = path / "runs"
        self.runs.mkdir()
        self.repository = Repository(path / "site")
        self.repository.change(2 * UNITS)
        self.state = self.repository.state()

    def start(self, arguments: Sequence[str], mark: str) -> "subprocess.Popen[bytes]":
        with (self.path / "said").open("ab") as said:
            return subprocess.Popen(
                (sys.executable, "-m", "wsgibench", *arguments),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env={
                    **os.environ,
                    "XDG_RUNTIME_DIR": str(self.path),
                    "XDG_STATE_HOME": str(self.path / "state"),
                    _MARK: mark,
                },
            )

    def arguments(self, verb: str) -> Sequence[str]:
        match verb:
            case "serve":
                return ("serve", "nginx+gunicorn", *APP, "--workers", "2", "--port", "0")
            case "ab":
                site = ("--app", "flask_site:app", "--chdir", str(self.repository.path), "--stack", "nginx+gunicorn")
                return ("ab", "base", *site, *AB, "--out", str(self.runs))
            case "up":
                return ("up", "--workers", "2", "--port", "0", "--start-timeout", "30s")
            case "resume" if unfinished := [path for path in self.runs.glob("*/run.json") if not is_done(path)]:
                return ("resume", str(unfinished[-1].parent), "--pictures", "off")
        return (*RUN, "--out", str(self.runs))


def takes_s(verb: str, place: Place) -> float:
    """How long a command takes here that is left alone; one that stays, until it is up."""
    began, mark = time.monotonic(), f"{os.getpid()}.{verb}"
    said = place.path / "said"
    with place.start(place.arguments(verb), mark) as command:
        while command.poll() is None and not (verb == "serve" and "http://" in said.read_text(errors="replace")):
            assert time.monotonic() - began < PATIENCE_S, said.read_text(errors="replace")
            time.sleep(_POLL_S)
        took_s = time.monotonic() - began
        over(verb, command, place, mark, by_itself=False)
    said.unlink()
    return took_s


def case(number: int, verb: str, place: Place, draw: random.Random, within_s: float) -> Case:
    """Start, kill at an instant within so many seconds, wait, look."""
    mark = f"{os.getpid()}.{number}"
    family = Family(mark)
    arguments = place.arguments(verb)
    began = time.monotonic()
    after_s = draw.uniform(0.0, within_s)
    with place.start(arguments, mark) as command:
        while time.monotonic() - began < after_s:
            alive = family.look()
            time.sleep(_POLL_S)
        before = finished_trials(place.runs)
        alive = family.look()
        victim, kind = drawn(alive, command.pid, draw)
        if victim is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
        over(verb, command, place, mark, by_itself=kind == "the command")
        ended = time.monotonic()
        exit_code = command.wait(PATIENCE_S)
    while (left := family.look()) and time.monotonic() - ended < LEFT_AFTER_S:
        time.sleep(_POLL_S)
    gone_after_s = None if left else time.monotonic() - ended
    said = tuple(f"{process.pid} {' '.join(process.cmdline())[:100]}" for process in left if lives(process))
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    now = finished_trials(place.runs)
    lost = tuple(path for path, record in before.items() if now.get(path) != record)
    if place.repository.state() != place.state:
        lost += (f"the repository's state: {place.repository.state()}",)
    return Case(number, arguments[0], kind, after_s, exit_code, gone_after_s, said, lost)


def drawn(alive: Sequence[psutil.Process], command: int, draw: random.Random) -> tuple[psutil.Process | None, str]:
    """Every other time the command; else a process of a kind, all kinds being equally likely."""
    kinds: dict[str, list[psutil.Process]] = {}
    for process in alive:
        kinds.setdefault("the command" if process.pid == command else kind_of(process), []).append(process)
    kinds.pop("ended", None)
    if not kinds:
        return None, "nobody"
    helpers = sorted(kinds.keys() - {"the command"})
    if "the command" in kinds and (not helpers or draw.random() < 0.5):
        return kinds["the command"][0], "the command"
    kind = draw.choice(helpers)
    return draw.choice(kinds[kind]), kind


def over(verb: str, command: "subprocess.Popen[bytes]", place: Place, mark: str, *, by_itself: bool) -> None:
    """Returns when the command has ended as it should; one that was killed has, and what it left must end alone."""
    if by_itself:
        return
    if verb == "serve":
        time.sleep(1.0)  # until a server that was killed is started again, or not
        if command.poll() is None:
            command.send_signal(signal.SIGTERM)
    command.wait(PATIENCE_S)
    if verb == "up":
        with place.start(("down",), mark) as down:
            down.wait(PATIENCE_S)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=5400.0)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--json", type=Path, default=Path(__file__).parents[1] / "results" / "kills.json")
    parser.add_argument("--verbs", default="run,resume,ab,serve,up")
    arguments = parser.parse_args()
    draw, verbs, cases = random.Random(arguments.seed), arguments.verbs.split(","), []
    print(f"seed {arguments.seed}")
    end = time.monotonic() + arguments.seconds
    with tempfile.TemporaryDirectory(prefix="wb-") as directory:
        place = Place(Path(directory))
        # A resumed run takes at most what it took at first.
        within_s = {
            verb: LONGER * takes_s(verb, place)
            for verb in sorted({"run" if verb == "resume" else verb for verb in verbs})
        }
        within_s |= {"resume": within_s["run"]} if "resume" in verbs else {}
        while len(cases) < arguments.kills and time.monotonic() < end:
            verb = verbs[len(cases) % len(verbs)]
            cases.append(case(len(cases), verb, place, draw, within_s[verb]))
            print(cases[-1].line(), flush=True)
        shown = (place.path / "said").read_text(errors="replace")
    bad = [one for one in cases if not one.went_well]
    if bad:
        print(shown[-3000:])
    slowest_s = max((one.gone_after_s for one in cases if one.gone_after_s is not None), default=0.0)
    print(f"{len(cases)} kills: {len(bad)} left or lost something; the slowest was gone after {slowest_s:.1f} s.")
    arguments.json.parent.mkdir(exist_ok=True)
    arguments.json.write_text(json.dumps({"seed": arguments.seed, "cases": [asdict(one) for one in cases]}, indent=1))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
