"""Whatever a run folder holds, it is shown or refused with a sentence, in bounded time and memory, without a traceback.

Each example is a whole folder in which one to three things were changed (``support.mutations``), given to a command.
"""

import contextlib
import functools
import io
import resource
import signal
import warnings
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.mutations import mutate, restore
from support.small_run import a_folder, add_trial, steady_latencies, turns
from wsgibench.analysis.verdict import verdict_of
from wsgibench.bench.experiment import slots_of
from wsgibench.cli.failures import making_sense_of
from wsgibench.cli.main import _say, wsgibench_command
from wsgibench.cli.resume import _own_run
from wsgibench.errors import WsgibenchError
from wsgibench.model.recording import Recording
from wsgibench.model.trial import TrialTimes
from wsgibench.report.page import page_of
from wsgibench.runs import RunFolder

EXAMPLES, EXAMPLES_LONG = 200, 10_000
CPU_SECONDS_MOST = 20
SECONDS_MOST = 100
MEMORY_MOST_KIB = 1 << 20
SAMPLES = [(0.5, 1.0, 2**33), (1.5, 1.2, 2**32), (2.5, None, 2**32)]
WAYS = (
    ("report", "--pictures", "off"),
    ("report", "--format", "md"),
    ("report", "--pictures", "off", "--json"),
    ("compare", "--anyway"),
    ("compare", "--anyway", "--json"),
    ("compare", "--anyway", "--format", "md"),
    ("resume",),
)
WAYS_LONG = (*WAYS, ("page",))
"""A page takes ten times as long as the others."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run of two loads in turns, to be changed; and one that stays, to be held against it."""
    made = []
    for shift_s in (0.0, 3600.0):
        folder = a_folder(
            tmp_path_factory.mktemp("runs"),
            ["gunicorn", "waitress"],
            blocks=2,
            phases=("steady", "saturated"),
            turn_s=0.2,
        )
        for number in range(4):
            recordings = {phase: steady_latencies(4 + number, 3) for phase in ("steady", "saturated")}
            trial = add_trial(
                folder,
                number + 1,
                ("gunicorn", "waitress")[number % 2],
                recordings,
                samples=SAMPLES,
                block=number // 2 + 1,
                position=number % 2 + 1,
                pss_bytes=3e7,
                turns=turns("steady", 3, every_s=1.0) + turns("saturated", 3, every_s=1.0),
                times=TrialTimes(started_s=1795228100.0 + 100 * number + shift_s),
            )
            (folder.trial(trial).config / "server.conf").write_text("workers = 2\n")
        made.append(folder.path)
    made[0].parent.with_name("mutated").mkdir()
    return made[0], made[1]


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


def try_one(draw: Random, folders: tuple[Path, Path], ways: tuple[tuple[str, ...], ...] = WAYS) -> None:
    """Change a copy, and give it to a command."""
    whole, folder = folders[0].parent, folders[0].parent.with_name("mutated") / folders[0].name
    restore(folder.parent, whole)
    mutate(draw, folder)
    way = draw.choice(ways)
    said = io.StringIO()
    _set_alarm(SECONDS_MOST, CPU_SECONDS_MOST)
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            _give(way, folder, folders[1])
        except WsgibenchError as exc:
            _say(exc.message, exc.hint)
    _set_alarm(0, 0)
    assert not set("\x1b\x07\x9b\u202e\0") & set(said.getvalue())
    assert "root:" not in said.getvalue()


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
        return
    runs = [str(folder), str(other)] if verb == "compare" else [str(folder)]
    wsgibench_command.main([verb, *runs, *options], standalone_mode=False)


def check_memory(before_kib: int) -> None:
    """The most that this process ever had has not grown by more than a GiB."""
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < MEMORY_MOST_KIB


SEEDED = st.randoms(use_true_random=True)
"""One that Hypothesis seeds, and names when it fails: it draws a hundred times, too many to be tried again in part."""
FUZZ = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def test_a_mutated_folder_is_shown_or_refused(folders) -> None:
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    @settings(max_examples=EXAMPLES, derandomize=True, **FUZZ)
    @given(SEEDED)
    def run(draw):
        try_one(draw, folders)

    run()
    check_memory(before_kib)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_ten_thousand_mutated_folders(folders) -> None:
    """New ones each time."""
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    @settings(max_examples=EXAMPLES_LONG, **FUZZ)
    @given(SEEDED)
    def run(draw):
        try_one(draw, folders, WAYS_LONG)

    run()
    check_memory(before_kib)
