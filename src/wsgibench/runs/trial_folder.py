"""The folder of one trial."""

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from wsgibench.errors import RunFolderError
from wsgibench.model.recording import Recording
from wsgibench.model.trial import GateResult, Trial
from wsgibench.runs._names import safe_name
from wsgibench.runs._records import read_bytes, read_record, write_record
from wsgibench.runs._whole import cannot_write, write_whole


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
        return (self.record).is_file()

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
        trial = read_record(self.record, Trial)
        # The end of an archive has its table of contents: to look for that alone costs 15 µs, to read all of it 40 ms.
        recordings = [path for path in map(self._recording, trial.phases) if path.is_file()]
        cut_short = [path for path in recordings if not zipfile.is_zipfile(path)]
        return _without_figures(trial, cut_short[0]) if cut_short else trial

    def keep(self, path: Path, place: Path) -> None:
        """Copy a file from elsewhere to its place in the folder.

        Raises:
            RunFolderError: it cannot be written.
        """
        try:
            shutil.copyfile(path, place)
        except OSError as exc:
            raise cannot_write(place, exc) from exc

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
        try:
            return Recording.from_bytes(read_bytes(path))
        except ValueError as exc:
            raise RunFolderError(f"'{path}' is damaged: {exc}.", "Remove its folder to go on without it.") from exc

    def monitor_data(self) -> bytes:
        """What the monitor wrote, for its adapter to parse; empty where it wrote nothing."""
        return self.monitor.read_bytes() if self.monitor.is_file() else b""

    def _recording(self, phase: str) -> Path:
        return self.path / f"{safe_name(phase)}.npz"


def _without_figures(trial: Trial, recording: Path) -> Trial:
    gate = GateResult(
        name="recording",
        passed=False,
        figure=None,
        threshold=None,
        unit="",
        cause=f"Its recording '{recording.name}' is cut short.",
        advice="Copy the folder again from where the run was made.",
    )
    return msgspec.structs.replace(trial, status="failed", error=gate.cause, phases={}, gates=(gate,))
