"""What a quotation costs: CPU per request of the quote server over that of a Flask view that returns a constant.

One process, WSGI calls without a server or a socket, the two apps in turns so that both share the machine's moods.
The goal is a ratio of at most 2.5. Writes results/store_cost.json.
"""

import argparse
import io
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask

GOAL = 2.5
TURN = 500
"""Requests in a turn: about 0.05 s."""

RESULT = Path(__file__).parent.parent / "results" / "store_cost.json"


def constant_app() -> Flask:
    """The least that Flask does for an answer."""
    app = Flask("constant")
    app.get("/quotes/byId")(lambda: "hello")
    return app


def call(app: Callable[..., Iterable[bytes]], query: str) -> int:
    """Bytes of the body of one answer."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/quotes/byId",
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8080",
        "HTTP_ACCEPT": "*/*",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    statuses: list[str] = []
    body = app(environ, lambda status, _headers, _exc_info=None: statuses.append(status))
    size = sum(len(part) for part in body)
    getattr(body, "close", lambda: None)()
    assert statuses == ["200 OK"], statuses
    return size


def turn_cpu_s(app: Callable[..., Iterable[bytes]], queries: list[str]) -> float:
    """CPU seconds of a request, over a turn."""
    start = time.process_time()
    for query in queries:
        call(app, query)
    return (time.process_time() - start) / len(queries)


def measure(turns: int, seed: int) -> dict[str, Any]:
    """Medians over the turns, and the median of the ratios of neighbouring turns."""
    from quoteserver import create_app  # noqa: PLC0415 - after XDG_CACHE_HOME is set

    generator = random.Random(seed)
    quotes, constant = create_app(), constant_app()
    pairs = []
    for _ in range(turns + 2):
        queries = [f"id={generator.randint(1, 8558)}" for _ in range(TURN)]
        pairs.append((turn_cpu_s(quotes, queries), turn_cpu_s(constant, queries)))
    pairs = pairs[2:]  # the first ones warm the caches
    return {
        "quote_cpu_us": statistics.median(quote for quote, _ in pairs) * 1e6,
        "constant_cpu_us": statistics.median(constant for _, constant in pairs) * 1e6,
        "ratio": statistics.median(quote / constant for quote, constant in pairs),
        "goal_ratio": GOAL,
        "turns": turns,
        "requests_per_turn": TURN,
        "seed": seed,
    }


def main() -> int:
    """Prints the table; exit code 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=60, help="turns of each app (default 60, about 5 s)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        os.environ.pop("QUOTES_STORE", None)
        figures = measure(arguments.turns, arguments.seed)
    print(f"{'quotation from sqlite, as a page':36} {figures['quote_cpu_us']:8.1f} µs of CPU a request")
    print(f"{'Flask view that returns a constant':36} {figures['constant_cpu_us']:8.1f} µs of CPU a request")
    print(f"{'ratio':36} {figures['ratio']:8.2f}    (goal: at most {GOAL})")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if figures["ratio"] <= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())
