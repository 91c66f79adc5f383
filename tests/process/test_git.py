"""Git, asked without a trace: revisions as directories, and checkouts as they are."""

import hashlib
import os
import shlex
import subprocess
import time
from pathlib import Path

import pytest

from support.repository import Repository, run_git
from wsgibench.bench.revisions import checkout_at, left_out, revision_at
from wsgibench.bench.variants import known
from wsgibench.errors import MissingError, UsageError
from wsgibench.model.app import App
from wsgibench.model.variant import Revision, Variant
from wsgibench.processes.git import checked_out, write_revision


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "a repository")


def test_a_revision_is_written_as_a_checkout_would_be(repository: Repository, tmp_path: Path) -> None:
    """With what an archive would leave out; of the user's own files nothing is read, and nothing is written."""
    repository.write("site/app.py", "STATE = 'staged'\n")
    repository.git("add", ".")
    repository.write("site/app.py", "STATE = 'not staged'\n")
    repository.write("unknown.py", "")
    hook = repository.path / ".git/hooks/post-index-change"
    hook.write_text("#!/bin/sh\ntouch hook-has-run\n")
    hook.chmod(0o755)
    repository.git("config", "core.splitIndex", "true")
    before = repository.state()
    for named, state in (("v1", "STATE = 1\n"), ("main", "STATE = 2\n")):
        revision = revision_at(named, str(repository.path / "site"))
        write_revision(Path(revision.repository), revision.commit, tmp_path / named)
        assert (tmp_path / named / revision.subdirectory / "app.py").read_text() == state
    assert (tmp_path / "main/lib/extra.py").exists()
    assert not (tmp_path / "main/unknown.py").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"a repository", "v1", "main"}
    assert checked_out(repository.path) is not None
    assert repository.state() == before
    assert repository.git("worktree", "list").count("\n") == 1


def test_a_repository_that_git_does_not_trust_is_one(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container, whose user owns no checkout: with Git's own words, and what makes it trust."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(UsageError, match="detected dubious ownership in repository at") as raised:
        revision_at("v1", str(repository.path / "site"))
    command = shlex.split(raised.value.hint)
    assert command == ["git", "config", "--global", "--add", "safe.directory", str(repository.path)]
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    subprocess.run(command, check=True)
    assert revision_at("v1", str(repository.path)).repository == str(repository.path)
    with pytest.raises(UsageError, match="is in no checkout of Git"):
        revision_at("v1", str(tmp_path / "elsewhere"))


def test_a_hook_of_another_repository_does_not_lead_astray(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git tells its hooks of their repository by variables that every other command would obey, too."""
    other = Repository(tmp_path / "other")
    for name, value in (("GIT_DIR", ".git"), ("GIT_INDEX_FILE", ".git/index"), ("GIT_WORK_TREE", str(other.path))):
        monkeypatch.setenv(name, str(other.path / value))
    assert revision_at("v1", str(repository.path)).repository == str(repository.path)


def test_a_checkout_is_said_as_it_is(repository: Repository) -> None:
    """The commit, what was changed since by its hash, and what Git does not know; ignored files are no part of it."""
    commit = repository.git("rev-parse", "HEAD").strip()
    repository.write("local_settings.py", "SECRET = 1\n")
    repository.write("runs/.gitignore", "*\n")
    os.utime(repository.path / "site/app.py", (1, 1))
    clean = checkout_at(str(repository.path / "site"))
    assert clean is not None
    assert (clean.commit, clean.diff_sha256, clean.untracked) == (commit, None, ())
    repository.write("site/app.py", "STATE = 3\n")
    repository.write("new/module.py", "")
    dirty = checkout_at(str(repository.path))
    assert dirty is not None
    assert dirty.diff_sha256 == hashlib.sha256(repository.git("diff", "--binary", "HEAD").encode()).hexdigest()
    assert dirty.untracked == ("new/",)
    assert clean.untracked_sha256 is None
    assert len(dirty.untracked_sha256) == 64
    assert dirty.words == f"{commit[:10]} with changes (diff {dirty.diff_sha256[:10]}), untracked: new/"


def test_a_change_as_long_as_what_was_there_and_at_once_is_seen(tmp_path: Path) -> None:
    """Git trusts a file's length and time only where its index is younger: the copy of one must be as old."""
    repository = Repository(tmp_path / "shop")
    path = repository.path / "site/app.py"
    # Within one second of the clock, by which Git knows a file.
    time.sleep(1 - time.time() % 1)
    path.write_text("STATE = 3\n")
    repository.git("add", ".")
    repository.commit("three")
    path.write_text("STATE = 4\n")
    time.sleep(1)
    found = checked_out(repository.path)
    assert found is not None
    assert found.diff_sha256


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (Variant(name="old", revision=Revision(named="v1")), Variant(name="new"), "3 files changed"),
        (
            Variant(name="old", revision=Revision(named="v1")),
            Variant(name="m", revision=Revision(named="main")),
            "3 files",
        ),
        (Variant(name="old"), Variant(name="new", revision=Revision(named="main")), "1 file changed, 1 deletion(-)"),
        (Variant(name="old"), Variant(name="new"), ""),
    ],
)
def test_how_much_differs_is_counted(repository: Repository, one: Variant, other: Variant, said: str) -> None:
    """Between commits, and between one and the working tree, either way; the checkout is as before."""
    repository.write("site/app.py", "STATE = 2\nMORE = 3\n")
    before = repository.state()
    app = App(target="app:app", directory=str(repository.path / "site"))
    found = known((one, other), app)
    assert found[0].changes == ""
    assert found[1].changes.startswith(f"beside old {said}" if said else "")
    assert bool(found[1].changes) is bool(said)
    assert repository.state() == before


def test_what_is_in_no_checkout_has_no_commit(tmp_path: Path) -> None:
    assert checkout_at(str(tmp_path)) is None
    run_git(tmp_path, "init", "--quiet")
    assert checkout_at(str(tmp_path)) is None
    with pytest.raises(UsageError, match="is in no checkout of Git"):
        revision_at("main", "/")


@pytest.mark.parametrize(
    ("named", "hint"),
    [
        ("mian", "Did you mean 'main'?"),
        ("topic", "Did you mean 'origin/topic'?"),
        ("--all", "git log --oneline --all shows which there are."),
        ("v1^{tree}", "git log --oneline --all shows which there are."),
    ],
)
def test_an_unknown_revision_is_refused(repository: Repository, named: str, hint: str) -> None:
    repository.git("update-ref", "refs/remotes/origin/topic", "HEAD")
    with pytest.raises(UsageError, match="No revision is called") as raised:
        revision_at(named, str(repository.path))
    assert raised.value.hint == hint


def test_a_shallow_clone_says_what_to_fetch(repository: Repository, tmp_path: Path) -> None:
    repository.git("clone", "--quiet", "--depth", "1", f"file://{repository.path}", str(tmp_path / "shallow"))
    with pytest.raises(UsageError, match="which is a shallow clone") as raised:
        revision_at("0123456789", str(tmp_path / "shallow"))
    assert raised.value.hint.startswith("git fetch --depth 1 origin 0123456789")


@pytest.mark.parametrize("named", ["HEAD~1", "main^", "origin/main~1"])
def test_what_lies_before_a_shallow_clones_commits_is_said_to(
    repository: Repository, tmp_path: Path, named: str
) -> None:
    """No remote knows it by such a name; nor does it help to be told that there is a main."""
    repository.git("clone", "--quiet", "--depth", "1", f"file://{repository.path}", str(tmp_path / "shallow"))
    with pytest.raises(UsageError, match="has the last commits alone") as raised:
        revision_at(named, str(tmp_path / "shallow"))
    assert raised.value.hint.startswith("git fetch --unshallow")


def test_a_revision_without_the_directory_is_refused(repository: Repository) -> None:
    with pytest.raises(UsageError, match="The revision 'v1' has no directory 'lib'"):
        revision_at("v1", str(repository.path / "lib"))


def test_submodules_come_with_it(repository: Repository, tmp_path: Path) -> None:
    """At the commit that the revision says; one that is not checked out here is not there either."""
    library = Repository(tmp_path / "library")
    repository.git("submodule", "--quiet", "add", str(library.path), "vendor")
    repository.commit("with a submodule")
    old = repository.git("rev-parse", "HEAD").strip()
    run_git(repository.path / "vendor", "checkout", "--quiet", "v1")
    write_revision(repository.path, old, tmp_path / "with")
    assert (tmp_path / "with/vendor/site/app.py").read_text() == "STATE = 2\n"
    repository.git("submodule", "--quiet", "deinit", "--force", "vendor")
    write_revision(repository.path, old, tmp_path / "without")
    assert not (tmp_path / "without/vendor/site").exists()


def test_a_commit_that_is_not_there_cannot_be_written(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="The commit 0000000000 of"):
        write_revision(repository.path, "0" * 40, tmp_path / "there")
    with pytest.raises(UsageError, match="is no commit"):
        Revision(named="x", commit="--output=/tmp/x")


@pytest.mark.parametrize(
    ("problem", "name"),
    [
        ("ModuleNotFoundError: No module named 'local_settings'", "local_settings.py"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'local_settings.py'", "local_settings.py"),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/private/local_settings.py'", "local_settings.py"),
        ("ModuleNotFoundError: No module named 'numpy'", None),
        ("SyntaxError: invalid syntax", None),
    ],
)
def test_a_file_that_git_ignores_is_named(repository: Repository, problem: str, name: str | None) -> None:
    repository.write("local_settings.py", "")
    revision = revision_at("v1", str(repository.path))
    assert left_out(problem, revision, App(target="app:app", directory="/private")) == name


def test_of_a_checkout_that_git_cannot_read_nothing_is_said(repository: Repository) -> None:
    """Least of all that it is unchanged."""
    assert checked_out(repository.path) is not None
    (repository.path / ".git/index").write_bytes(b"no index")
    assert checked_out(repository.path) is None
