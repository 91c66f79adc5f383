"""``wsgibench up``."""

import sys

import click

from wsgibench.bench.apps import sample_app
from wsgibench.bench.cores import available_cores, default_workers
from wsgibench.cli.concealing import conceals
from wsgibench.cli.options import takes
from wsgibench.cli.terminal import say
from wsgibench.deploy.landscape import up
from wsgibench.deploy.store import look_at_store
from wsgibench.processes.ports import listening_port


@click.command(name="up")
@takes("workers", "threads", "store", "host", "port", "start_timeout")
@conceals
def command(
    *, workers: int | None, threads: int, store: str | None, host: str, port: int, start_timeout: float
) -> None:
    """The article's landscape: all its servers behind one nginx.

    gunicorn, uwsgi, uwsgi-http and werkzeug run under one supervisord and are reached under /gunicorn/, /uwsgi/,
    /uwsgi-http/ and /werkzeug/. Returns when all answer, and leaves them running until wsgibench down.
    """
    app = sample_app(directory="/", python=sys.executable, store=store)
    if store is not None:
        look_at_store(app)
    workers = default_workers(available_cores()) if workers is None else workers
    landscape = up(app, workers=workers, threads=threads, listen=listening_port(host, port), timeout_s=start_timeout)
    for prefix in landscape.prefixes:
        say(f"http://{landscape.address}{prefix}quotes/byId?id=5")
    say(f"supervisorctl -c {landscape.supervisor.configuration} status", err=True)
