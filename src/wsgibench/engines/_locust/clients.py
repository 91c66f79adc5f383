"""Locust's two HTTP clients, made to count connections, to repeat only what RFC 9112 allows, and to name the host.

As they come, geventhttpclient repeats a request up to eleven times when the server closes the connection without an
answer, and so hides every worker that dies; requests never repeats, and so counts as errors the idle connections that
a server closed just as a request went out. Here, both repeat once, and only where the connection had been idle before
(RFC 9112 section 9.3.1) and the method allows it; the repetition is counted as a ``keepalive_race``.
"""
# ruff: noqa: ANN401  # options pass through to libraries

import ipaddress
import socket
from collections.abc import Callable
from http.client import RemoteDisconnected
from typing import Any

import requests
import urllib3
from geventhttpclient.client import IDEMPOTENT_METHODS, HTTPClient, HTTPClientPool
from geventhttpclient.header import Headers
from geventhttpclient.response import HTTPConnectionClosed, HTTPSocketPoolResponse
from geventhttpclient.url import URL
from locust import FastHttpUser, HttpUser, User
from locust.clients import LocustHttpAdapter
from locust.contrib.fasthttp import insecure_ssl_context_factory

from wsgibench.model.engine import Target

Count = Callable[[str], None]
"""Takes one of ``model.recording.EVENTS``."""


def prepare(user: User, target: Target, count: Count) -> None:
    """Fit the client of a new user, of whatever class, to the target."""
    if isinstance(user, FastHttpUser):
        user.client.client.default_headers["Host"] = target.host
        if user.client_pool is None:
            user.client.client.clientpool = _FastPool(
                count=count,
                headers=Headers({"Host": target.host}),  # also the name asked for in TLS
                connection_timeout=user.connection_timeout,
                network_timeout=user.network_timeout,
                concurrency=user.concurrency,
                insecure=user.insecure,
                ssl_context_factory=user.ssl_context_factory or insecure_ssl_context_factory,
                proxy_host=user.proxy_host,
                proxy_port=user.proxy_port,
            )
    elif isinstance(user, HttpUser):
        user.client.headers["Host"] = target.host
        user.client.headers.pop("Connection", None)  # what HTTP/1.1 does anyway, and no other client of ours says
        user.client.trust_env = False  # a proxy in the environment would be measured in place of the stack
        user.client.verify = False  # as FastHttpUser does: a stack under test has no certificate of the world's
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        if user.pool_manager is None:
            for scheme in ("http://", "https://"):
                user.client.mount(scheme, _CountingAdapter(count))


class _FastPool(HTTPClientPool):
    """The clients of one user, one for each host and port."""

    def get_client(self, url: URL | str) -> HTTPClient:
        url = url if isinstance(url, URL) else URL(url)
        key = url.host, url.port
        if key not in self.clients:
            self.clients[key] = _FastClient.from_url(url, **self.client_args)
        return self.clients[key]


class _FastClient(HTTPClient):
    def __init__(self, *arguments: Any, count: Count, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._count = count
        self._opened = 0
        pool = self._connection_pool
        pool.size = -1  # HTTPClient.request repeats size + 1 times
        pool.after_connect = self._connected  # type: ignore[method-assign]  # made to be overridden
        if _is_numeric(pool._connection_host):  # noqa: SLF001
            # gevent's resolver passes every name through a thread; for each new connection that would be measured too.
            found = pool._resolve()  # noqa: SLF001
            pool._resolve = lambda: found  # type: ignore[method-assign]  # noqa: SLF001

    def request(self, method: str, *arguments: Any, **options: Any) -> HTTPSocketPoolResponse:
        opened = self._opened
        try:
            return super().request(method, *arguments, **options)
        except HTTPConnectionClosed:
            if self._opened != opened or method not in IDEMPOTENT_METHODS:
                raise
            self._count("keepalive_races")
            return super().request(method, *arguments, **options)

    def _connected(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._opened += 1
        self._count("connects")


class _CountingAdapter(LocustHttpAdapter):
    def __init__(self, count: Count) -> None:
        super().__init__(pool_manager=None)
        self._count = count

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        pool = self.get_connection_with_tls_context(request, options.get("verify", False))
        opened = pool.num_connections
        try:
            return super().send(request, *arguments, **options)
        except requests.ConnectionError as exc:
            if pool.num_connections != opened or request.method not in IDEMPOTENT_METHODS or not _ended(exc):
                raise
            self._count("keepalive_races")
            return super().send(request, *arguments, **options)
        finally:
            for _ in range(pool.num_connections - opened):
                self._count("connects")


def _ended(exc: BaseException | None) -> bool:
    """Whether the connection ended before the first byte of an answer."""
    while exc is not None:
        if isinstance(exc, RemoteDisconnected | ConnectionResetError | BrokenPipeError):
            return True
        exc = exc.__context__
    return False


def _is_numeric(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
