"""A TCP forwarder between an app and its store, which a test can break and mend while both keep running."""

import contextlib
import select
import socket
import threading
from dataclasses import dataclass, field


@dataclass
class Forwarder:
    """Forwards a port of its own to another one, while it is connected.

    ``connect`` and ``disconnect`` may alternate; the port stays the same.
    """

    target: tuple[str, int]
    port: int = 0
    connections: int = 0
    _listener: socket.socket | None = None
    _threads: list[threading.Thread] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def connect(self) -> None:
        """Listens and forwards."""
        self._stopping.clear()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        self._start(self._accept, self._listener)

    def disconnect(self) -> None:
        """Closes the port and every connection."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _start(self, work, *arguments) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        with listener:
            while not self._stopping.is_set():
                if select.select([listener], [], [], 0.02)[0]:
                    self.connections += 1
                    self._start(self._pump, listener.accept()[0])

    def _pump(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), socket.create_connection(self.target) as server:
            other = {client: server, server: client}
            while not self._stopping.is_set():
                for ready in select.select([client, server], [], [], 0.02)[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    other[ready].sendall(data)
