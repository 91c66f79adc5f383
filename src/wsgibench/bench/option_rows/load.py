"""What the clients do: each load declares its own, in its class."""

from wsgibench.model.load import LOADS
from wsgibench.model.option import Option

LOAD = (
    Option(
        key="profile",
        kind="choice",
        default="quick",
        choices=("quick", "article"),
        help="quick: half of what the slowest stack bears, then as many requests as go, in turns. article: Locust, "
        "500 users, 60 minutes a stack, set up as there.",
    ),
    *(row for load in LOADS for row in load.rows),
    Option(
        key="duration",
        field="duration_s",
        kind="duration",
        metavar="TIME",
        help="Measured time of each stack, over all blocks.",
    ),
)
