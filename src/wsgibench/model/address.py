"""Where something listens."""

from wsgibench.model.record import Record


class Tcp(Record, tag="tcp", frozen=True, kw_only=True):
    """A TCP port. ``host`` is an IPv4 or IPv6 address without brackets."""

    port: int
    host: str = "127.0.0.1"

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Unix(Record, tag="unix", frozen=True, kw_only=True):
    """A unix socket. Linux allows its path 107 bytes."""

    path: str

    def __str__(self) -> str:
        return f"unix:{self.path}"


Address = Tcp | Unix
