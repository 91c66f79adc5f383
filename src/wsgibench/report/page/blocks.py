"""When the blocks of a run were, on its own clock."""

from wsgibench.model.run import FinishedRun
from wsgibench.report.page.chart import Json


def began_s(run: FinishedRun) -> float:
    """When the first trial began, seconds since the epoch."""
    return min((trial.times.started_s for trial in run.trials), default=run.run.created_s)


def block_spans(run: FinishedRun) -> Json:
    """From when to when each block was, and how long the run: seconds since it began."""
    start_s = began_s(run)
    blocks = []
    for block in sorted({trial.block for trial in run.trials}):
        times = [trial.times for trial in run.trials if trial.block == block]
        first = min(each.started_s for each in times) - start_s
        last = max(each.stopped_s or each.started_s for each in times) - start_s
        blocks.append({"block": block, "from": round(first, 2), "till": round(last, 2)})
    return {"blocks": blocks, "span": max((each["till"] for each in blocks), default=1.0)}
