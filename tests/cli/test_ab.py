"""``wsgibench ab``: the working tree against a revision, as a user runs it."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from run.conftest import only_folder
from support.command import NOTHING_RANKED, Ended, family_of, run_wsgibench, wait_until_gone, went_well
from support.repository import run_git
from wsgibench.cli.run import own_environments
from wsgibench.deploy.requirements import require_sampler
from wsgibench.errors import MissingError
from wsgibench.processes.programs import find_program

SHORT = ("--connections", "2", "--blocks", "3", "--duration", "1500ms", "--warmup", "100ms", "--pictures", "off")
QUIET = ("--other-cpu", "100%")
APP = """
import time
def app(environ, start_response):
    end = time.process_time() + {busy_s}
    while time.process_time() < end:
        pass
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose app was quick in ``v1``, and is slow in the working tree alone.

    It ignores nothing, and Python may write what it compiles: the checkout is to be as before all the same.
    """
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"):
        monkeypatch.delenv(name, raising=False)
    top = tmp_path / "shop"
    (top / "web").mkdir(parents=True)
    (top / "wsgibench.toml").write_text('app = "shop:app"\nchdir = "web"\nstack = ["waitress"]\npath = ["/cart"]\n')
    (top / "web/shop.py").write_text(APP.format(busy_s=0.001))
    run_git(top, "init", "--quiet", "--initial-branch=main")
    run_git(top, "add", ".")
    run_git(top, "commit", "--quiet", "--message", "quick")
    run_git(top, "tag", "v1")
    (top / "web/shop.py").write_text(APP.format(busy_s=0.004))
    return top


def ab(shop: Path, *arguments: str) -> Ended:
    return run_wsgibench("ab", *arguments, *QUIET, cwd=shop, timeout_s=110)


def state_of(top: Path) -> tuple[str, ...]:
    return tuple(
        run_git(top, *arguments)
        for arguments in (
            ("status", "--porcelain"), ("worktree", "list"), ("for-each-ref",), ("stash", "list"), ("diff", "--cached"),
        )
    )  # fmt: skip


def test_a_slowdown_of_the_working_tree_is_found(shop: Path) -> None:
    """Stack, app and paths are the configuration's; the record has both states, and the checkout is as before."""
    before = state_of(shop)
    ended = ab(shop, "v1", *SHORT, "--assert", "new >= old within 10% on cpu", "--format", "md")
    assert state_of(shop) == before
    folder = only_folder(shop / "runs")
    run = json.loads((folder / "run.json").read_text())
    old, new = run["plan"]["variants"]
    commit = run_git(shop, "rev-parse", "HEAD").strip()
    assert (old["revision"]["named"], old["revision"]["commit"], old["revision"]["subdirectory"]) == (
        "v1",
        commit,
        "web",
    )
    assert new["checkout"]["commit"] == commit
    assert len(new["checkout"]["diff_sha256"]) == 64
    assert [stack["variant"] for stack in run["plan"]["stacks"]] == ["old", "new"]
    assert run["plan"]["claims"] == ["waitress@new >= waitress@old within 10% on cpu"]
    assert run["plan"]["margin"] == 0.02
    assert ended.code == 1
    if any(why in ended.err for why in NOTHING_RANKED):
        return
    assert ended.out.startswith("- old: revision v1 ("), ended.out
    assert "#### new beside old" in ended.out
    # By how much, and whether surely, is in a busy machine's hands.
    assert re.search(r"- \*\*.*requests/s.*\*\*", ended.out), ended.out
    assert re.search(r"- \*\*.*CPU time for 1,000 requests", ended.out), ended.out
    assert re.search("'waitress@new >= waitress@old within 10% on cpu' is (not supported|undecided)", ended.err)


@pytest.mark.long
def test_capacities_are_held_against_one_another(shop: Path) -> None:
    """One block has no interval: what is seen is that each state has a curve, and nothing else."""
    arguments = ("v1", "--objective", "capacity", "--blocks", "1", "--hold", "300ms", "--pictures", "off", "--json")
    ended = ab(shop, *arguments)
    assert ended.code in (0, 1), ended.err
    verdict = json.loads(ended.out)["verdict"]
    [ranking] = [ranking for ranking in verdict["rankings"] if ranking["asked"]]
    assert ranking["objective"] == "capacity"
    seen = {each["stack"] for each in (*ranking["standings"], *ranking["unranked"])}
    assert seen == {"waitress@old", "waitress@new"}
    assert verdict["circumstances"]["limits"] == ["p99 < 100ms", "errors < 0.1%"]


@pytest.mark.long
@pytest.mark.timeout(200)
def test_functions_are_looked_at_after_the_verdict(shop: Path) -> None:
    """And the verdict stands whether or not this machine lets us look, which is said. Short: run/test_sampling.py."""
    if find_program(("py-spy",)) is None:
        pytest.skip("py-spy is not installed (pip install py-spy)")
    one_block = (*SHORT[:3], "1", *SHORT[4:])
    ended = run_wsgibench("ab", "v1", *one_block, "--profile", "py-spy", *QUIET, cwd=shop, timeout_s=180)
    assert went_well(ended.code, ended.err), ended.err
    folder = only_folder(shop / "runs")
    old, new = json.loads((folder / "sampled.json").read_text())["candidates"]
    if old["missing"] or new["missing"]:
        assert "was not sampled. " in ended.err
        assert "What functions take more or less is not known: " in ended.out
        pytest.skip(f"py-spy sees nothing here: {old['missing'] or new['missing']}")
    assert {"name": "app", "file": "shop.py"} in old["functions"]
    assert {"name": "app", "file": "shop.py"} in new["functions"]
    assert len(old["sample_s"]) == 4
    (change,) = json.loads((folder / "verdict.json").read_text())["sampled"]
    (app,) = [each for each in change["functions"] if each["name"] == "app"]
    # Planted are 1 ms and 4 ms of CPU; who is ready to run and waits for a core counts, too.
    assert app["before_s"] > 0.0005
    assert app["after_s"] > 2 * app["before_s"] or not app["is_sure"]


def test_a_sampler_that_is_not_there_is_said_with_how_to_get_it() -> None:
    with pytest.raises(MissingError, match="needs no-such-sampler, which is not on PATH") as raised:
        require_sampler("no-such-sampler")
    assert raised.value.hint.endswith("-m pip install no-such-sampler")


@pytest.mark.long  # short: the slowdown above, and tests/unit
def test_two_revisions_of_one_commit_are_an_a_a(shop: Path) -> None:
    """Allowed, and said. What it found can go on to Bencher, then and later."""
    ended = ab(shop, "v1", "main", *SHORT[:3], "1", *SHORT[4:], "--export", "bencher")
    assert went_well(ended.code, ended.err), ended.err
    assert "an A/A: the answer is to be that there is no difference." in ended.err
    folder = only_folder(shop / "runs")
    written = (folder / "bencher.json").read_bytes()
    assert ended.code == 1 or json.loads(written).keys() >= {"waitress@old", "waitress@new"}
    for form in ((), ("--format", "md")):
        (folder / "bencher.json").unlink()
        assert run_wsgibench("report", str(folder), "--pictures", "off", *form, "--export", "bencher").code == 0
        assert (folder / "bencher.json").read_bytes() == written


@pytest.mark.parametrize(
    ("arguments", "code", "message", "hint"),
    [
        (("v11",), 2, "No revision is called 'v11'", "Did you mean 'v1'?"),
        (("v1", "--chdir", "/"), 2, "'/' is in no checkout of Git.", "--chdir"),
        (
            ("v1", "--app", "quoteserver.wsgi:app"),
            2,
            "Nothing that the variant 'old' would be served with is in",
            "--chdir",
        ),
        (("v1", "--app", "nothing:app"), 4, "of the variant 'old' cannot be imported", "It is as in the revision v1"),
        (("v1", "--assert", "new >= odl"), 2, "No variant is called 'odl'.", "Did you mean 'old'?"),
        (("v1", "--assert", "new"), 2, "'new' is not a claim", ""),
        (("v1", "--json", "--format", "md"), 2, "contradict one another", ""),
    ],
)
def test_what_cannot_be_compared_is_refused(shop: Path, arguments, code, message, hint) -> None:
    """In a sentence with a hint, before anything is measured."""
    ended = ab(shop, *arguments)
    assert ended.code == code, ended.err
    assert message in ended.err
    assert hint in ended.err
    assert not (shop / "runs").exists()


def test_whatever_an_app_needs_to_be_asked_right_can_be_said(shop: Path) -> None:
    """As for a run: else an app that is mounted below a prefix could be measured, and not be held against itself."""
    ended = run_wsgibench("ab", "--help", cwd=shop)
    assert {"--expect", "--forwarded-proto", "--prefix", "--header", "--method"} <= set(ended.out.split())


def test_without_an_app_there_is_nothing_to_compare(tmp_path: Path) -> None:
    ended = run_wsgibench("ab", "main", cwd=tmp_path)
    assert ended.code == 2
    assert "Nothing says which app to hold against itself." in ended.err


def test_a_file_that_git_ignores_is_named(shop: Path) -> None:
    """The revision cannot have it."""
    (shop / "web/local_settings.py").write_text("")
    (shop / "web/shop.py").write_text("import local_settings\n" + APP.format(busy_s=0.001))
    (shop / ".gitignore").write_text("local_settings.py\n")
    run_git(shop, "add", ".")
    run_git(shop, "commit", "--quiet", "--message", "settings")
    ended = ab(shop, "main")
    assert ended.code == 4
    assert "Git ignores 'local_settings.py', so that no revision has it" in ended.err


@pytest.mark.timeout(100)
def test_so_is_one_that_is_first_missed_when_it_is_asked_for(shop: Path) -> None:
    """The import goes well; the answer does not."""
    asking = APP.format(busy_s=0.001).replace("    end =", '    open("rates.json").close()\n    end =')
    (shop / "web/shop.py").write_text(asking)
    (shop / "web/rates.json").write_text("{}")
    (shop / ".gitignore").write_text("rates.json\n")
    run_git(shop, "add", ".")
    run_git(shop, "commit", "--quiet", "--message", "rates")
    ended = ab(shop, "main", *SHORT)
    assert ended.code == 2, ended.err
    assert "Git ignores 'rates.json', so that no revision has it" in ended.err


def killed(shop: Path, private: dict[str, str], after_s: float) -> None:
    """A call that was killed at that moment, of which nothing runs on for longer than ten seconds."""
    process = subprocess.Popen(
        (sys.executable, "-m", "wsgibench", "ab", "v1", *SHORT, "--other-cpu", "100%"),
        cwd=shop, env={**os.environ, **private},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        time.sleep(after_s)
        family = family_of(process.pid) if process.poll() is None else {}
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    wait_until_gone(family)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("times", [2, pytest.param(50, marks=pytest.mark.long)])
def test_killed_at_any_instant_it_leaves_the_checkout_alone(shop: Path, tmp_path: Path, times: int) -> None:
    """And after the next call nothing of the private space, either; 50 instants in the long form."""
    places = {"XDG_RUNTIME_DIR": tmp_path / "x", "XDG_CACHE_HOME": tmp_path / "cache"}
    for place in places.values():
        place.mkdir(mode=0o700)
    private = {name: str(place) for name, place in places.items()}
    before, draw = state_of(shop), random.Random(4)
    for _ in range(times):
        killed(shop, private, draw.uniform(0.3, 5))
        assert state_of(shop) == before
    ended = run_wsgibench("ab", "v9", cwd=shop, env=private)
    assert ended.code == 2
    ended = run_wsgibench("ab", "v1", "--app", "nothing:app", cwd=shop, env=private)
    assert ended.code == 4
    for place in (places["XDG_RUNTIME_DIR"], places["XDG_CACHE_HOME"] / "wsgibench/private", shop / "runs/.private"):
        assert not place.exists() or list(place.iterdir()) == []
    assert state_of(shop) == before


@pytest.mark.parametrize(
    ("python", "environments", "own"),
    [
        (None, "auto", True),
        (None, "shared", False),
        ("/usr/bin/python3", "auto", False),
        ("/usr/bin/python3", "own", True),
    ],
)
def test_who_names_an_interpreter_decides_unless_each_state_is_to_have_its_own(python, environments, own) -> None:
    assert own_environments({"python": python, "environments": environments}) is own
