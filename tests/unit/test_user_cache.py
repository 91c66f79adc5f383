"""What is kept is what was made; what somebody else may have put there is not taken for it."""

import os
from pathlib import Path

import pytest

from wsgibench.user_cache import cache_path, kept

TEXT = "let a = '\u20ac';\r\n" * 3


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What was made so far; the cache is empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return []


def ask(made: list[str], text: str = TEXT) -> str:
    def make() -> str:
        made.append(text)
        return text

    return kept("script.js", make)


def test_it_is_made_once(made) -> None:
    """Byte for byte, in a file that is private."""
    assert [ask(made), ask(made)] == [TEXT, TEXT]
    assert made == [TEXT]
    path = cache_path("script.js")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [*path.parent.iterdir()] == [path]


def _damage(path: Path) -> None:
    path.write_text(path.read_text()[:-1])


def _open_to_others(path: Path) -> None:
    path.chmod(0o622)


def _link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _not_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")


def _give_away(path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give files away")
    os.chown(path, 12345, -1)


@pytest.mark.parametrize("spoil", [_damage, _open_to_others, _link, _fifo, _not_text, _give_away])
def test_what_is_not_as_it_was_left_is_made_anew(made, spoil) -> None:
    """And kept in its place."""
    ask(made)
    spoil(cache_path("script.js"))
    assert [ask(made, "new"), ask(made, "new")] == ["new", "new"]
    assert made == [TEXT, "new"]


def test_where_nothing_can_be_kept_it_is_made_each_time(made, monkeypatch, tmp_path) -> None:
    """There may be no room, or a file where a directory would have to be."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert [ask(made), ask(made)] == [TEXT, TEXT]
    assert made == [TEXT, TEXT]


def test_nothing_is_left_in_a_home_of_somebody_else(made, monkeypatch, tmp_path) -> None:
    """Root may have it, and its owner could not use what root leaves."""
    if os.geteuid():
        pytest.skip("only root can give directories away")
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    os.chown(theirs, 12345, -1)
    monkeypatch.setenv("XDG_CACHE_HOME", str(theirs))
    assert [ask(made), ask(made)] == [TEXT, TEXT]
    assert not [*theirs.iterdir()]
