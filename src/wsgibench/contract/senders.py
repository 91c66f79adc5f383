"""A load of the tests' own: little, but without a pause."""

import http.client
import threading
from typing import Self

from wsgibench.contract.started import send
from wsgibench.model.address import Address


class Senders:
    """Clients that ask all the while, each request on a connection of its own: what they are answered, as it comes."""

    def __init__(self, address: Address, clients: int = 3) -> None:
        self.answers: list[bytes | Exception] = []
        self._address, self._over = address, threading.Event()
        self._clients = [threading.Thread(target=self._send) for _ in range(clients)]

    def _send(self) -> None:
        while not self._over.is_set():
            try:
                answer = send(self._address)
                self.answers.append(answer.body if answer.status == 200 else RuntimeError(answer.status))
            except (OSError, http.client.HTTPException) as exc:
                self.answers.append(exc)

    def __enter__(self) -> Self:
        for client in self._clients:
            client.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for client in self._clients:
            client.join()
