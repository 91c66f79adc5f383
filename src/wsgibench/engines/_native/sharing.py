"""A job cut into one for each process, and what the processes said put together again."""

import math
import shutil
from collections import ChainMap, Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np

from wsgibench.model.answer_table import Answers
from wsgibench.model.engine import EngineJob, LoadDone, Progress
from wsgibench.model.recording import Recording


def share_of_job(job: EngineJob, number: int) -> EngineJob:
    """The job of process ``number``, from 0: its load, its seed, its core, a directory of its own."""
    of = job.processes
    seed = np.random.SeedSequence(job.seed).spawn(of)[number].generate_state(1, np.uint64)[0]
    return msgspec.structs.replace(
        job,
        phases={name: load.share(number, of) for name, load in job.phases.items()},
        seed=int(seed),
        cores=(job.cores[number % len(job.cores)],) if job.cores else (),
        processes=1,
        directory=str(Path(job.directory, f".process-{number}")),
        share=(number, of),
    )


def merged_progress(parts: list[Progress]) -> Progress:
    """What all processes did in their last second."""
    timed = [(part.mean_latency_s, part.requests) for part in parts if part.mean_latency_s is not None]
    requests = sum(count for _, count in timed)
    return Progress(
        target=parts[0].target,
        phase=parts[0].phase,
        measuring=all(part.measuring for part in parts),
        users=sum(part.users for part in parts),
        requests=sum(part.requests for part in parts),
        failures=sum(part.failures for part in parts),
        mean_latency_s=sum(mean * count for mean, count in timed) / requests if requests else None,
    )


def merged_done(parts: list[LoadDone], own_cpu_s: float) -> LoadDone:
    """A load that all processes have done; ``own_cpu_s`` is the coordinator's."""
    start_s = min(part.start_s for part in parts)
    sent_s = max(part.start_s + part.duration_s for part in parts)
    return LoadDone(
        target=parts[0].target,
        phase=parts[0].phase,
        start_s=start_s,
        duration_s=math.fsum(part.duration_s for part in parts) / len(parts),
        drain_s=max(part.start_s + part.duration_s + part.drain_s for part in parts) - sent_s,
        outcomes=dict(sum((Counter(part.outcomes) for part in parts), Counter())),
        cpu_s=own_cpu_s + sum(part.cpu_s for part in parts),
        completed=sum(part.completed or 0 for part in parts),
        answered=sum(part.answered or 0 for part in parts),
        has_settled=all(part.has_settled for part in parts),
        pending=sum(part.pending for part in parts),
        connects=sum(part.connects for part in parts),
        disputed=tuple(each for part in parts for each in part.disputed),
        slower=tuple(map(sum, zip(*(part.slower for part in parts), strict=True))),
        longest_gap_s=max((part.longest_gap_s for part in parts if part.longest_gap_s is not None), default=None),
    )


def merge_written(job: EngineJob, files: Iterable[str], answers: Iterable[str]) -> None:
    """Put together in the job's directory what the processes wrote to theirs, and remove theirs."""
    shares = [Path(share_of_job(job, number).directory) for number in range(job.processes)]
    for file in files:
        first, *others = [Recording.from_bytes((share / file).read_bytes()) for share in shares]
        path = Path(job.directory, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(first.merge(*others).to_bytes())
    for file in answers:
        of_each = [Answers.from_bytes((share / file).read_bytes()).by_path() for share in shares]
        Path(job.directory, file).write_bytes(Answers.of(dict(ChainMap(*of_each))).to_bytes())
    for share in shares:
        shutil.rmtree(share, ignore_errors=True)
