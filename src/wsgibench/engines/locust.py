"""Locust (https://locust.io): users who wait between their requests, as in the article; slow and faithful.

Importing Locust patches the interpreter, so it is imported only in the child process that ``wsgibench.engines._locust``
is. What it understands of ``EngineJob.options`` is told there.
"""

from wsgibench.model.engine import Engine

ENGINE = Engine(
    summary="Locust: users who wait between requests; your own locustfile; more machines",
    distribution="locust",
    module="locust",
    argv=lambda python, job_file: (python, "-P", "-m", "wsgibench.engines._locust", job_file),
    loads=frozenset({"users"}),
    has_turns=False,
    makes=frozenset({"users"}),
)
