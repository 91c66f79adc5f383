"""What the three ways to run uWSGI have in common: its arguments and its configuration file.

uWSGI 2.0 takes the scheme of a URL from X-Forwarded-Proto, whoever sent it, and has no option against that: one more
reason to keep it behind a proxy.
"""

import re
from pathlib import Path

from wsgibench.errors import UsageError
from wsgibench.model.address import Address, Unix
from wsgibench.model.server import BACKLOG, Launch
from wsgibench.servers._entry import ENTRY, entry_files, entry_target

_RUNNER = Path(__file__).with_name("_uwsgi_runner.py")

_CONFIG = """\
[uwsgi]
; Refuse options that do not exist, and to run without the app.
strict = true
need-app = true

{sockets}
chdir = {chdir}
{pythonpath}
module = {module}
processes = {workers}
threads = {threads}

; One app, in the main interpreter: extensions may not work in others.
single-interpreter = true
; Without it there is no GIL, and threads that the app starts never run.
enable-threads = true

; A master that restarts workers, and workers that do not outlive it.
master = true
no-orphans = true
; In uWSGI 2.0 SIGTERM reloads otherwise.
die-on-term = true
; Seconds that a worker may take to end; 60 otherwise.
worker-reload-mercy = 1
; A reload executes this again: without it the interpreter behind the virtual environment's link, which has no packages.
binary-path = {python}
; Remove unix sockets at the end.
vacuum = true
chmod-socket = 600

; The app is loaded once, before the fork (no lazy-apps): uWSGI's way, and where its small memory comes from.
; Run Python's own hooks in each worker after it: or all draw the same random numbers, and os.register_at_fork is dead.
py-call-uwsgi-fork-hooks = true

; One worker wakes up for a connection, not all.
thunder-lock = true
; Bytes that request line and headers may have; cookies fill the 4096 that are usual.
buffer-size = 32768
; Seconds until a worker that is stuck in a request is replaced, as gunicorn's timeout.
harakiri = 30

; No stack writes an access log, or the comparison would be of logs. What goes wrong is said.
disable-logging = true
log-4xx = true
log-5xx = true
"""

UWSGI_READS = ("UWSGI_*", "LISTEN_FDS", "LISTEN_PID", "NOTIFY_SOCKET", "UPSTART_*")
"""Environment variables that configure uWSGI: each of its options is one, and adds to the file."""

_PLACEHOLDER = re.compile(r"[$%@]\(|[\r\n]")


def uwsgi_argv(launch: Launch) -> tuple[str, ...]:
    """Runs pyuwsgi in the app's interpreter, whose packages it then has: ``python -m`` cannot run an extension."""
    return (launch.app.python, str(_RUNNER), str(BACKLOG), "--ini", _path(launch))


def uwsgi_files(launch: Launch, *sockets: str) -> dict[str, str]:
    """The configuration, with these lines for where and how to listen.

    Raises:
        UsageError: a path cannot be written in it.
    """
    # Not by uWSGI's mount: together with the fork hooks it breaks down.
    entry = entry_files(launch, mounts=True)
    directories = (launch.app.directory, launch.directory) if entry else (launch.app.directory,)
    config = _CONFIG.format(
        sockets="\n".join(sockets),
        chdir=uwsgi_value(launch.app.directory),
        # Each is put before the ones before it.
        pythonpath="\n".join(f"pythonpath = {uwsgi_value(path)}" for path in reversed(directories)),
        module=ENTRY if entry else entry_target(launch.app),
        workers=launch.workers,
        threads=launch.threads,
        python=uwsgi_value(launch.app.python),
    )
    return {_path(launch): config, **entry}


def uwsgi_address(address: Address) -> str:
    """As the socket options take it."""
    return uwsgi_value(address.path) if isinstance(address, Unix) else str(address)


def uwsgi_value(path: str) -> str:
    """The path as it stands in an ini file, where ``%d`` is a variable, ``%%`` a percent sign.

    Raises:
        UsageError: it holds what uWSGI would replace, which nothing escapes.
    """
    if _PLACEHOLDER.search(path):
        raise UsageError(
            f"uWSGI cannot use the path {path!r}: it replaces $(...), %(...) and @(...).",
            "Move or rename the directory.",
        )
    return path.replace("%", "%%")


def _path(launch: Launch) -> str:
    return f"{launch.directory}/uwsgi.ini"
