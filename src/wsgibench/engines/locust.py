"""Locust (https://locust.io): users who wait between their requests, as in the article; slow and faithful.

Importing Locust patches the interpreter, so it is imported only in the child process that ``wsgibench.engines._locust``
is. What it understands of ``EngineJob.options`` is told there.
"""

from wsgibench.model.engine import Engine
from wsgibench.model.option import Option

ENGINE = Engine(
    summary="Locust: users who wait between requests; your own locustfile; more machines",
    distribution="locust",
    module="locust",
    argv=lambda python, job_file: (python, "-P", "-m", "wsgibench.engines._locust", job_file),
    loads=frozenset({"users"}),
    has_turns=False,
    makes=frozenset({"users"}),
    workers_elsewhere=Option(
        key="locust_workers",
        field="engine_remote_workers",
        kind="integer",
        default=0,
        least=0,
        metavar="N",
        help="Locust workers on other machines to wait for; the command that starts one is printed.",
    ),
    options={
        "master-bind-host": Option(
            key="locust_bind",
            kind="text",
            default="127.0.0.1",
            metavar="ADDRESS",
            matters=False,
            help="Where Locust workers on other machines find their master. Locust's protocol has no password.",
        ),
        "client": Option(
            key="locust_client",
            kind="choice",
            default="fast",
            choices=("fast", "http"),
            help="Locust's FastHttpUser, or HttpUser as the article had it, at four times the cost.",
        ),
        "locustfile": Option(
            key="locustfile", kind="file", metavar="FILE", help="Your own users instead of the article's."
        ),
    },
)
