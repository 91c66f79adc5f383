"""The folder of a run: readable at any instant, every finished trial safe."""

import contextlib
import errno
import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import msgspec

from wsgibench.errors import RunFolderError
from wsgibench.model.answer_table import KNOWN_MOST, Answers
from wsgibench.model.run import FORMAT, FORMATS, FinishedRun, Run
from wsgibench.model.sampling import Samplings
from wsgibench.model.trial import Trial
from wsgibench.runs._bounds import RECORDING_MOST_BYTES, RUN_MOST_S, TRIALS_MOST, BeyondBoundsError, spent_s
from wsgibench.runs._inside import Inside
from wsgibench.runs._names import safe_name, slug
from wsgibench.runs._plan_bounds import check_run
from wsgibench.runs._records import damaged, read_record, write_record
from wsgibench.runs._whole import cannot_write, sync_directory, write_whole
from wsgibench.runs.trial_folder import TrialFolder

_SAMPLED = "sampled.json"
_TAKEN = {errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR}
"""What rename(2) says of a directory whose new name belongs to another one, or to a file."""


class _Outline(msgspec.Struct):
    """As much of ``run.json`` as every format has."""

    format: int
    versions: dict[str, str] = {}


@dataclass(frozen=True)
class RunFolder:
    """``run.json``, ``trials/NNNN-label/``, and what is made of them: ``verdict.json``, ``results.csv``, pictures."""

    path: Path

    @classmethod
    def create(cls, parent: Path, run: Run) -> "RunFolder":
        """A new folder ``20261121-0227-quick`` with the run in it; parents are made, nothing is overwritten.

        It has its name only when the run is in it: what a writer killed before that leaves is a hidden folder. A parent
        that is made ignores itself in Git, as caches do; one that was there is left as its owner has it.

        Raises:
            RunFolderError: it cannot be made.
        """
        stamp = time.strftime("%Y%m%d-%H%M", time.localtime(run.created_s))
        name = f"{stamp}-{slug(run.plan.profile) or 'run'}"
        try:
            _make(parent)
            # Mode 0700: the plan holds the app's environment and headers, in which there may be secrets.
            hidden = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=parent))
        except OSError as exc:
            raise cannot_write(parent / name, exc) from exc
        try:
            (hidden / "trials").mkdir()
            cls(hidden).write_run(run)
            return cls(_named(hidden, name))
        finally:
            shutil.rmtree(hidden, ignore_errors=True)

    @classmethod
    def open(cls, path: Path) -> "RunFolder":
        """The folder of a run that was begun.

        Raises:
            RunFolderError: it is none, or was made in another format.
        """
        outline = read_record(Inside(path), "run.json", kind=_Outline)
        if outline.format not in FORMATS:
            maker = outline.versions.get("wsgibench", "of an unknown version")
            raise RunFolderError(
                f"'{path}' has format {outline.format}, made by wsgibench {maker}; this one knows up to {FORMAT}.",
                "Use the wsgibench that made it.",
            )
        return cls(path)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other writers out; the system lets go even when the process is killed.

        Raises:
            RunFolderError: another process writes it, or it cannot be locked.
        """
        with contextlib.ExitStack() as stack:
            try:
                descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
                stack.callback(os.close, descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                raise RunFolderError(f"Another wsgibench writes '{self.path}'.", "Wait until it has ended.") from exc
            except OSError as exc:
                raise cannot_write(self.path, exc) from exc
            yield

    def write_run(self, run: Run) -> None:
        """Replace ``run.json``.

        Raises:
            RunFolderError: it cannot be written.
        """
        write_record(self.path / "run.json", run)

    def write_file(self, name: str, data: bytes) -> Path:
        """Put a whole file at the top of the folder, ``results.csv``; returns its path.

        Raises:
            RunFolderError: it cannot be written.
        """
        path = self.path / safe_name(name)
        write_whole(path, data)
        return path

    def write_answers(self, answers: Answers, of: str = "") -> None:
        """Keep what is known of the answers to each path, of all stacks or of a variant, for a run that goes on later.

        Raises:
            RunFolderError: it cannot be written.
        """
        self.write_file(_answers_name(of), answers.to_bytes())

    def read_answers(self, of: str = "") -> Answers | None:
        """What was kept of the answers to each path; None where nothing was, or it is damaged."""
        try:
            data = self._inside.read(_answers_name(of), most_bytes=RECORDING_MOST_BYTES)
            return Answers.from_bytes(data, most=KNOWN_MOST)
        except (RunFolderError, ValueError):
            return None

    def write_samplings(self, samplings: Samplings) -> None:
        """Keep where the CPU time of the candidates goes.

        Raises:
            RunFolderError: it cannot be written.
        """
        write_record(self.path / _SAMPLED, samplings)

    def read_samplings(self) -> Samplings | None:
        """What was kept of that; None where nothing was, or it is damaged."""
        try:
            return read_record(self._inside, _SAMPLED, kind=Samplings)
        except RunFolderError:
            return None

    def read(self) -> FinishedRun:
        """The run and its finished trials, by number.

        Raises:
            RunFolderError: something is damaged.
        """
        return self.finished_run(self.read_run(), [folder.read() for folder in self.finished()])

    def finished_run(self, run: Run, trials: Sequence[Trial]) -> FinishedRun:
        """The run with these trials, by number.

        Raises:
            RunFolderError: they last longer than any run.
        """
        if sum(map(spent_s, trials)) > RUN_MOST_S:
            raise RunFolderError(
                f"'{self.path}' holds more than {RUN_MOST_S / 86_400:.0f} days of load.", "No run is as long as that."
            )
        return FinishedRun(folder=str(self.path), run=run, trials=tuple(sorted(trials, key=lambda t: t.number)))

    def finished(self) -> list[TrialFolder]:
        """The folders of finished trials, by name, whatever is in them."""
        return [folder for folder in self._folders() if folder.is_finished]

    def read_run(self) -> Run:
        """The run alone.

        Raises:
            RunFolderError: it is damaged.
        """
        run = read_record(self._inside, "run.json", kind=Run)
        try:
            check_run(run)
        except BeyondBoundsError as exc:
            raise damaged(self.path / "run.json", exc) from exc
        return run

    def trial(self, trial: Trial) -> TrialFolder:
        """The folder of a finished trial."""
        return TrialFolder(self.path / "trials" / safe_name(trial.folder))

    def begin_trial(self, name: str) -> TrialFolder:
        """A new folder for a trial (``Trial.folder``), with ``config`` and ``logs`` in it.

        Raises:
            RunFolderError: it cannot be made, or is there.
        """
        folder = TrialFolder(self.path / "trials" / safe_name(name))
        try:
            for directory in (folder.path, folder.config, folder.logs):
                directory.mkdir()
            sync_directory(folder.path.parent)
        except OSError as exc:
            raise cannot_write(folder.path, exc) from exc
        return folder

    def remove(self, trial: Trial) -> None:
        """Remove a finished trial with its folder; killed meanwhile, it is left as one that never ended.

        Raises:
            RunFolderError: it cannot be removed.
        """
        trial_folder = self.trial(trial)
        try:
            trial_folder.record.unlink()
            shutil.rmtree(trial_folder.path)
        except OSError as exc:
            raise cannot_write(trial_folder.path, exc) from exc

    def discard(self) -> None:
        """Remove all of it, unless a finished trial is in it or another process writes it."""
        with contextlib.suppress(RunFolderError), self.lock():
            if not self.finished():
                shutil.rmtree(self.path, ignore_errors=True)

    def remove_unfinished(self) -> tuple[str, ...]:
        """Remove the folders of trials that never ended; returns their names.

        Raises:
            RunFolderError: one cannot be removed.
        """
        removed = []
        for name, mode in self._inside.modes("trials").items():
            path = self.path / "trials" / name
            if not stat.S_ISLNK(mode) and (not stat.S_ISDIR(mode) or TrialFolder(path).is_finished):
                continue
            try:
                # A link is removed, never what it leads to.
                path.unlink() if stat.S_ISLNK(mode) else shutil.rmtree(path)
            except OSError as exc:
                raise cannot_write(path, exc) from exc
            removed.append(name)
        return tuple(removed)

    @property
    def _inside(self) -> Inside:
        return Inside(self.path)

    def _folders(self) -> list[TrialFolder]:
        """Those of trials, finished or not; what is neither a directory nor a link is none of ours."""
        modes = self._inside.modes("trials")
        names = [name for name, mode in modes.items() if stat.S_ISDIR(mode) or stat.S_ISLNK(mode)]
        if len(names) > TRIALS_MOST:
            raise RunFolderError(
                f"'{self.path}' holds {len(names):,} trials, and {TRIALS_MOST:,} is the most.", "No run has as many."
            )
        return [TrialFolder(self.path / "trials" / name) for name in names]


_IGNORED = b"# Made by wsgibench: measuring leaves git status as it was.\n*\n"


def _make(parent: Path) -> None:
    """The directory that runs go into, where it is not there yet; by one rename, for nobody makes up for half of it."""
    if not parent.exists():
        parent.parent.mkdir(parents=True, exist_ok=True)
        hidden = parent.with_name(f".{parent.name}.{os.getpid()}")
        # Another may have been quicker; what else is wrong is seen below, or by who writes the run.
        with contextlib.suppress(OSError):
            hidden.mkdir(exist_ok=True)
            (hidden / ".gitignore").write_bytes(_IGNORED)
            hidden.rename(parent)
        shutil.rmtree(hidden, ignore_errors=True)
    parent.mkdir(exist_ok=True)


def _named(hidden: Path, name: str) -> Path:
    """Where the folder is once it has its name, or the first of name-2, name-3, ... that is free.

    Raises:
        RunFolderError: it cannot be renamed.
    """
    for number in count(1):
        path = hidden.with_name(name if number == 1 else f"{name}-{number}")
        try:
            hidden.rename(path)
            sync_directory(path.parent)
        except OSError as exc:
            if exc.errno in _TAKEN:
                continue
            raise cannot_write(path, exc) from exc
        return path
    raise AssertionError


def _answers_name(of: str) -> str:
    return f"answers-{of}.npz" if of else "answers.npz"
