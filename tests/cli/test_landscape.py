"""``wsgibench up``, ``status`` and ``down``: the article's landscape."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.command import Ended, run_wsgibench

PREFIXES = ("gunicorn", "uwsgi", "uwsgi-http", "werkzeug")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A state directory of its own; down at the end, whatever happened."""
    env = {"XDG_STATE_HOME": str(tmp_path)}
    yield env
    run_wsgibench("down", env=env)


def address_of(ended: Ended) -> str:
    assert ended.code == 0, ended.err
    return ended.out.split("/gunicorn/")[0]


def test_all_servers_answer_behind_one_nginx(home: dict[str, str]) -> None:
    """The same bytes under each prefix, static files from nginx, and all gone after down."""
    url = address_of(run_wsgibench("up", "--port", "0", "--workers", "2", env=home))
    bodies = set()
    for prefix in PREFIXES:
        with urllib.request.urlopen(f"{url}/{prefix}/quotes/byId?id=5", timeout=10) as response:
            bodies.add(response.read())
        with urllib.request.urlopen(f"{url}/{prefix}/css/quotes.css", timeout=10) as response:
            assert response.headers["Cache-Control"]
    assert len(bodies) == 1
    time.sleep(1.2)  # until then supervisord calls programs starting
    status = json.loads(run_wsgibench("status", "--json", env=home).out)
    assert {row["name"]: row["state"] for row in status["programs"]} == dict.fromkeys((*PREFIXES, "nginx"), "RUNNING")
    assert run_wsgibench("down", env=home).out == "All is down.\n"
    assert run_wsgibench("status", env=home).out.startswith("Nothing is up.")
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url, timeout=1)


def test_sixty_workers_each_work_here(home: dict[str, str]) -> None:
    """The article's 60 workers: 180 processes and werkzeug's threads, all up and answering."""
    url = address_of(run_wsgibench("up", "--port", "0", "--workers", "60", "--start-timeout", "60s", env=home))
    for prefix in PREFIXES:
        with urllib.request.urlopen(f"{url}/{prefix}/quotes/byId?id=5", timeout=60) as response:
            assert response.status == 200


def test_supervisorctl_works_on_it(home: dict[str, str]) -> None:
    ended = run_wsgibench("up", "--port", "0", "--workers", "1", env=home)
    configuration = ended.err.split("-c ")[1].split()[0]
    time.sleep(1.2)  # until then supervisord calls programs starting
    control = (sys.executable, "-m", "supervisor.supervisorctl", "-c", configuration, "status")
    done = subprocess.run(control, capture_output=True, text=True, check=True)
    assert done.stdout.count("RUNNING") == 5
    assert Path(configuration).parent.stat().st_mode & 0o777 == 0o700


def test_it_is_up_once(home: dict[str, str]) -> None:
    address_of(run_wsgibench("up", "--port", "0", "--workers", "1", env=home))
    again = run_wsgibench("up", "--port", "0", env=home)
    assert again.code == 2
    assert "up already" in again.err


def test_what_is_not_up_cannot_be_down(home: dict[str, str]) -> None:
    assert run_wsgibench("down", env=home).out == "Nothing was up.\n"


def test_a_landscape_that_cannot_come_up_leaves_nothing(home: dict[str, str]) -> None:
    ended = run_wsgibench("up", "--port", "0", "--workers", "60", "--start-timeout", "1ms", env=home)
    assert ended.code == 4, ended.err
    assert json.loads(run_wsgibench("status", "--json", env=home).out)["up"] is False
