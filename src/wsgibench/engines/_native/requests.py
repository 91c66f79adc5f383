"""What is sent, drawn in bulk and put together before it is due."""

from collections.abc import Iterator

import numpy as np

from wsgibench.model.engine import EngineJob, Target
from wsgibench.model.load import path_of

_CHUNK = 256

Request = bytes
"""What is sent; of one target, its path and nothing else tells it from others."""


def _placeholders(path: str) -> bytes:
    """The template as a bytes format with the keys ``id`` and ``word``."""
    return path_of(path.replace("%", "%%"), "%(id)d", "%(word)b").encode()


def request_rest(job: EngineJob, target: Target) -> bytes:
    """All of a request that comes after its path."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in job.requests.headers_to(target.host))
    return f" HTTP/1.1\r\n{lines}\r\n".encode() + (job.requests.body or "").encode()


def request_stream(job: EngineJob, target: Target, rng: np.random.Generator) -> Iterator[Request]:
    """Requests without end, paths, numbers and words drawn from ``rng``."""
    wanted = job.requests
    first = f"{wanted.method} ".encode()
    rest = request_rest(job, target)
    templates = [_placeholders(path) for path in wanted.paths]
    words = [word.encode() for word in wanted.words] or [b""]
    while True:
        which = rng.integers(len(templates), size=_CHUNK).tolist()
        ids = rng.integers(wanted.first_id, wanted.last_id, size=_CHUNK, endpoint=True).tolist()
        word = rng.integers(len(words), size=_CHUNK).tolist()
        for template, number, index in zip(which, ids, word, strict=True):
            yield first + templates[template] % {b"id": number, b"word": words[index]} + rest
