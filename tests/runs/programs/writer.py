"""Writes trials without end into a new run below the folder that it is given, and says the number of each."""

import sys
from itertools import count
from pathlib import Path

from support.records import a_run, a_trial
from wsgibench.errors import RunFolderError
from wsgibench.model.recording import Recording
from wsgibench.runs import RunFolder

folder = RunFolder.create(Path(sys.argv[1]), a_run())
try:
    for number in count(1):
        trial = a_trial(number)
        trial_folder = folder.begin_trial(trial.folder)
        trial_folder.write_recording("steady", Recording(0.0))
        trial_folder.write(trial)
        folder.write_run(a_run(ended_s=float(number)))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
except RunFolderError as exc:
    sys.exit(str(exc))
