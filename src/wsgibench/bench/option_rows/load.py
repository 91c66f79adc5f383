"""What the clients do."""

from wsgibench.errors import UsageError
from wsgibench.model.option import Option
from wsgibench.units import parse_rate, parse_share

_SHARE_MOST = 10.0


def rates_of(text: str) -> tuple[float, float]:
    """Where a rate such as ``250/s..2000/s`` begins and ends, per second; 1/s for ``80%``, until it is known of what.

    Raises:
        UsageError: it is no rate.
    """
    if share_of_rate(text) is not None:
        return 1.0, 1.0
    first, dots, last = text.partition("..")
    start_per_s = parse_rate(first)
    return start_per_s, parse_rate(last) if dots else start_per_s


def share_of_rate(text: str | None) -> float | None:
    """The share of what the slowest stack bears that a rate such as ``80%`` asks for; None where it is another.

    Raises:
        UsageError: it asks for nothing, or for more than any share can be.
    """
    if text is None or not text.rstrip().endswith("%"):
        return None
    share = parse_share(text)
    if not 0 < share <= _SHARE_MOST:
        raise UsageError(f"A rate of {text} of what the slowest stack bears is none.", "Give for example 50%.")
    return share


LOAD = (
    Option(
        key="profile",
        kind="choice",
        default="quick",
        choices=("quick", "article"),
        help="quick: half of what the slowest stack bears, then as many requests as go, in turns. article: Locust, "
        "500 users, 60 minutes a stack, set up as there.",
    ),
    Option(
        key="users", kind="integer", least=1, metavar="N", help="So many users, who wait 1 to 3 s between requests."
    ),
    Option(
        key="spawn_rate",
        field="spawn_rate_per_s",
        kind="rate",
        metavar="RATE",
        help="How many users start each second.",
    ),
    Option(
        key="duration",
        field="duration_s",
        kind="duration",
        metavar="TIME",
        help="Measured time of each stack, over all blocks.",
    ),
    Option(
        key="rate",
        kind="text",
        metavar="RATE",
        help="Requests fall due at random moments at this mean rate, whatever the stack does: 250/s, 50% of what "
        "the slowest stack bears, or a ramp 250/s..2000/s.",
        check=rates_of,
    ),
    Option(
        key="arrivals",
        kind="choice",
        default="exponential",
        choices=("exponential", "uniform"),
        help="Gaps between the requests of --rate: random as in real traffic, or all alike.",
    ),
    Option(
        key="connections",
        kind="integer",
        metavar="N",
        help="So many connections, each sending as soon as it has its answer: the most that a stack can do.",
        least=1,
    ),
    Option(
        key="connections_max",
        kind="integer",
        default=1000,
        metavar="N",
        help="With --rate: beyond so many open connections requests wait, and their wait counts.",
        least=1,
    ),
)
