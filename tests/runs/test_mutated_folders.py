"""Whatever a run folder holds, it is shown or refused with a sentence, in bounded time and memory, without a traceback.

Each example is a whole folder in which something was changed (``support.mutations``), given to a command. Beside that
nothing may fail: what is said obeys nobody, nothing that links lead to has any say in it, none of it is changed, and
what does not follow from its recordings does not count.
"""

import contextlib
import functools
import io
import json
import os
import shutil
import signal
import sys
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.fakes import World, a_plan
from support.mutations import TAKES_AWAY, elsewhere_of, mutate, restore
from wsgibench.analysis.verdict import verdict_of
from wsgibench.bench.experiment import run, slots_of
from wsgibench.cli.failures import making_sense_of
from wsgibench.cli.main import _say, wsgibench_command
from wsgibench.cli.resume import _own_run
from wsgibench.errors import WsgibenchError
from wsgibench.model.load import Connections, Rate
from wsgibench.model.plan import Phase
from wsgibench.model.recording import Recording
from wsgibench.report.page import page_of
from wsgibench.runs import RunFolder

EXAMPLES, EXAMPLES_LONG = 100, 10_000
CPU_SECONDS_MOST = 20
SECONDS_MOST = 60
MEMORY_MOST_BYTES = 500 << 20
"""What a folder of the least may add: a record of 64 MB and what becomes of it is most."""
PRIVATE = "nobody else's business"
STACKS, BLOCKS = {"gunicorn": 0.010, "waitress": 0.005}, 2
PHASES = (
    Phase(name="steady", load=Rate(start_per_s=100.0, end_per_s=100.0), duration_s=1.0),
    Phase(name="saturated", load=Connections(count=32), duration_s=1.0),
)
JSON = ("report", "--pictures", "off", "--json")
REPORTS = (JSON, ("report", "--pictures", "off"), ("report", "--format", "md"))
WAYS = (
    *REPORTS,
    ("compare", "--anyway"),
    ("compare", "--anyway", "--json"),
    ("compare", "--anyway", "--format", "md"),
    ("resume",),
    ("page",),
)
_WAYS_OF = {
    "a_text": (*WAYS, *[("page",)] * len(WAYS)),
    "a_trap": REPORTS,
    **dict.fromkeys((*TAKES_AWAY, "a_trial_twice"), (JSON,)),
}
"""Where what is changed shows."""


@dataclass(frozen=True)
class Folders:
    """A run of two loads in turns, whole; its copy that is changed; another, to be held against it.

    Links of the copy lead to ``elsewhere``: now to a run like it, now to files that are none of a run.
    """

    whole: Path
    changed: Path
    other: Path

    @property
    def elsewhere(self) -> Path:
        return elsewhere_of(self.changed).parent

    def lead_to(self, kind: str) -> None:
        self.elsewhere.unlink(missing_ok=True)
        self.elsewhere.symlink_to(self.elsewhere.with_name(kind))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """The runs are made by parts that pretend: every figure of theirs follows from their recordings."""
    base = tmp_path_factory.mktemp("fuzz")
    made = []
    for name, noise in (("runs", 0.01), ("others", 0.02)):
        run(a_plan(STACKS, phases=PHASES, blocks=BLOCKS), base / name, parts=World(STACKS, noise=noise).parts())
        [record] = (base / name).glob("*/run.json")
        made.append(record.parent)
    for config in made[0].glob("trials/*/config"):
        (config / "server.conf").write_text("workers = 2\n")
    (base / "mutated").mkdir()
    shutil.copytree(base / "runs", base / "alike")
    shutil.copytree(base / "runs", base / "unlike")
    for file in base.glob("unlike/**/*"):
        if file.is_file():
            file.write_text(f"{PRIVATE}\n")
    return Folders(made[0], base / "mutated" / made[0].name, made[1])


@pytest.fixture(autouse=True)
def quick_recordings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A recording that nothing was done to is decoded once, not in each example: half of the time went there."""
    monkeypatch.setattr(Recording, "from_bytes", staticmethod(functools.lru_cache(16)(Recording.from_bytes)))


@pytest.fixture(autouse=True)
def no_hanging() -> Iterator[None]:
    """What waits or works without end is ended by an alarm, which each example sets."""

    def ring(number: int, frame: object) -> None:
        raise AssertionError(f"it takes more than {CPU_SECONDS_MOST} s of CPU, or {SECONDS_MOST} s")

    before = [signal.signal(number, ring) for number in (signal.SIGALRM, signal.SIGPROF)]
    yield
    _set_alarm(0, 0)
    for number, handler in zip((signal.SIGALRM, signal.SIGPROF), before, strict=True):
        signal.signal(number, handler)


def _set_alarm(seconds: int, cpu_seconds: int) -> None:
    signal.alarm(seconds)
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)


def try_one(draw: Random, folders: Folders) -> None:
    """Change a copy, and give it to a command; one with a link twice, which meanwhile comes to lead elsewhere."""
    restore(folders.changed.parent, folders.whole.parent)
    change = mutate(draw, folders.changed)
    way = draw.choice(_WAYS_OF.get(change, WAYS))
    folders.lead_to("alike")
    before = _signature(folders.elsewhere.resolve())
    said = _given(way, folders)
    assert not set("\x1b\x07\x9b\u202e\0\r") & set(said), "what is said is obeyed"
    assert _is_ours(said), "a file of somebody else is shown"
    if change in {"a_link", "a_trap"}:
        assert _signature(folders.elsewhere.resolve()) == before, "what a link leads to is changed"
        folders.lead_to("unlike")
        assert _given(way, folders) == said, "what a link leads to has a say"
    if change == "a_special":
        assert "is damaged" not in said, "what is no file is read"
    if way == JSON and said.startswith("{"):
        _check_counts(said, change)


def _check_counts(said: str, change: str) -> None:
    """No number is none, no place has two trials that count, and what was put there does not."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is said")

    rows = json.loads(said, parse_constant=refuse)["summary"]
    if change not in (*TAKES_AWAY, "a_trial_twice"):
        return
    counted = [row["counted"] for row in rows]
    assert max(counted, default=0) <= BLOCKS, "a trial counts twice"
    if change in TAKES_AWAY:
        assert sum(counted) < len(STACKS) * len(PHASES) * BLOCKS, "what does not follow from recordings counts"


def _signature(elsewhere: Path) -> list[tuple[str, int, int]]:
    """Of all that is there."""
    found = ((path, path.lstat()) for path in sorted(elsewhere.rglob("*")))
    return [(str(path), status.st_mtime_ns, status.st_size) for path, status in found]


def _given(way: tuple[str, ...], folders: Folders) -> str:
    """All that the command says, within its bounds."""
    said = io.StringIO()
    before_bytes = _memory_bytes("VmRSS")
    # The most that was ever taken is what is taken now (proc(5)).
    Path("/proc/self/clear_refs").write_text("5")
    _set_alarm(SECONDS_MOST, CPU_SECONDS_MOST)
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            _give(way, folders.changed, folders.other)
        except WsgibenchError as exc:
            _say(exc.message, exc.hint)
    _set_alarm(0, 0)
    taken_bytes = _memory_bytes("VmHWM") - before_bytes
    assert taken_bytes < MEMORY_MOST_BYTES, f"it takes {taken_bytes >> 20} MiB"
    return said.getvalue()


def _is_ours(text: str) -> bool:
    return "root:x:0" not in text and PRIVATE not in text.replace("&#39;", "'")


def _memory_bytes(name: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) << 10


def _give(way: tuple[str, ...], folder: Path, other: Path) -> None:
    verb, *options = way
    if verb == "resume":
        # As far as nothing is started.
        found, plan = _own_run(str(folder))
        found.remove_unfinished()
        slots_of(plan)
        return
    if verb == "page":
        with making_sense_of([str(folder)]):
            opened = RunFolder.open(folder)
            page = page_of(opened, verdict_of(opened))
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert _is_ours(page)
            sys.stdout.write(f"{zlib.crc32(page.encode(errors='replace'))}\n")
        return
    runs = [str(folder), str(other)] if verb == "compare" else [str(folder)]
    wsgibench_command.main([verb, *runs, *options], standalone_mode=False)


SEEDED = st.randoms(use_true_random=True)
"""One that Hypothesis seeds, and names when it fails: it draws a hundred times, too many to be tried again in part."""
FUZZ = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def test_a_mutated_folder_is_shown_or_refused(folders) -> None:
    @settings(max_examples=EXAMPLES, derandomize=True, **FUZZ)
    @given(SEEDED)
    def run(draw):
        try_one(draw, folders)

    run()


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_ten_thousand_mutated_folders(folders) -> None:
    """New ones each time."""

    @settings(max_examples=int(os.environ.get("WSGIBENCH_FOLDERS", EXAMPLES_LONG)), **FUZZ)
    @given(SEEDED)
    def run(draw):
        try_one(draw, folders)

    run()
