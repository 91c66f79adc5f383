"""The run folder, written and read."""

from wsgibench.runs._whole import write_whole
from wsgibench.runs.folder import RunFolder
from wsgibench.runs.results import results_csv
from wsgibench.runs.trial_folder import TrialFolder

__all__ = ["RunFolder", "TrialFolder", "results_csv", "write_whole"]
