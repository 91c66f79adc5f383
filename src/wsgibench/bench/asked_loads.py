"""The loads that the user asked for."""

from wsgibench.bench.option_rows.load import rates_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.errors import UsageError
from wsgibench.model.load import Connections, Load, Rate, Users


def loads_of(run_options: RunOptions) -> dict[str, Load]:
    """The load that the user asked for, by phase; empty where the profile decides."""
    loads: dict[str, Load] = {}
    if run_options.users is not None:
        spawn_rate = run_options.spawn_rate_per_s or min(100, run_options.users)
        loads["users"] = Users(count=run_options.users, spawn_rate_per_s=spawn_rate)
    if run_options.rate is not None:
        start_per_s, end_per_s = rates_of(run_options.rate)
        loads["steady"] = Rate(
            start_per_s=start_per_s,
            end_per_s=end_per_s,
            arrivals=run_options.arrivals,
            connections_max=run_options.connections_max,
        )
    if run_options.connections is not None:
        loads["saturated"] = Connections(count=run_options.connections)
    if "users" in loads and len(loads) > 1:
        raise UsageError("Users do not go together with another load.", "Make two runs of it.")
    return loads
