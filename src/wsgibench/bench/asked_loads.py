"""The loads that the user asked for."""

from wsgibench.bench.run_options import RunOptions
from wsgibench.errors import UsageError
from wsgibench.model.load import Connections, Load, Rate, Users
from wsgibench.units import parse_rate, parse_share

_SHARE_MOST = 10.0


def loads_of(run_options: RunOptions) -> dict[str, Load]:
    """The load that the user asked for, by phase; empty where the profile decides."""
    loads: dict[str, Load] = {}
    if run_options.users is not None:
        check_positive(users=run_options.users)
        spawn_rate = run_options.spawn_rate_per_s or min(100, run_options.users)
        loads["users"] = Users(count=run_options.users, spawn_rate_per_s=spawn_rate)
    if share_of_rate(run_options.rate) is not None:
        loads["steady"] = Rate(
            start_per_s=1.0, end_per_s=1.0, arrivals=run_options.arrivals, connections_max=run_options.connections_max
        )
    elif run_options.rate is not None:
        first, dots, last = run_options.rate.partition("..")
        start = parse_rate(first)
        loads["steady"] = Rate(
            start_per_s=start,
            end_per_s=parse_rate(last) if dots else start,
            arrivals=run_options.arrivals,
            connections_max=run_options.connections_max,
        )
    if run_options.connections is not None:
        check_positive(connections=run_options.connections)
        loads["saturated"] = Connections(count=run_options.connections)
    if "users" in loads and len(loads) > 1:
        raise UsageError("Users do not go together with another load.", "Make two runs of it.")
    return loads


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


def check_positive(**numbers: int) -> None:
    """Refuse numbers below 1, by the names of their options.

    Raises:
        UsageError: one is.
    """
    for name, number in numbers.items():
        if number < 1:
            raise UsageError(
                f"{number} {name.replace('_', ' ')} make no run.", f"Give --{name.replace('_', '-')} 1 or more."
            )
