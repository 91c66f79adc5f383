"""What the clients do."""

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
    Option(key="users", kind="integer", metavar="N", help="So many users, who wait 1 to 3 s between requests."),
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
    ),
    Option(
        key="connections_max",
        kind="integer",
        default=1000,
        metavar="N",
        help="With --rate: beyond so many open connections requests wait, and their wait counts.",
    ),
)
