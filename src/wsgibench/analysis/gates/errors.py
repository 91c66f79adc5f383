"""Failed requests are not throughput."""

from wsgibench.analysis.gates.evidence import PhaseEvidence
from wsgibench.model.failures import failures_in_words
from wsgibench.model.trial import GateResult

_LESS = "Ask for less, or give the stack more workers."
_LOGS = "Read the logs of server, proxy and engine in the trial's folder."
_ADVICE = {
    "401": "The pages want a login: give its cookie or token with --header.",
    "403": "The pages want a login, or the app refuses what it is sent: give --header, or pages that are open to all.",
    "404": "Give pages that the app has with --path, and the ids that they have with --ids.",
    "413": "The body is longer than the server or the proxy takes: give a shorter --body.",
    "429": "Something limits how often it may be asked, the app or what stands before it: switch that off for the "
    "measurement, or ask for less.",
    "500": "The app fails under load; the server's log in the trial's folder has its tracebacks.",
    "502": "The proxy got no answer from its server, which closed the connection: read the logs of both in the trial's "
    "folder. A server closes it where the app leaves a body unread, or where a worker ends.",
    "503": f"It says that it is overloaded, or that something it needs is away. {_LESS}",
    "504": f"The proxy waited for its server in vain. {_LESS}",
    "connection refused": f"Connections could not be opened; the engine's log says why. {_LESS}",
    "connection reset": "The server closed connections that it should have answered: read its log in the trial's "
    "folder. A server closes them where the app leaves a body unread, or where a worker ends.",
    "time-out": _LESS,
    "not sent in time": _LESS,
}
"""By what most of them failed of."""


def errors(phase: PhaseEvidence) -> GateResult:
    """At most so many requests fail, of any kind; and at least one does not."""
    total, failures = phase.figures.requests, phase.figures.failures
    allowed = phase.thresholds.error_share
    kinds = phase.figures.failed_by_kind
    if not total:
        cause, share = "No request was recorded at all.", None
    else:
        share = failures / total
        said = f": {failures_in_words(kinds)}" if kinds else ""
        cause = f"{failures:,} of {total:,} requests failed ({share:.2%}){said}."
        if failures and phase.app_said:
            cause += f" The last exception in the server's log: {phase.app_said.removesuffix('.')}."
    return GateResult(
        name="errors",
        passed=share is not None and share <= allowed,
        figure=share,
        threshold=allowed,
        unit="share",
        cause=cause,
        advice=_ADVICE.get(next(iter(kinds), ""), f"{_LOGS} {_LESS}"),
        phase=phase.name,
    )
