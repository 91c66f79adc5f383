"""What is sent."""

from collections.abc import Iterator

from wsgibench.engines._paths import Drawn
from wsgibench.model.engine import EngineJob, Target
from wsgibench.model.load import path_of

Request = bytes
"""What is sent; of one target, its path and nothing else tells it from others."""


def _placeholders(path: str) -> bytes:
    """The template as a bytes format with the keys ``id`` and ``word``."""
    return path_of(path.replace("%", "%%"), "%(id)d", "%(word)b").encode()


def request_rest(job: EngineJob, target: Target) -> bytes:
    """All of a request that comes after its path."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in job.requests.headers_to(target.host))
    return f" HTTP/1.1\r\n{lines}\r\n".encode() + (job.requests.body or "").encode()


def request_stream(job: EngineJob, target: Target, drawn: Iterator[Drawn]) -> Iterator[Request]:
    """Requests of what was drawn."""
    wanted = job.requests
    first = f"{wanted.method} ".encode()
    rest = request_rest(job, target)
    templates = [_placeholders(path) for path in wanted.paths]
    words = [word.encode() for word in wanted.words] or [b""]
    for index, number, word in drawn:
        yield first + templates[index] % {b"id": number, b"word": words[word]} + rest
