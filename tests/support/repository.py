"""A small repository of Git, and Git itself, as its user runs it."""

import shutil
import subprocess
from pathlib import Path

GIT = shutil.which("git") or "git"
_SETUP = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always")


def run_git(directory: Path, *arguments: str) -> str:
    """What a command says, which must go well."""
    done = subprocess.run(
        (GIT, *_SETUP, *arguments),
        cwd=directory,
        check=True,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout


class Repository:
    """A repository with two commits, ``v1`` and ``main``, and something staged, stashed and unknown."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("site/app.py", "STATE = 1\n")
        self.write(".gitignore", "local_settings.py\n")
        self.git("add", ".")
        self.commit("one")
        self.git("tag", "v1")
        self.write("site/app.py", "STATE = 2\n")
        self.write("lib/extra.py", "")
        self.write(".gitattributes", "lib export-ignore\n")
        self.git("add", ".")
        self.commit("two")

    def git(self, *arguments: str) -> str:
        return run_git(self.path, *arguments)

    def commit(self, message: str) -> None:
        self.git("commit", "--quiet", "--message", message)

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text)

    def state(self) -> dict[str, bytes]:
        """Every file of the repository and of its checkout, with when it was written."""
        return {
            str(path): path.read_bytes() + str(path.stat().st_mtime_ns).encode()
            for path in sorted(self.path.rglob("*"))
            if path.is_file()
        }
