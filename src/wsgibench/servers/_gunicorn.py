"""What all ways to run gunicorn have in common: the configuration file."""

from wsgibench.model.address import Address, Unix
from wsgibench.model.server import BACKLOG, CONNECTIONS, Launch
from wsgibench.servers._entry import ENTRY, entry_directories, entry_files, entry_target, module_argv

_CONFIG = """\
import os

bind = {bind!r}
chdir = {chdir!r}
pythonpath = {pythonpath!r}
workers = {workers}
threads = {threads}

# As many clients may wait to be accepted as the kernel's net.core.somaxconn allows, up to this.
backlog = {backlog}

# Connections that each worker has at a time, idle ones among them; 1000 by default. sync has one.
worker_connections = {connections}

# Workers touch a file there each second to show that they live; on a disk that blocks when the disk is busy.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

# Seconds that an idle connection is kept; sync alone closes each. nginx drops its idle connections to a
# server after 30 s. The server must not be the first: a request that crosses its close is a 502 (2 s by default).
keepalive = 75

# Whose X-Forwarded-Proto counts: that of the proxy on this machine (on a unix socket, always), or nobody's.
forwarded_allow_ips = {forwarded_allow_ips!r}

# Seconds for requests in flight at the end. Load is drained before, so what is left then is idle clients.
graceful_timeout = 1

# No stack writes an access log, or the comparison would be of logs. Errors go to stderr.
accesslog = None
errorlog = "-"

# From 25.1 on there is a control socket in the home directory, which instances would fight over.
control_socket_disable = True
"""
_UWSGI_CONFIG = """
import urllib.parse

# As nginx's uwsgi_pass speaks it. From whom: the one proxy's address alone (on a unix socket, whoever reaches it).
protocol = "uwsgi"
uwsgi_allow_ips = {allowed!r}


def pre_request(worker, req):
    # Proxies send the path decoded. gunicorn (27.0) decodes it once more, and takes bytes of UTF-8 for characters.
    req.path = urllib.parse.quote(req.path, encoding="latin-1")
"""


GUNICORN_READS = (
    # Options that override the file; sockets and the pid of a gunicorn that is replaced by this one.
    "GUNICORN_*",
    # Defaults of its settings, and the prefix that it takes off every path.
    *("WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS", "SENDFILE", "SCRIPT_NAME"),
    # Sockets of systemd, and where to tell it that all is well.
    *("LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID", "NOTIFY_SOCKET"),
    # It sets this itself; in a shell below a gunicorn it is that one's.
    "SERVER_SOFTWARE",
)
"""Environment variables that configure gunicorn. PORT is the default of ``bind`` alone, and the file has one."""


def gunicorn_argv(launch: Launch, *imports: str) -> tuple[str, ...]:
    """Runs the app with the file of ``gunicorn_files``, which also keeps a ``gunicorn.conf.py`` of the app's out.

    ``imports`` are modules of the worker's.
    """
    target = ENTRY if _entry(launch) else entry_target(launch.app)
    return (*module_argv(launch, "gunicorn", imports=imports), "--config", _path(launch), target)


def gunicorn_files(
    launch: Launch, *, worker_class: str = "", threads: int = 1, protocol: str = "http", more: str = ""
) -> dict[str, str]:
    """The configuration. A file, because it skips what an older gunicorn does not know yet.

    ``more`` stands at its end, and makes the class of the workers where none is named.
    """
    is_asgi = launch.app.interface == "asgi"
    directories = (launch.app.directory, launch.directory) if is_asgi else entry_directories(launch)
    config = _CONFIG.format(
        bind=_bind(launch.address),
        chdir=launch.app.directory,
        pythonpath=",".join(reversed(directories)),  # each is put before the ones before it
        workers=launch.workers,
        threads=threads,
        backlog=BACKLOG,
        connections=CONNECTIONS,
        forwarded_allow_ips=launch.trusted or "",
    )
    if worker_class:
        config += f"\nworker_class = {worker_class!r}\n"
    if protocol == "uwsgi":
        config += _UWSGI_CONFIG.format(allowed=launch.trusted or "")
    return {_path(launch): config + more, **_entry(launch)}


def _entry(launch: Launch) -> dict[str, str]:
    """An app of WSGI it mounts itself (``gunicorn_env``)."""
    return entry_files(launch, mounts=launch.app.interface == "asgi")


def gunicorn_env(launch: Launch) -> dict[str, str]:
    """The variable by which gunicorn mounts an app."""
    return {"SCRIPT_NAME": launch.prefix} if launch.prefix else {}


def _path(launch: Launch) -> str:
    return f"{launch.directory}/gunicorn.conf.py"


def _bind(address: Address) -> str:
    return f"unix:{address.path}" if isinstance(address, Unix) else str(address)
