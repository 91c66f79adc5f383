"""Where the files of a run's variants are while it is measured."""

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from support.fakes import World, a_plan
from support.repository import Repository
from wsgibench.analysis.verdict import verdict_of
from wsgibench.bench.checkouts import changed_since
from wsgibench.bench.experiment import begin, carry_out, run
from wsgibench.bench.listener import Noted
from wsgibench.bench.variant_files import apart, sweep_variant_files, variant_files
from wsgibench.bench.variants import apps_in, known
from wsgibench.errors import MissingError
from wsgibench.model.app import App
from wsgibench.model.stack import parse_candidate
from wsgibench.model.variant import Revision, Variant
from wsgibench.runs.folder import RunFolder

MEMORY = Path("/dev/shm")
RATES = {"gunicorn@old": 3000, "gunicorn@new": 3000}


@pytest.fixture
def memory(tmp_path: Path):
    """A private directory on another file system than that of ``tmp_path``."""
    if not os.access(MEMORY, os.W_OK) or MEMORY.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is one file system alone")
    directory = MEMORY / f"wb-test-{os.getpid()}"
    directory.mkdir(mode=0o700)
    yield directory
    subprocess.run(("/bin/rm", "-r", str(directory)), check=True)


@pytest.fixture
def plan(tmp_path: Path):
    repository = Repository(tmp_path / "repository")
    app = App(target="app:app", directory=str(repository.path / "site"))
    variants = known((Variant(name="old", revision=Revision(named="v1")), Variant(name="new")), app)
    stacks = [parse_candidate(each) for each in RATES]
    return msgspec.structs.replace(a_plan(["gunicorn"], blocks=1), app=app, variants=variants, stacks=tuple(stacks))


def test_revisions_are_on_the_file_system_of_the_checkout(plan, tmp_path, memory, monkeypatch) -> None:
    """In the user's cache, else beside the run's folder; only we may enter, and nothing stays."""
    runs = tmp_path / "runs"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(memory))
    for cache, base in ((tmp_path / "cache", tmp_path / "cache/wsgibench/private"), (memory, runs / ".private")):
        monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
        with variant_files(plan, runs) as files:
            assert files.parent == base
            assert base.stat().st_mode & 0o077 == files.stat().st_mode & 0o077 == 0
            assert apart(apps_in(plan, files)) == ()
        assert not files.exists()
    assert list(runs.iterdir()) == []


def test_where_that_cannot_be_it_is_said_and_kept(plan, tmp_path, memory, monkeypatch) -> None:
    """Before anything is measured; and the verdict warns of it."""
    for name in ("XDG_RUNTIME_DIR", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(memory))
    said = []
    done = run(plan, memory / "runs", listener=said.append, parts=World(dict.fromkeys(RATES, 0.01)).parts())
    sentence = "The files of new are on another file system than those of old."
    assert Noted(sentence=sentence) in said[:2]
    assert json.loads((Path(done.folder) / "run.json").read_text())["apart"] == ["new"]
    assert [
        each.cause for each in verdict_of(RunFolder(Path(done.folder))).cautions if each.name == "file-systems"
    ] == [sentence]


def test_what_a_killed_run_left_is_removed_by_the_next(plan, tmp_path, memory, monkeypatch) -> None:
    """Wherever it was; and what one that lives has is left to it."""
    runs = tmp_path / "runs"
    code = (
        "import os, sys, msgspec; from pathlib import Path; from wsgibench.model.plan import Plan\n"
        "from wsgibench.bench.variant_files import variant_files\n"
        "with variant_files(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan), Path(sys.argv[1])): os._exit(9)\n"
    )
    for cache in (tmp_path / "cache", memory):
        monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
        argv = (sys.executable, "-c", code, str(runs))
        assert subprocess.run(argv, input=msgspec.json.encode(plan), check=False).returncode == 9
        base = tmp_path / "cache/wsgibench/private" if cache != memory else runs / ".private"
        assert len(list(base.iterdir())) == 1
        with variant_files(plan, runs) as files:
            sweep_variant_files(runs)
            assert list(base.iterdir()) == [files]


def test_a_directory_that_others_may_enter_is_not_taken(plan, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    base = tmp_path / "cache/wsgibench/private"
    base.mkdir(parents=True)
    base.chmod(0o755)
    with variant_files(plan, tmp_path / "runs") as files:
        assert files.parent == tmp_path / "runs/.private"


def test_a_checkout_that_changes_while_it_is_measured_is_said(plan, tmp_path) -> None:
    """Which state the figures are of is not known then."""
    there = Path(plan.app.directory) / "app.py"
    world = World(dict.fromkeys(RATES, 0.01), on_load=lambda *_: there.write_text("STATE = 3\n"))
    done = run(plan, tmp_path / "runs", parts=world.parts())
    assert done.run.changed == ("new",)
    cautions = verdict_of(RunFolder(Path(done.folder))).cautions
    assert "Files of new changed in the checkout while they were measured." in [each.cause for each in cautions]


def test_what_is_written_into_run_folders_is_no_change(plan) -> None:
    """Also where they are in a checkout that does not ignore them."""
    runs = Path(plan.app.directory) / "measured"
    runs.mkdir()
    assert run(plan, runs, parts=World(dict.fromkeys(RATES, 0.01)).parts()).run.changed == ()


def test_a_run_does_not_go_on_with_another_state(plan, tmp_path) -> None:
    """Under the same name: it is refused, with what it was and what it is."""
    folder = begin(plan, tmp_path / "runs", parts=World(dict.fromkeys(RATES, 0.01)).parts())
    (Path(plan.app.directory) / "app.py").write_text("STATE = 3\n")
    with pytest.raises(MissingError, match=r"'new' is not as it was when the run began: .* with changes \(diff"):
        carry_out(folder, parts=World(dict.fromkeys(RATES, 0.01)).parts())


def test_files_that_git_does_not_know_count_by_their_content(plan, tmp_path) -> None:
    """Names alone would say that nothing changed."""
    module = Path(plan.app.directory) / "module.py"
    variants = []
    for body in ("A = 1\n", "A = 2\n"):
        module.write_text(body)
        variants.append(known((Variant(name="new"),), plan.app))
    one, other = variants
    assert one[0].checkout.untracked == other[0].checkout.untracked == ("site/module.py",)
    assert changed_since(one, plan.app, tmp_path) == ("new",)
    assert changed_since(other, plan.app, tmp_path) == ()
    before = msgspec.structs.replace(one[0].checkout, untracked_sha256=None)
    assert before.is_as(other[0].checkout)
