"""Records in words."""

from wsgibench.model.load import Connections, Load, Rate, Users


def load_in_words(load: Load) -> str:
    """``250 requests/s, due at random moments``."""
    match load:
        case Users():
            return f"{load.count} users, {load.spawn_rate_per_s:g} more a second, who wait {_waits(load)} s"
        case Rate():
            rate = f"{load.start_per_s:g}"
            if load.end_per_s != load.start_per_s:
                rate += f" to {load.end_per_s:g}"
            when = "at random moments" if load.arrivals == "exponential" else "at even distances"
            return f"{rate} requests/s, due {when}"
        case Connections():
            return f"{load.count} connection{'s' if load.count > 1 else ''}, each sending as soon as it has its answer"


def _waits(load: Users) -> str:
    return f"{load.wait_min_s:g} to {load.wait_max_s:g}"
