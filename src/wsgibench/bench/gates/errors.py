"""Failed requests are not throughput."""

from wsgibench.bench.gates.evidence import PhaseEvidence
from wsgibench.model.trial import GateResult


def errors(phase: PhaseEvidence) -> GateResult:
    """At most so many requests fail, of any kind; and at least one does not."""
    total, failures = phase.figures.requests, phase.figures.failures
    allowed = phase.thresholds.error_share
    if not total:
        cause, share = "No request was recorded at all.", None
    else:
        share = failures / total
        kinds = {name: count for name, count in phase.figures.outcomes.items() if count and name != "ok"}
        said = ", ".join(f"{count:,} {name}" for name, count in sorted(kinds.items(), key=lambda item: -item[1]))
        cause = f"{failures:,} of {total:,} requests failed ({share:.2%}){': ' + said if said else ''}."
    return GateResult(
        name="errors",
        passed=share is not None and share <= allowed,
        figure=share,
        threshold=allowed,
        unit="share",
        cause=cause,
        advice="Read the logs of server, proxy and engine in the trial's folder; ask for less, or give the stack more "
        "workers.",
        phase=phase.name,
    )
