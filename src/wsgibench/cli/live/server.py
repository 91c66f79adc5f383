"""The HTTP server: one page and its events, for browsers on this machine that know where."""

import hmac
import select
import socketserver
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socket import socket
from types import MappingProxyType
from typing import ClassVar, cast

from wsgibench.as_json import as_json
from wsgibench.cli.live.latest_snapshot import LatestSnapshot
from wsgibench.cli.live.messages import HOST, Job
from wsgibench.cli.live.pages import Pages
from wsgibench.cli.live.pending_connections import PendingConnections
from wsgibench.cli.live.viewer_limit import VIEWERS_MAX, ViewerLimit

_PATIENCE_S = 10.0
"""For a viewer that neither asks nor takes what it asked for."""
_GLANCE_S = 0.25
"""How soon a viewer who leaves is missed: one who loads the page anew must not count twice."""
_RETRY_S, _RETRY_FULL_S = 2, 10
"""When a browser whose stream of events has ended asks again."""
_NOTHING: Mapping[str, str] = MappingProxyType({})
_SECURITY = {
    # What the page itself may do, its own policy says; a policy within a page cannot say who may frame it.
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class LiveServer(socketserver.ThreadingTCPServer):
    """Listens when it is made.

    Attributes:
        farewells: how many viewers have fetched the page since the run was over.
    """

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, job: Job, *, pages: Pages, latest_snapshot: LatestSnapshot, viewer_limit: ViewerLimit) -> None:
        self.job = job
        self.pages = pages
        self.latest_snapshot = latest_snapshot
        self.viewer_limit = viewer_limit
        self.farewells = 0
        self.pending = PendingConnections()
        super().__init__((HOST, job.port), _Handler)

    def process_request(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """Give the connection a thread."""
        self.pending.admit(cast(socket, request))
        super().process_request(request, client_address)

    def process_request_thread(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """Serve the connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.pending.release(cast(socket, request))

    def handle_error(self, request: object, client_address: object) -> None:
        """A viewer that goes away is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _PATIENCE_S
    server_version = "wsgibench"
    sys_version = ""
    _paths: ClassVar[dict[str, str]] = {"": "_page", "events": "_events"}

    @property
    def _live(self) -> LiveServer:
        return cast(LiveServer, self.server)

    def do_GET(self) -> None:
        """The page or its events."""
        port = self._live.job.port
        if self.headers.get_all("Host") not in ([f"{HOST}:{port}"], [f"localhost:{port}"]):
            # A page of somebody else's, under a name that now leads here (DNS rebinding), is not to read ours.
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
            return
        _, _, rest = self.path.partition("/")
        token, slash, name = rest.partition("/")
        known = hmac.compare_digest(token.encode(), self._live.job.token.encode()) and slash and name in self._paths
        if known:
            self._live.pending.release(self.connection)
            getattr(self, self._paths[name])()
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _page(self) -> None:
        self._live.viewer_limit.note_one()
        was_over = self._live.latest_snapshot.is_over
        page = self._live.pages.latest()
        if page:
            self._answer(HTTPStatus.OK, "text/html", page)
        else:
            said = f"{self._live.pages.trouble}\nIt is tried again in a moment.\n".encode()
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain", said, {"Refresh": str(_RETRY_FULL_S)})
        self._live.farewells += was_over

    def _events(self) -> None:
        """Server-sent events: each issue of the news when it comes; the stream ends with the last."""
        with self._live.viewer_limit.one() as admitted:
            self._begin(HTTPStatus.OK, "text/event-stream")
            self.wfile.write(b"retry: %d\n\n" % (1000 * (_RETRY_S if admitted else _RETRY_FULL_S)))
            if not admitted:
                # Of an answer like 503 a browser tells the page only that there was none.
                self._send_event(str(VIEWERS_MAX).encode(), name=b"full")
                return
            if self._live.pages.trouble:
                self._send_event(as_json(self._live.pages.trouble), name=b"trouble")
            number, is_last = 0, False
            while not is_last and not self._has_left():
                number, issue, is_last = self._live.latest_snapshot.after(number, timeout_s=_GLANCE_S)
                if issue:
                    self._send_event(issue)

    def _send_event(self, data: bytes, *, name: bytes = b"message") -> None:
        """One that has no line break in it."""
        self.wfile.write(b"event: " + name + b"\ndata: " + data + b"\n\n")

    def _has_left(self) -> bool:
        """Whether the viewer has closed the connection: nobody who watches has anything more to say."""
        return bool(select.select([self.connection], [], [], 0)[0])

    def _refuse(self, status: HTTPStatus) -> None:
        headers = {"Allow": "GET"} if status == HTTPStatus.METHOD_NOT_ALLOWED else {}
        self._answer(status, "text/plain", f"{status.phrase}\n".encode(), headers)

    def _answer(self, status: HTTPStatus, kind: str, body: bytes, headers: Mapping[str, str] = _NOTHING) -> None:
        self._begin(status, kind, {"Content-Length": str(len(body)), **headers})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _begin(self, status: HTTPStatus, kind: str, headers: Mapping[str, str] = _NOTHING) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": f"{kind}; charset=utf-8", **headers, **_SECURITY}.items():
            self.send_header(name, value)
        self.end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """What is no request that we know: in our words, with our headers."""
        unknown = code == HTTPStatus.NOT_IMPLEMENTED
        self._refuse(HTTPStatus.METHOD_NOT_ALLOWED if unknown else HTTPStatus(code))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as it is called
        """Nothing: the token would stand in the log."""
