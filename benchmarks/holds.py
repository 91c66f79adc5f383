"""Whether an interval holds what is true."""


def holds(low: float | None, high: float | None, truth: float) -> bool | None:
    """An end that is None is open; None where both are: nothing was said, which is neither right nor wrong."""
    if low is None and high is None:
        return None
    return (low or 0.0) <= truth <= (high or float("inf"))
