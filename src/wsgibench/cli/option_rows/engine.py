"""What makes the load, what watches, and on which cores."""

from wsgibench.model.option import Option

ENGINE = (
    Option(
        key="engine",
        kind="text",
        metavar="NAME",
        help="What makes the load; see wsgibench list. Default: native, and locust for --users.",
    ),
    Option(key="engine_processes", kind="integer", default=1, metavar="N", help="Engine processes on this machine."),
    Option(
        key="cores",
        kind="choice",
        default="auto",
        choices=("auto", "shared", "apart"),
        help="Whether the load engine runs on the stack's cores or has its own. auto: its own where these are at "
        "most an eighth of the machine, or where the app is so light that the engine would be felt.",
    ),
    Option(
        key="stack_cores",
        kind="text",
        metavar="LIST",
        help="The cores of server and proxy, as in 2-5,7. Default: by --cores.",
    ),
    Option(
        key="engine_cores",
        kind="text",
        metavar="LIST",
        help="The cores of the load engine and the monitor, as in 0,1. Default: by --cores.",
    ),
    Option(
        key="other_cpu",
        kind="share",
        metavar="SHARE",
        help="A trial does not count if other processes use more of the stack's cores. Default: 10%, and no limit "
        "where --env or --store names a service on this machine.",
    ),
    Option(
        key="locust_workers",
        kind="integer",
        default=0,
        metavar="N",
        help="Locust workers on other machines to wait for; the command that starts one is printed.",
    ),
    Option(
        key="locust_bind",
        kind="text",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="Where Locust workers on other machines find their master. Locust's protocol has no password.",
    ),
    Option(
        key="locust_client",
        kind="choice",
        default="fast",
        choices=("fast", "http"),
        help="Locust's FastHttpUser, or HttpUser as the article had it, at four times the cost.",
    ),
    Option(key="locustfile", kind="text", metavar="FILE", help="Your own users instead of the article's."),
    Option(key="monitor", kind="text", default="psutil", metavar="NAME", help="What watches; see wsgibench list."),
)
