"""A site of Flask and one of Django whose one view does so much work, and revisions in which it does a little more.

The view does a unit of work ``UNITS`` times, under a microsecond each. What a request costs, and what a unit costs, is
measured where it counts: under the server, with the load of ``wsgibench ab``, one revision beside another that does all
the work twice. A slowdown of 2 % of the request's CPU is then a number of units, and that number is its truth.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from wsgibench.analysis.audit import audit
from wsgibench.analysis.verdict import verdict_of
from wsgibench.model.verdict import Verdict
from wsgibench.processes.programs import find_program
from wsgibench.runs.folder import RunFolder

UNITS = 2000
STACK = "gunicorn"
FRAMEWORKS = ("flask", "django")
_BLOCKS = 8
_WORK = """
UNITS = {units}
NUMBERS = range(100)

def page():
    for _ in range(UNITS):
        sum(NUMBERS)
    return "done"
"""
_SITES = {
    "flask_site.py": """
import flask, work
app = flask.Flask(__name__)
app.get("/")(lambda: work.page())
""",
    "django_site.py": """
import django, work
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import path
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="none", DEBUG=False)
urlpatterns = [path("", lambda request: HttpResponse(work.page()))]
django.setup()
app = WSGIHandler()
""",
}
_ALONE = """
import importlib, json, statistics, sys, time, wsgiref.util
import work
app = importlib.import_module(sys.argv[1]).app
environ = {}
wsgiref.util.setup_testing_defaults(environ)
def cpu_s(units, calls):
    work.UNITS, began = units, time.process_time()
    for _ in range(calls):
        answer = app(dict(environ), lambda *_: None)
        b"".join(answer)
        getattr(answer, "close", lambda: None)()
    return (time.process_time() - began) / calls
less, more, calls = map(int, sys.argv[2:])
cpu_s(less, calls)
print(json.dumps(statistics.median(cpu_s(more, calls) - cpu_s(less, calls) for _ in range(25))))
"""


@dataclass(frozen=True)
class Calibrated:
    """What was found of the site beside one that does all the work twice, in turns.

    Attributes:
        server_s, engine_s: CPU of a request without anything planted.
        twice, twice_low, twice_high: how many times the CPU of a request it takes to do all the work twice.
    """

    server_s: float
    engine_s: float
    twice: float
    twice_low: float
    twice_high: float

    @property
    def unit_share(self) -> float:
        """Of the request's CPU; from a ratio, for those hold whatever the machine does, and seconds do not."""
        return (self.twice - 1) / UNITS

    @property
    def error(self) -> float:
        """By how much of itself what is planted may be another."""
        return (self.twice_high - self.twice_low) / 2 / (self.twice - 1)

    def units(self, share: float) -> int:
        """How many make up that share of the request's CPU."""
        return round(share / self.unit_share)

    def truths(self, share: float) -> dict[str, float]:
        """What ratio is planted, by objective; of requests/s where server and engine share the cores and want more."""
        planted = self.units(share) * self.unit_share
        return {"throughput": 1 / (1 + planted * self.server_s / (self.server_s + self.engine_s)), "cpu": 1 + planted}


class Repository:
    """Both sites, and a tag for each state of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self._git("init", "--quiet", "--initial-branch=main")
        for name, text in _SITES.items():
            (path / name).write_text(text)
        (path / ".gitignore").write_text("__pycache__/\n")
        self.commit("base", UNITS)

    def change(self, units: int) -> None:
        """In the working tree."""
        (self.path / "work.py").write_text(_WORK.format(units=units))

    def commit(self, tag: str, units: int) -> None:
        """In a commit with that tag."""
        self.change(units)
        self._git("add", ".")
        self._git("commit", "--quiet", "--allow-empty", "--message", tag)
        self._git("tag", "--force", tag)

    def state(self) -> list[str]:
        """What its user sees of it: status, worktrees, branches and tags, stash, index."""
        asked = ("status --porcelain", "worktree list", "for-each-ref", "stash list", "diff --cached", "diff")
        return [self._git(*words.split()) for words in asked]

    def _git(self, *arguments: str) -> str:
        who = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost")
        program = find_program(("git",))
        assert program, "Git is not installed."
        argv = (program, *who, *arguments)
        return subprocess.run(argv, cwd=self.path, check=True, capture_output=True, text=True).stdout


def wsgibench(repository: Repository, out: Path, *arguments: str) -> tuple[Path | None, str]:
    """The folder of a run and the JSON that was printed; no folder where nothing counts."""
    there = {*out.glob("*/")} if out.exists() else set()
    done = subprocess.run(
        (sys.executable, "-m", "wsgibench", *arguments, "--json", "--pictures", "off", "--out", str(out)),
        cwd=repository.path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    new = [path for path in out.glob("*/") if path not in there]
    if not new or not done.stdout:
        print(f"    exit code {done.returncode}: {' '.join(done.stderr.splitlines()[-2:])}", flush=True)
    return (new[0] if new and done.stdout else None), done.stdout


def app_of(framework: str) -> tuple[str, ...]:
    return ("--app", f"{framework}_site:app", "--chdir", ".", "--path", "/")


def ab(repository: Repository, out: Path, framework: str, *arguments: str) -> Verdict | None:
    """What the command says; None where no trial counts."""
    folder, said = wsgibench(repository, out, "ab", *arguments, "--stack", STACK, *app_of(framework))
    verdict = msgspec.convert(json.loads(said)["verdict"], Verdict) if folder else None
    if verdict is not None and verdict.not_counted:
        print(f"    of {verdict.trials} trials did not count: {verdict.not_counted}", flush=True)
    return verdict


def calibrated(repository: Repository, out: Path, framework: str, blocks: int = _BLOCKS) -> Calibrated:
    """From a run of the site as it is beside one that does all the work twice."""
    repository.commit("double", 2 * UNITS)
    revisions = ("base", "double", "--blocks", str(blocks))
    folder, _ = wsgibench(repository, out, "ab", *revisions, "--stack", STACK, *app_of(framework))
    assert folder, "Nothing that was measured for calibration counts."
    audited = audit(RunFolder.open(folder))
    cpu = next(
        ranking for ranking in verdict_of(RunFolder.open(folder), audited).rankings if ranking.objective == "cpu"
    )
    assert len(cpu.standings) == 2, f"Too few trials count for a calibration: {cpu.unranked}."
    pair = cpu.between(f"{STACK}@new", f"{STACK}@old")
    assert pair.ratio is not None, "There are too few blocks for a calibration."
    assert pair.low is not None
    assert pair.high is not None
    old = [each.phases["saturated"] for each in audited.run.trials if each.counts and each.stack.variant == "old"]
    server_s, engine_s = (
        sum(cpu_s or 0.0 for cpu_s in each) / sum(phase.cpu_answers for phase in old)
        for each in ([phase.server_cpu_s for phase in old], [phase.engine_cpu_s for phase in old])
    )
    return Calibrated(server_s, engine_s, pair.ratio, pair.low, pair.high)


def alone_s(repository: Repository, framework: str, units: int, calls: int = 40) -> float:
    """What so many units more cost a request where there is no server: by another way, that they are what they say."""
    argv = (sys.executable, "-c", _ALONE, f"{framework}_site", str(UNITS), str(UNITS + units), str(calls))
    done = subprocess.run(argv, cwd=repository.path, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout))
