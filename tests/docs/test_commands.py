"""Every command in the documentation is run, page by page, in order, in a directory of its own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from support.command import APPS, NOTHING_RANKED
from support.pages import PAGES, ROOT, blocks_of, commands_of, name_of
from wsgibench.processes.ports import free_ports

NOT_RUN = {
    "make serve": "installs everything from the package index; asked below whether make knows it",
    "make bench": "likewise, and takes five minutes",
    "make setup": "installs everything from the package index",
    ". .venv/bin/activate": "the tests' own environment is active",
    "python benchmarks/calibration.py --processes 2": "takes minutes; tests/stats/test_calibration.py does less of it",
    "pip install './wsgibench[all]' -r requirements.txt": "needs the package index",
    "quoteserver load --store elasticsearch://127.0.0.1:9200/quotes --documents 900000": "needs Elasticsearch",
    "wsgibench run --profile article --store elasticsearch://127.0.0.1:9200/quotes": "needs Elasticsearch",
    "wsgibench ab main": "needs a repository of Git with that revision; tests/cli/test_ab.py makes one",
    "wsgibench ab v1.4 v1.5 --stack nginx+uwsgi:w4 --budget 3m": "likewise",
    "wsgibench ab main --assert 'new >= old within 2%' --format md": "likewise",
    "pip install -r requirements.txt gunicorn": "needs the package index",
    "wsgibench run gunicorn --users 500 --locust-workers 2 --host 10.0.0.5 --locust-bind 10.0.0.5": "needs a second "
    "machine; tests/run/test_workers_elsewhere.py does it on one",
}
"""Commands that are not run, and why."""

SETTINGS = {"pictures": "off"}
"""What wsgibench.toml says in every directory, beside what the page says and a port that is free."""

SHORTER = (
    (r"wsgibench run\b[^-]*(?=--(out|app) )", "wsgibench run gunicorn "),
    (r"wsgibench run\b.*", r"\g<0> --duration 600ms --warmup 100ms --blocks 1"),
    (r"wsgibench run\b.*(--users|--profile article).*", r"\g<0> --users 40 --spawn-rate 400 --duration 2s"),
    (r"wsgibench run(?= --profile article)", "wsgibench run nginx+uwsgi"),
    (r"wsgibench run(?= -|$)", "wsgibench run gunicorn nginx+uwsgi"),
    (r"--workers 60", "--workers 3"),
    # So few pages that those which are asked for in so short a time are asked of every stack.
    (r"wsgibench capacity\b.*", r"\g<0> --hold 150ms --blocks 1 --ids 1..20"),
    (
        r"wsgibench run\b(.*--objective capacity.*) --duration 600ms --warmup 100ms",
        r"wsgibench run\1 --hold 150ms --ids 1..20",
    ),
    (r"wsgibench capacity gunicorn nginx\+uwsgi", "wsgibench capacity gunicorn"),
)
"""What is put for what in a command, in this order: less time, fewer stacks, users and workers.

One stack is enough to compare runs, and to see that an app is served as the page says: the contract has every server.
"""

MISTAKES = {"start", "processes", "engine", "errors", "same-bodies", "compared-bodies", "wrong-bodies"}
"""Gates that fail where a command is wrong; a machine which is busy with something else may fail any other."""

NOTHING_COUNTS = (*NOTHING_RANKED, "No trial of '", "No stack has enough trials that count")
"""What is said when gates failed too many trials, of the run itself or of those to compare."""

UNLIKE_BY_ORDER = r"in what matters \(measuring: stacks (in turns -> one after another|one after another -> in turns)\)"
"""What is said of two runs of which one went on without turns, and nothing else."""

BASH, MAKE = (shutil.which(program) or program for program in ("bash", "make"))
DEADLINE_S = 120


@dataclass
class Reader:
    """Somebody who types what a page shows."""

    directory: Path
    home: Path
    port: int = field(default_factory=lambda: free_ports(1)[0].port)

    def read(self, page: Path) -> None:
        """Type every command of the page, once."""
        self._settle(page)
        for command in dict.fromkeys(commands_of(page)):
            if command not in NOT_RUN:
                self._type(command)

    def leave(self) -> None:
        """End what the page may have left running."""
        self._shell("wsgibench down")

    def _settle(self, page: Path) -> None:
        settings = dict(SETTINGS, port=self.port)
        for language, text in blocks_of(page):
            settings |= tomllib.loads(text) if language == "toml" else {}
        lines = [f"{key} = {json.dumps(value)}\n" for key, value in settings.items() if not isinstance(value, dict)]
        for variant, keys in settings.get("variants", {}).items():
            lines.append(f"[variants.{variant}]\n")
            lines += [f"{key} = {json.dumps(value)}\n" for key, value in keys.items()]
        (self.directory / "wsgibench.toml").write_text("".join(lines))

    def _type(self, command: str) -> None:
        short = command
        for pattern, instead in SHORTER:
            short = re.sub(pattern, instead, short)
        short = short.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}")
        short = re.sub(r"runs/\.\.\.|\bRUN\b", lambda _: str(self._newest()), short)
        if command.startswith("wsgibench serve "):
            self._serve(short)
            return
        ended = self._shell(short)
        assert ended.returncode == 0 or self._only_the_noise(ended), f"{short}\n{ended.stdout}\n{ended.stderr}"

    def _shell(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (BASH, "-c", command),
            cwd=self.directory,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )

    def _serve(self, command: str) -> None:
        """Start it, ask at the URL that it prints, end it as Ctrl-C does."""
        said = self.directory / "serve.txt"
        with said.open("w") as out:
            process = subprocess.Popen(
                (BASH, "-c", f"exec {command}"), cwd=self.directory, env=self._environment(), stdout=out, stderr=out
            )
        try:
            end = time.monotonic() + DEADLINE_S
            while not (url := re.search(r"^http://\S+", said.read_text(), re.MULTILINE)):
                assert process.poll() is None, said.read_text()
                assert time.monotonic() < end, said.read_text()
                time.sleep(0.05)
            with urllib.request.urlopen(url[0], timeout=10) as response:
                assert response.status == 200
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(DEADLINE_S)
        assert process.returncode == 130

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            "HOME": str(self.home),
            "XDG_STATE_HOME": str(self.home),
            "NO_COLOR": "1",
            "GITHUB_STEP_SUMMARY": str(self.home / "summary.md"),
        }

    def _newest(self) -> Path:
        return max(self.directory.glob("*/*/run.json"), key=lambda record: record.stat().st_mtime).parent

    def _only_the_noise(self, ended: subprocess.CompletedProcess[str]) -> bool:
        """Whether nothing is wrong but that the machine was busy: claims do not hold, or too few trials count.

        Of two runs one may have found that its stacks do not come to rest in turns.
        """
        if ended.returncode == 2 and re.search(UNLIKE_BY_ORDER, ended.stderr):
            return True
        if ended.returncode != 1:
            return False
        if "Supported: " in ended.stderr:
            return True
        trials = [json.loads(path.read_text()) for path in self.directory.glob("*/*/trials/*/trial.json")]
        failed = {gate["name"] for trial in trials for gate in trial["gates"] if not gate["passed"]}
        return any(said in ended.stderr for said in NOTHING_COUNTS) and not failed & MISTAKES


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Somebody whose app is in ``~/mysite``, and who is there."""
    shutil.copytree(APPS / "mysite", tmp_path / "mysite" / "mysite")
    typing = Reader(tmp_path / "mysite", home=tmp_path)
    yield typing
    typing.leave()


LATER = {
    "article.md",
    "capacity.md",
    "ci.md",
    "compare.md",
    "other-machine.md",
    "own-app.md",
    "tutorial.md",
    "watch.md",
}
"""Pages whose commands are much like those of others; tests/cli and tests/run have their options.

An app of one's own is run by README.md, too.
"""


def pages_with_commands() -> Iterator[object]:
    for page in filter(commands_of, PAGES):
        yield pytest.param(page, marks=pytest.mark.long) if page.name in LATER else page


@pytest.mark.timeout(900)  # a page shows up to fifteen commands
@pytest.mark.parametrize("page", list(pages_with_commands()), ids=name_of)
def test_the_commands_of_a_page_work(page: Path, reader: Reader) -> None:
    """Each does what the page says without an error, after those before it."""
    reader.read(page)


def test_what_is_not_run_is_still_there() -> None:
    """The table of exceptions names no command that no page shows."""
    assert set(NOT_RUN) <= {command for page in PAGES for command in commands_of(page)}


@pytest.mark.parametrize("command", [command for command in NOT_RUN if command.startswith("make ")])
def test_make_knows_its_targets(command: str) -> None:
    target = command.split()[1]
    done = subprocess.run((MAKE, "--dry-run", target), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
