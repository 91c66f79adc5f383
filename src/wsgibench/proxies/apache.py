"""Apache httpd: the system's own, by its event MPM, with a process for each worker and many threads in each.

It refuses to serve as root. So where root starts it, it runs in a user namespace in which it is somebody else, with the
same files and sockets, and no more rights over others' than any user.
"""

import re
from itertools import product

from wsgibench.model.address import Unix
from wsgibench.model.proxy import Proxy, ProxyLaunch, Route
from wsgibench.proxies._template import double_quoted, rendered

_UNQUOTABLE = re.compile(r"\$\{|[\x00-\x1f\x7f]")


def _argv(launch: ProxyLaunch) -> tuple[str, ...]:
    return (*_command(launch), "-DFOREGROUND")


def _check_argv(launch: ProxyLaunch) -> tuple[str, ...]:
    return (*_command(launch), "-t")


def _command(launch: ProxyLaunch) -> tuple[str, ...]:
    another = ("unshare", "--user", "--map-user=1000", "--map-group=1000") if launch.user else ()
    return (*another, launch.program, "-d", launch.directory, "-f", _path(launch))


def _path(launch: ProxyLaunch) -> str:
    return f"{launch.directory}/apache.conf"


def _env(launch: ProxyLaunch) -> dict[str, str]:
    # Bodies of requests wait there for their server.
    return {"TMPDIR": launch.directory}


def _files(launch: ProxyLaunch) -> dict[str, str]:
    text = rendered("apache.conf.j2", launch, quoted=_quoted, value=_value, upstream=_upstream, aliases=_aliases)
    return {_path(launch): text}


def _quoted(value: str) -> str:
    """The value as one argument of a directive."""
    return double_quoted("Apache", value, _UNQUOTABLE)


def _value(value: str) -> str:
    """The same where ``%`` begins what is filled in."""
    return _quoted(value.replace("%", "%%"))


def _upstream(route: Route, name: str) -> str:
    """Its server; hosts tell apart what Apache keeps of those that are reached by unix sockets."""
    address = route.upstream
    if isinstance(address, Unix):
        return _quoted(f"unix:{address.path}|{route.protocol}://{name}/")
    return _quoted(f"{route.protocol}://{address}/")


def _aliases(name: str) -> list[str]:
    """The name, and those that could be taken for it, with ``_`` for ``-``."""
    return ["".join(parts) for parts in product(*(("-", "_") if letter == "-" else (letter,) for letter in name))]


PROXY = Proxy(
    summary="Apache httpd, processes with threads (event)",
    distribution=None,
    package="apache2-bin or httpd",
    programs=("apache2", "httpd"),
    argv=_argv,
    files=_files,
    check_argv=_check_argv,
    env=_env,
    reads=("APACHE_*", "HTTPD*"),
    protocols=frozenset({"http", "uwsgi"}),
    # Its graceful end takes more than 2 s where a client is idle.
    stop_signal="TERM",
    reload_signal="USR1",
)
