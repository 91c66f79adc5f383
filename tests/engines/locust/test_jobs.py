"""What the engine takes: the user's own locustfile; and what it refuses, with a reason and a hint."""

from pathlib import Path

import pytest

from support.answering import answering, fixed, response
from support.engines import SMALL_LOADS, engine_child, job_for, outcomes_of
from wsgibench.model.address import Unix
from wsgibench.model.engine import Failed, LoadDone, Progress, Ready, RunLoad, Target
from wsgibench.model.load import Requests, Users

OWN = """
import os
from locust import {base}, constant, events, task

print("a line that is no event")

@events.request.add_listener
def count(**event):
    with open(os.environ.get("COUNT", {count!r}), "a") as file:
        file.write(event["name"] + chr(10))

class Reader({base}):
    wait_time = constant(0.05)

    def on_start(self):
        self.client.get("/login")

    @task
    def read(self):
        self.client.get("/article")
        with self.client.get("/missing", catch_response=True) as answer:
            answer.success()
        with self.client.get("/stale", catch_response=True) as answer:
            answer.failure("stale")
"""


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("base", ["HttpUser", "FastHttpUser"])
def test_own_locustfile_makes_the_load(base: str, processes: int, tmp_path: Path) -> None:
    """Its users ask what it says, of our target, with our Host; its verdicts, listeners and prints are its own."""
    locustfile, listened = tmp_path / "mine.py", tmp_path / "listened"
    locustfile.write_text(OWN.format(base=base, count=str(listened)))

    def answer(connection, head: bytes, number: int) -> bool:
        status = "404 Not Found" if head.startswith(b"GET /missing") else "200 OK"
        return fixed(response(b"text", status))(connection, head, number)

    with answering(answer) as server:
        job = job_for(
            server.port,
            tmp_path,
            Users(count=4, spawn_rate_per_s=100),
            options={"locustfile": str(locustfile)},
            processes=processes,
        )
        with engine_child("locust", job) as engine:
            done = engine.run(duration_s=1.0, deadline_s=40)
            recording = engine.finish(tmp_path)
    paths = set(server.paths)
    assert paths == {"/login", "/article", "/missing", "/stale"}
    assert server.paths.count("/login") == 4
    assert all(b"Host: localhost\r\n" in head + b"\r\n" for head in server.heads)
    third = sum(done.outcomes.values()) / 3
    assert done.outcomes == {"ok": pytest.approx(2 * third, abs=4), "wrong_body": pytest.approx(third, abs=4)}
    assert outcomes_of(recording) == done.outcomes
    assert listened.read_text().count("/article") == pytest.approx(server.paths.count("/article"), abs=8)


def failure(job) -> Failed:
    """How the engine refuses a job."""
    with engine_child("locust", job) as engine:
        failed = engine.wait_for(Failed)
        assert engine.process.wait(5) == 1
        return failed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import no_such_module", "cannot be imported: ModuleNotFoundError: No module named 'no_such_module'"),
        ("def broken(:", "cannot be imported: SyntaxError"),
        ("raise SystemExit('I am a script')", "cannot be imported: SystemExit: I am a script"),
        ("from locust import HttpUser", "has no user class"),
        (None, "cannot be imported: FileNotFoundError"),
    ],
)
@pytest.mark.parametrize("processes", [1, 2])
def test_a_locustfile_that_is_none_is_refused(text: str | None, message: str, processes: int, tmp_path: Path) -> None:
    """The reason is told, with what to do, before any load."""
    locustfile = tmp_path / "mine.py"
    if text is not None:
        locustfile.write_text(text)
    options = {"locustfile": str(locustfile)}
    failed = failure(job_for(9, tmp_path, SMALL_LOADS["users"], options=options, processes=processes))
    assert failed.message.startswith(f"The locustfile '{locustfile}' {message}")
    assert failed.hint


UNIX = (Target(name="stack", address=Unix(path="/run/stack.sock")),)
REFUSED = {
    "unix": ({"targets": UNIX}, "Locust cannot reach 'stack' at unix:/run/stack.sock: it knows no unix sockets."),
    "rate": ({"load": SMALL_LOADS["rate"]}, "Locust cannot make the load of the phase 'steady': it only has users."),
    "client": ({"options": {"client": "curl"}}, "Locust has no client 'curl'."),
    "both": (
        {"processes": 2, "remote_workers": 3},
        "Locust cannot have 2 processes here and 3 workers elsewhere.",
    ),
    "no words": (
        {"requests": Requests(paths=("/search?q={word}",))},
        "The path '/search?q={word}' asks for words, and there are none.",
    ),
    "no workers": (
        {"remote_workers": 2, "remote_deadline_s": 0.3, "options": {"master-bind-port": "0"}},
        "Only 0 of 2 Locust workers joined within 0.3 s.",
    ),
    "bad address": (
        {"remote_workers": 2, "options": {"master-bind-host": "198.51.100.7"}},
        "The Locust master cannot listen at 198.51.100.7:5557: ",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_locust_cannot_do_is_refused(case: str, tmp_path: Path) -> None:
    """One sentence with the value that caused it, and what to do."""
    fields, message = REFUSED[case]
    failed = failure(job_for(9, tmp_path, **fields))
    assert failed.message.startswith(message)
    assert failed.hint


def test_a_second_load_is_refused(tmp_path: Path) -> None:
    """Locust's users live through one load."""
    with answering(fixed(response())) as server, engine_child("locust", job_for(server.port, tmp_path)) as engine:
        engine.run(duration_s=0.2)
        engine.tell(RunLoad(target="stack", phase="steady", duration_s=0.2))
        assert engine.wait_for(Failed).message == "Locust runs one load in its life."


def test_stdout_carries_events_alone(tmp_path: Path) -> None:
    """All lines on stdout are events, in the contract's order, though the user's locustfile prints."""
    locustfile = tmp_path / "mine.py"
    locustfile.write_text(OWN.format(base="FastHttpUser", count=str(tmp_path / "listened")))
    with answering(fixed(response())) as server:
        job = job_for(
            server.port, tmp_path, Users(count=1, spawn_rate_per_s=1), options={"locustfile": str(locustfile)}
        )
        with engine_child("locust", job) as engine:
            engine.run(duration_s=1.2)
            engine.finish(tmp_path)
    kinds = [type(event) for event in engine.events]
    assert kinds[0] is Ready
    assert kinds.index(Progress) < kinds.index(LoadDone)
    assert "a line that is no event" in engine.log.read_text()
