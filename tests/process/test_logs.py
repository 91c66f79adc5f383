"""What a program said last is found in its log, however the log looks."""

from pathlib import Path

import pytest

from wsgibench.hosts import LocalHost
from wsgibench.processes.logs import end_of, last_exception, tail

PLAIN = """[2026-11-27 12:00:00 +0000] [12] [ERROR] Exception in worker process
Traceback (most recent call last):
  File "/srv/app.py", line 3, in <module>
    import nowhere
ModuleNotFoundError: No module named 'nowhere'
[2026-11-27 12:00:00 +0000] [12] [INFO] Worker exiting (pid: 12)
"""
CHAINED = """Traceback (most recent call last):
  File "/srv/app.py", line 3, in load
    {}["a"]
    ~~^^^^^
KeyError: 'a'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/app.py", line 5, in load
    raise shop.errors.NotFound
shop.errors.NotFound
"""
HALTED = f"""{PLAIN}Traceback (most recent call last):
  File "/lib/gunicorn/arbiter.py", line 686, in reap_workers
    raise HaltServer(reason, self.APP_LOAD_ERROR)
gunicorn.errors.HaltServer: <HaltServer 'App failed to load.' 4>
"""
BETWEEN = """Traceback (most recent call last):
  File "/srv/app.py", line 3, in load
[12] [INFO] another worker speaks
sqlite3.OperationalError: database is locked
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PLAIN, "ModuleNotFoundError: No module named 'nowhere'"),
        (CHAINED, "shop.errors.NotFound"),
        (PLAIN + CHAINED, "shop.errors.NotFound"),
        (HALTED, "ModuleNotFoundError: No module named 'nowhere'"),
        (BETWEEN, "sqlite3.OperationalError: database is locked"),
        ("Traceback (most recent call last):\nValueError: a\r\x1cb\u2028c\r\n", "ValueError: a\r\x1cb\u2028c"),
        ("all is well\n", None),
        ("Traceback (most recent call last):\n", None),
        ("", None),
    ],
    ids=[
        "of gunicorn",
        "chained",
        "the last one",
        "gunicorn ends",
        "two speak at once",
        "any character",
        "none",
        "cut off",
        "empty",
    ],
)
def test_the_last_exception_is_found(text: str, said: str | None) -> None:
    assert last_exception(text) == said


def test_only_the_end_of_a_long_log_is_read(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("x\n" * 500_000 + PLAIN)
    assert len(end_of(log)) < 300_000
    assert last_exception(end_of(log)) == "ModuleNotFoundError: No module named 'nowhere'"
    assert tail(log, 1).endswith("Worker exiting (pid: 12)")
    log.write_text("one\ntwo\x0c\u2028 of it\r\n")
    assert tail(log, 1) == "two\x0c\u2028 of it"
    assert (end_of(tmp_path / "none"), tail(tmp_path / "none", 3)) == ("", "")


def test_a_log_that_grew_too_long_is_kept_whole_and_removed(tmp_path: Path) -> None:
    """supervisord puts its older part aside, which would pile up until the run ends; last words may be in it, too."""
    logs = tmp_path / "logs"
    logs.mkdir()
    for name, text in {"trial1.app.log": "new\n", "trial1.app.log.1": "old\n", "trial11.app.log.1": "other\n"}.items():
        (logs / name).write_text(text)
    (logs / "trial1.nginx.log").write_text("short\n")
    host = LocalHost(tmp_path)
    assert host.end_of_log("trial1", "app") == "old\nnew\n"
    assert end_of(logs / "trial1.app.log", 6) == "d\nnew\n"
    assert end_of(logs / "trial1.app.log", 2) == "w\n"
    taken = {name: log.read_text() for name, log in host.take_logs("trial1")}
    assert taken == {"app": "old\nnew\n", "nginx": "short\n"}
    assert [each.name for each in logs.iterdir()] == ["trial11.app.log.1"]
