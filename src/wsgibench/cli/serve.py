"""``wsgibench serve STACK``."""

import sys
from functools import partial

import click

from wsgibench.bench.apps import app_under_test
from wsgibench.bench.cores import available_cores, default_workers
from wsgibench.bench.option_rows.requests import mounted_below
from wsgibench.cli.concealing import conceals
from wsgibench.cli.danger import warn_of_danger
from wsgibench.cli.options import APP, pairs, takes
from wsgibench.cli.terminal import say
from wsgibench.deploy.serving import serving
from wsgibench.deploy.store import look_at_store
from wsgibench.model.secrets import Secrets
from wsgibench.model.setup import Setup
from wsgibench.model.stack import parse_stack
from wsgibench.processes.ports import listening_port
from wsgibench.report.placement import processes_in_words
from wsgibench.servers import SERVERS


@click.command(name="serve")
@click.argument("stack")
@takes(
    *APP,
    "store",
    "workers",
    "threads",
    "host",
    "port",
    "forwarded_proto",
    "prefix",
    "start_timeout",
)
@conceals
def command(
    stack: str,
    *,
    app: str | None,
    interface: str,
    asgi_app: str | None,
    chdir: str,
    env: tuple[str, ...],
    python: str | None,
    store: str | None,
    workers: int | None,
    threads: int,
    host: str,
    port: int,
    forwarded_proto: str | None,
    prefix: str | None,
    start_timeout: float,
) -> None:
    """One stack in the foreground.

    STACK is SERVER or PROXY+SERVER, as in gunicorn, nginx+uwsgi or nginx+gunicorn:w6:tcp; see wsgibench list. Prints
    the URL when the app answers there, then each traceback once. Ctrl-C ends it, and leaves nothing behind.
    """
    workers = default_workers(available_cores()) if workers is None else workers
    wanted = parse_stack(stack, workers=workers, threads=threads)
    under_test = app_under_test(
        app,
        directory=chdir,
        python=python or sys.executable,
        env=pairs(env),
        store=store,
        interface=interface,
        asgi_target=asgi_app,
    )
    if store is not None:
        look_at_store(under_test)
    secrets = Secrets(pairs(env))
    setup = Setup(forwarded_proto=forwarded_proto, prefix=mounted_below(prefix))
    where = partial(listening_port, host, port)
    with serving(under_test, wanted, where, timeout_s=start_timeout, setup=setup) as served:
        server = SERVERS.get(wanted.server)
        processes, each = server.processes(wanted.workers), server.threads_each(wanted.workers, wanted.threads)
        runs = processes_in_words(processes, each, has_workers=server.has_workers)
        say(f"{secrets.hidden_in_call(served.app.words)} by {wanted.label}, {runs}")
        say(f"http://{served.address}{setup.prefix}/")
        for line in served.remarks:
            say(secrets.hidden(line), err=True)
        say(f"supervisorctl -c {served.supervisor.configuration} status", err=True)
        for name, log in served.logs.items():
            say(f"Log of {name}, while it runs: {log}", err=True)
        warn_of_danger([wanted])
        say("Ctrl-C ends it.", err=True)
        sys.stdout.flush()
        for message in served.watch():
            say(secrets.hidden(message), err=True)
