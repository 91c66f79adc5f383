"""Run folders changed as a stranger, a bad disk or a bad copy would change them.

What is changed is a tree of hard links to the files of a whole one (``restore``): files are replaced, not written into.
"""

import contextlib
import io
import json
import os
import shutil
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

ABSURD = (
        None, True, False, 0, 1, -1, 2, 10**9, 10**18, 2**63, 2**64, 10**40, -(10**18), 0.0, -0.5, 0.5, 1e-300, 1e15,
        1e300, -1e300, "", "x", "steady", "done", "failed", "running", "../../etc/passwd", "/dev/zero", "a\0b",
        "\x1b]0;owned\x07", "\x9b2J", "\u202egnp.exe", "<script>alert(1)</script>", "{{ 7 * 7 }}", "x" * 5000, "\ud83d",
        "nginx+gunicorn:w9", "direct", "locust", "psutil", "throughput", "p99", [], {}, [[]], [0], ["x"], {"x": 1},
        [None] * 50, {"type": "rate", "start_per_s": 0.0, "end_per_s": 0.0}, {"type": "connections", "count": 0},
        {"type": "users", "count": 10**12, "spawn_rate_per_s": 0.0},
)  # fmt: skip
"""Values that stand in the place of others. A lone surrogate is written as JSON can, by its escape."""

_ALIKE_SHARE = 0.8
_NAN = "\x00NaN\x00"
_LITERALS = ("NaN", "Infinity", "-Infinity", "1e999", "-0", "0" * 400, "[" * 5000 + "]" * 5000, "1" * 5000)


def restore(copy: Path, whole: Path) -> None:
    """Make the directory a tree of hard links to the files of the whole one, whatever was done to it before."""
    found = {entry.name: entry for entry in os.scandir(copy)}
    for entry in os.scandir(whole):
        here = found.pop(entry.name, None)
        place = copy / entry.name
        if entry.is_dir():
            if here is not None and not here.is_dir(follow_symlinks=False):
                place.unlink()
            place.mkdir(exist_ok=True)
            restore(place, whole / entry.name)
        elif here is None or here.inode() != entry.inode():
            _remove(place)
            place.hardlink_to(entry.path)
    for name in found:
        _remove(copy / name)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _replace(place: Path, data: bytes) -> None:
    """Neither what a link leads to nor the file of the whole folder is written to."""
    place.unlink(missing_ok=True)
    place.write_bytes(data)


def _files(folder: Path) -> list[Path]:
    """Names of plain files, relative and sorted."""
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _any(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*"))


def _chosen(draw: Random, paths: list[Path]) -> Path | None:
    return draw.choice(paths) if paths else None


def flip_bytes(draw: Random, folder: Path) -> None:
    """Change, cut or double some bytes of a file."""
    name = _chosen(draw, _files(folder))
    if name is None:
        return
    data = bytearray((folder / name).read_bytes())
    at = draw.randint(0, max(len(data) - 1, 0))
    till = min(at + draw.choice([1, 2, 4, 30, 1000]), len(data))
    match draw.choice(["change", "cut", "end", "double", "fill"]):
        case "change":
            data[at:till] = draw.randbytes(draw.randint(1, 4))
        case "cut":
            del data[at:till]
        case "end":
            del data[at:]
        case "double":
            data[at:at] = data[at:till] * draw.choice([1, 50])
        case _:
            data[at:till] = bytes([draw.choice([0, 9, 48, 57, 91, 123, 255])]) * (till - at)
    _replace(folder / name, bytes(data))


def change_json(draw: Random, folder: Path) -> None:
    """Put an absurd value in the place of another, leave one out, add one, or repeat a part."""
    name = _chosen(draw, [path for path in _files(folder) if path.suffix == ".json"])
    if name is None:
        return
    try:
        value = json.loads((folder / name).read_bytes())
    except (ValueError, RecursionError):
        return
    literal = draw.choice(_LITERALS) if draw.random() < 0.1 else None
    text = json.dumps(_changed(draw, value, None if literal is None else _NAN))
    _replace(folder / name, text.replace(json.dumps(_NAN), literal or "").encode())


def _changed(draw: Random, value: Any, literal: str | None) -> Any:
    """The value with something changed in it, by that literal or by an absurd value."""
    if not isinstance(value, dict | list) or not value or draw.randint(0, 9) == 0:
        return literal or _absurd(draw, value)
    keys = list(value) if isinstance(value, dict) else range(len(value))
    key = draw.choice(keys)
    how = draw.choice(["within", "within", "within", "within", "without", "beside", "repeat"])
    if how == "within":
        value[key] = _changed(draw, value[key], literal)
    elif how == "without":
        del value[key]
    else:
        new = value[key] if how == "repeat" else literal or _absurd(draw, value[key])
        if isinstance(value, dict):
            value[draw.choice(["x", "steady", "saturated", "../x", "\x1b[2J", ""])] = new
        else:
            value.append(new)
    return value


def _absurd(draw: Random, value: Any) -> Any:
    """Mostly of the kind that is there: of another one, all that is found out is that it is of another one."""
    kinds = (int, float) if isinstance(value, int | float) and not isinstance(value, bool) else (type(value),)
    alike = [each for each in ABSURD if type(each) in kinds]
    return draw.choice(alike if alike and draw.random() < _ALIKE_SHARE else ABSURD)


def change_kind(draw: Random, folder: Path) -> None:
    """Put a link, a pipe, a socket's name, a directory or nothing in the place of a file or directory."""
    name = _chosen(draw, _any(folder))
    if name is None:
        return
    place = folder / name
    moved = folder.parent / "moved"
    kind = draw.choice(["passwd", "zero", "itself", "moved", "above", "pipe", "file", "directory", "nothing"])
    if kind == "moved":
        with contextlib.suppress(OSError):
            place.rename(moved)
    _remove(place)
    targets = {"passwd": "/etc/passwd", "zero": "/dev/zero", "itself": place, "moved": moved, "above": ".."}
    if kind in targets:
        place.symlink_to(targets[kind])
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "file":
        place.write_bytes(b"x")
    elif kind == "directory":
        place.mkdir()


def change_arrays(draw: Random, folder: Path) -> None:
    """Put other arrays into a recording."""
    name = _chosen(draw, [path for path in _files(folder) if path.suffix == ".npz"])
    if name is None:
        return
    try:
        with np.load(folder / name) as archive:
            arrays = dict(archive)
    except Exception:  # noqa: BLE001 - whatever was done to it before
        return
    key = draw.choice([*sorted(arrays), "more"])
    length = np.size(arrays.get(key, []))
    arrays[key] = draw.choice(
            [
                np.zeros(0), np.zeros(length, np.int64), np.full(length, -1), np.full(length, 2**62), np.arange(length),
                np.full(length, 40_000), np.full(length, np.nan), np.full(length, np.inf), np.zeros((length, 1)),
                np.zeros(3_000_000, np.int64), np.array(["x"] * length), np.zeros(length, np.complex128),
                np.full(length, 10_000_000, np.int32), np.arange(length)[::-1].copy(), np.array(7),
            ]
    )  # fmt: skip
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    _replace(folder / name, buffer.getvalue())


_ADDED = (
    *(".results.csv.part", "results.csv", "verdict.json", ".verdict.json.part", "\udcff"),
    *("trials/9999-x", "trials/x", "trials/\x1b[2J", "trials/\udcff", "trials/0009-gunicorn/trial.json"),
)


def add_something(draw: Random, folder: Path) -> None:
    """Put something beside what is there, perhaps where a file is going to be written."""
    name = draw.choice(_ADDED)
    place = folder / name
    with contextlib.suppress(OSError):
        match draw.choice(["pipe", "directory", "link", "copy"]):
            case "pipe":
                os.mkfifo(place)
            case "directory":
                place.mkdir(parents=True)
            case "link":
                place.symlink_to("/etc/passwd")
            case _:
                place.parent.mkdir(parents=True, exist_ok=True)
                _replace(place, (folder / "trials" / "0001-gunicorn" / "trial.json").read_bytes())


MUTATIONS = (flip_bytes, change_json, change_json, change_json, change_kind, change_arrays, add_something)


def mutate(draw: Random, folder: Path) -> None:
    """One to three of them."""
    for change in draw.choices(MUTATIONS, k=draw.randint(1, 3)):
        change(draw, folder)
