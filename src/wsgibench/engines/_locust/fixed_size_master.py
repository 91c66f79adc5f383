"""Locust's master, closed to workers that come late."""

from locust.env import Environment
from locust.rpc import Message
from locust.runners import MasterRunner


class FixedSizeMaster(MasterRunner):
    """Locust's master for so many workers and no more.

    Locust itself gives each worker that comes users of those that run, in the middle of a load. Here it gets no answer
    and goes on asking: so it is there for the next trial's master.
    """

    def __init__(self, environment: Environment, host: str, port: int, size: int) -> None:
        self._size = size
        super().__init__(environment, host, port)

    def handle_message(self, client_id: str, msg: Message) -> None:
        full = len(self.worker_indexes) >= self._size
        if not (full and msg.type == "client_ready" and client_id not in self.worker_indexes):
            super().handle_message(client_id, msg)
