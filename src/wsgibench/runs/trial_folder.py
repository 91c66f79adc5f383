"""The folder of one trial."""

import shutil
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from wsgibench.errors import RunFolderError
from wsgibench.model.answer_table import Answers
from wsgibench.model.recording import Recording
from wsgibench.model.trial import GateResult, Trial
from wsgibench.runs._bounds import (
    MONITOR_MOST_BYTES,
    RECORDING_MOST_BYTES,
    BeyondBoundsError,
    check_json,
    check_trial,
)
from wsgibench.runs._inside import Inside
from wsgibench.runs._names import safe_name
from wsgibench.runs._records import damaged, read_record, write_record
from wsgibench.runs._whole import cannot_write, write_whole

_ANSWERS = ".answers.npz"
"""A name that no phase has."""


@dataclass(frozen=True)
class TrialFolder:
    """``trial.json``, ``<phase>.npz``, ``monitor.json``, ``config/``, ``logs/``.

    ``trial.json`` comes last and makes the trial finished: a folder without it is of a trial that never ended.
    """

    path: Path

    @property
    def record(self) -> Path:
        """The trial itself."""
        return self.path / "trial.json"

    @property
    def monitor(self) -> Path:
        """The file that the monitor writes, in cmonitor's JSON layout."""
        return self.path / "monitor.json"

    @property
    def config(self) -> Path:
        """The directory for the very files that ran."""
        return self.path / "config"

    @property
    def logs(self) -> Path:
        """The directory for what the processes said."""
        return self.path / "logs"

    @property
    def is_finished(self) -> bool:
        """Whether its trial ended."""
        return self._inside.has(*self._names("trial.json"))

    def write(self, trial: Trial) -> None:
        """Make the trial finished; all else must be in the folder by now.

        Raises:
            RunFolderError: it cannot be written.
        """
        write_record(self.record, trial)

    def read(self) -> Trial:
        """The trial; without figures, and failed, where a recording of it is cut short.

        Raises:
            RunFolderError: it is not finished, or its record is damaged.
        """
        trial = read_record(self._inside, *self._names("trial.json"), kind=Trial)
        try:
            check_trial(trial)
        except BeyondBoundsError as exc:
            raise damaged(self.record, exc) from exc
        cut_short = [self._recording(phase).name for phase in trial.phases if self._is_cut_short(phase)]
        return without_figures(trial, f"Its recording '{cut_short[0]}' is cut short.") if cut_short else trial

    def keep(self, path: Path, target: Path) -> None:
        """Copy a file from elsewhere to its place in the folder.

        Raises:
            RunFolderError: it cannot be written.
        """
        try:
            shutil.copyfile(path, target)
        except OSError as exc:
            raise cannot_write(target, exc) from exc

    def write_recording(self, phase: str, recording: Recording) -> None:
        """Keep what the engine recorded in the phase.

        Raises:
            RunFolderError: it cannot be written.
        """
        write_whole(self._recording(phase), recording.to_bytes())

    def recording(self, phase: str) -> Recording:
        """What the engine recorded in the phase.

        Raises:
            RunFolderError: there is nothing, or it is damaged.
        """
        path = self._recording(phase)
        data = self._inside.read(*self._names(path.name), most_bytes=RECORDING_MOST_BYTES)
        try:
            return Recording.from_bytes(data)
        except ValueError as exc:
            raise damaged(path, exc) from exc

    def write_answers(self, answers: Answers) -> None:
        """Keep what the stack answered to each path until it is compared with what others did.

        Raises:
            RunFolderError: it cannot be written.
        """
        write_whole(self.path / _ANSWERS, answers.to_bytes())

    def answers(self) -> Answers | None:
        """What was kept of the answers to each path; None where nothing is, or it is damaged."""
        try:
            return Answers.from_bytes(self._inside.read(*self._names(_ANSWERS), most_bytes=RECORDING_MOST_BYTES))
        except (RunFolderError, ValueError):
            return None

    def remove_answers(self) -> None:
        """They are compared: what came of it is in the record."""
        (self.path / _ANSWERS).unlink(missing_ok=True)

    def monitor_data(self) -> bytes:
        """What the monitor wrote, for its adapter to parse; empty where it wrote nothing.

        Raises:
            RunFolderError: it cannot be read, or is more than any monitor writes.
        """
        names = self._names(self.monitor.name)
        if not self._inside.has(*names):
            return b""
        data = self._inside.read(*names, most_bytes=MONITOR_MOST_BYTES)
        try:
            check_json(data)
        except BeyondBoundsError as exc:
            raise damaged(self.monitor, exc) from exc
        return data

    def configuration(self, *, most_bytes: int) -> Iterator[tuple[str, str]]:
        """Name and text of each of the very files that ran, of one that is longer its beginning.

        Raises:
            RunFolderError: one cannot be read, or is no plain file.
        """
        names = self._names(self.config.name)
        for name, mode in self._inside.modes(*names).items():
            if not stat.S_ISDIR(mode):
                yield name, self._inside.beginning(*names, name, most_bytes=most_bytes).decode(errors="replace")

    @property
    def _inside(self) -> Inside:
        return Inside(self.path.parent.parent)

    def _names(self, name: str) -> tuple[str, ...]:
        """The way from the run's folder to a file of this one."""
        return self.path.parent.name, self.path.name, name

    def _recording(self, phase: str) -> Path:
        return self.path / f"{safe_name(phase)}.npz"

    def _is_cut_short(self, phase: str) -> bool:
        """Whether there is a recording that has no end.

        The end of an archive has its table of contents: to look for that alone costs 15 µs, to read all of it 40 ms.
        """
        names = self._names(self._recording(phase).name)
        if not self._inside.has(*names):
            return False
        with self._inside.open(*names) as file:
            return not zipfile.is_zipfile(file)


def without_figures(trial: Trial, cause: str) -> Trial:
    """The trial as failed, since what its figures are to come from is not there; ``cause`` is a sentence."""
    gate = GateResult(
        name="recording",
        passed=False,
        figure=None,
        threshold=None,
        unit="",
        cause=cause,
        advice="Copy the folder again from where the run was made.",
    )
    return msgspec.structs.replace(trial, status="failed", error=gate.cause, phases={}, gates=(gate,))
