"""How often is measured, in which order, and what is to be settled."""

from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.option import Option
from wsgibench.monitors import PY_SPY

# What judges is imported where it is asked: every command has these rows, and few judge anything.


def _check_limit(text: str) -> None:
    from wsgibench.bench.limits import limit_of  # noqa: PLC0415

    limit_of(text)


def _check_margin(margin: float) -> None:
    from wsgibench.analysis.verdict.statements import check_margin  # noqa: PLC0415

    check_margin(margin)


def _check_claim(text: str) -> None:
    from wsgibench.analysis.verdict.statements import statement_of  # noqa: PLC0415

    statement_of(text)


EXPERIMENT = (
    Option(
        key="turns",
        kind="choice",
        default="on",
        choices=("on", "off"),
        help="Whether the load goes round all stacks of a block in short turns, or one stack is up after another.",
    ),
    Option(
        key="turn",
        field="turn_s",
        kind="duration",
        metavar="TIME",
        help="Length of a turn. Default: 200 ms, longer where answers take longer than some 20 ms.",
    ),
    Option(key="budget", field="budget_s", kind="duration", metavar="TIME", help="How long the run may take."),
    Option(key="warmup", field="warmup_s", kind="duration", metavar="TIME", help="Load before the measuring begins."),
    Option(
        key="blocks",
        kind="integer",
        least=1,
        most=10_000,
        metavar="N",
        help="How often each stack is started and measured.",
    ),
    Option(
        key="objective",
        field="objectives",
        kind="choice",
        choices=tuple(OBJECTIVES),
        repeatable=True,
        help="What the run is to settle; all others are shown. Default: throughput, and mean where no load asks "
        "for all that a stack can do; of ab, cpu as well. Repeatable.",
    ),
    Option(
        key="limit",
        field="limits",
        kind="text",
        metavar="LIMIT",
        repeatable=True,
        help="What a rate must keep for the objective capacity: 'p99 < 100ms', 'errors < 0.1%'; percentiles are p50, "
        "p90, p99 and p999. Default: both of these. Repeatable; the one that is broken first decides.",
        check=_check_limit,
    ),
    Option(
        key="hold",
        field="hold_s",
        kind="duration",
        metavar="TIME",
        help="How long each rate of a capacity is held. Default: 2s, longer where the limit or answers are.",
    ),
    Option(
        key="for",
        field="wanted_per_s",
        kind="rate",
        metavar="RATE",
        help="Say how many workers it takes for so much, of those that --workers gives: 2000/s.",
    ),
    Option(
        key="margin",
        kind="share",
        default="5%",
        metavar="SHARE",
        help="Stacks that differ by no more are tied.",
        check=_check_margin,
    ),
    Option(
        key="claims",
        kind="text",
        metavar="CLAIM",
        repeatable=True,
        help="To be answered by the run: 'nginx+uwsgi > gunicorn on p99', 'granian >= gunicorn within 10%'. "
        "Repeatable.",
        check=_check_claim,
    ),
    Option(
        key="assert",
        kind="flag",
        default=False,
        help="End with exit code 1 unless every one of your claims is supported.",
    ),
    Option(
        key="must",
        name="assert",
        kind="text",
        metavar="CLAIM",
        repeatable=True,
        help="End with exit code 1 unless this is supported, with every stack: 'new >= old within 2%', "
        "'new = old on memory'. Repeatable.",
    ),
    Option(
        key="sampler",
        name="profile",
        kind="choice",
        choices=(PY_SPY,),
        help="Look, once the verdict stands, at which functions take more time or less: each state is loaded once "
        "more and sampled for some seconds, beyond the budget. Needs py-spy.",
        matters=False,
    ),
    Option(key="seed", kind="integer", least=0, metavar="N", help="Draws orders and requests; by default a new one."),
)
