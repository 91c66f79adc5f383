"""Run folders changed as a stranger, a bad disk or a bad copy would change them.

Each kind of change is what some guard is there for, and is made to any file, directory or value of the folder, all that
are unlike being equally likely. What is changed is a tree of hard links to the files of a whole one (``restore``):
files are replaced, not written into.
"""

import contextlib
import functools
import io
import json
import os
import shutil
import socket
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

ESCAPES = ("\x1b]0;owned\x07", "\x1b[2J", "\x9b2J", "\u202egnp.exe", "\r\x1b[1A", "\x1b[8m")
HOSTILE = (
    *(*ESCAPES, "<script>alert(1)</script>", "</script><script>alert(1)", "{{ 7 * 7 }}"),
    "'\"><img src=x onerror=alert(1)>",
)
ABSURD = (
    None, True, False, 0, 1, -1, 2, 10**9, 10**18, 2**63, 2**64, 10**40, -(10**18), 0.0, -0.5, 0.5, 1e-300, 1e15,
    1e300, -1e300, "", "x", "steady", "done", "failed", "running", "../../etc/passwd", "/dev/zero", "a\0b",
    *HOSTILE, "x" * 5000, "\ud83d", "nginx+gunicorn:w9", "direct", "locust", "psutil", "throughput", "p99", [], {},
    [[]], [0], ["x"], {"x": 1}, [None] * 50, {"type": "rate", "start_per_s": 0.0, "end_per_s": 0.0},
    {"type": "connections", "count": 0}, {"type": "users", "count": 10**12, "spawn_rate_per_s": 0.0},
)  # fmt: skip
"""Values that stand in the place of others. A lone surrogate is written as JSON can, by its escape."""
NUMBERS = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "-0",
    "0" * 400,
    "1" * 5000,
    "1e308",
    "-1e308",
    "1e-320",
    "1" + "0" * 40,
)
DEEP = ("[" * 5000 + "]" * 5000, '{"a":' * 300_000, "[" * 1_000_000)
MANY = "[" + "{}," * 13_000_000 + "{}]"
"""40 MB of text, 900 MB of objects."""
INFLATED_BYTES, HUGE_BYTES = 700 << 20, 1 << 30
FIGURES = ("mean_s", "p50_s", "p90_s", "p99_s", "max_s", "requests_per_s", "duration_s", "start_s", "engine_cpu_s")
_NEW = "\x00new\x00"
_WRITTEN = ("results.csv", "verdict.json", "report.html")
_ADDED = (
    *(*_WRITTEN, "answers.npz", "\udcff", "trials/\udcff"),
    *("trials/9999-x", "trials/x", "trials/\x1b[2J", "trials/0009-gunicorn/trial.json"),
)


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


def _files(folder: Path, suffix: str = "") -> list[Path]:
    """Plain files, sorted."""
    plain = (path for path in folder.rglob(f"*{suffix}") if path.is_file() and not path.is_symlink())
    return sorted(plain)


def _file(draw: Random, folder: Path, suffix: str = "") -> Path:
    """All files of a name are as likely as one of another."""
    by_name: dict[str, list[Path]] = {}
    for path in _files(folder, suffix):
        by_name.setdefault(path.name, []).append(path)
    return draw.choice(by_name[draw.choice(sorted(by_name))])


def _entry(draw: Random, folder: Path) -> Path:
    """A directory or a file."""
    if draw.random() < 0.5:
        return draw.choice(sorted(path for path in folder.rglob("*") if path.is_dir()))
    return _file(draw, folder)


Place = tuple[str | int, ...]


def _leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """All that is in a value and holds nothing itself, by its place."""
    if isinstance(value, dict | list) and value:
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(each, (*place, key))
    else:
        yield place, value


def _leaf(draw: Random, value: Any, kinds: tuple[type, ...]) -> Place | None:
    """One of these kinds. Those that are told apart by their numbers in lists alone are together as likely as one."""
    alike: dict[Place, list[Place]] = {}
    for place, each in _leaves(value):
        if isinstance(each, kinds) and not (isinstance(each, bool) and bool not in kinds):
            alike.setdefault(tuple("" if isinstance(key, int) else key for key in place), []).append(place)
    return draw.choice(alike[draw.choice(sorted(alike))]) if alike else None


def _inner(value: Any, place: Place) -> Any:
    for key in place:
        value = value[key]
    return value


def _put(file: Path, value: Any, place: Place, new: Any, literal: str | None = None) -> None:
    """Write the value, with something else at that place; a literal as it stands."""
    new = _NEW if literal is not None else new
    if place:
        _inner(value, place[:-1])[place[-1]] = new
    text = json.dumps(value if place else new)
    _replace(file, text.replace(json.dumps(_NEW), literal or "", 1).encode())


def _json(draw: Random, folder: Path) -> tuple[Path, Any]:
    file = _file(draw, folder, ".json")
    return file, json.loads(file.read_bytes())


def a_number(draw: Random, folder: Path) -> None:
    """An absurd one, in the place of another."""
    file, value = _json(draw, folder)
    place = _leaf(draw, value, (int, float))
    if place is not None:
        if draw.random() < 0.5:
            _put(file, value, place, None, draw.choice(NUMBERS))
        else:
            _put(file, value, place, draw.choice([each for each in ABSURD if type(each) in {int, float}]))


def a_text(draw: Random, folder: Path) -> None:
    """Something hostile in the place of some texts, or after them; wherever else these stand, so that all agree."""
    files = _files(folder, ".json")
    values = {file: json.loads(file.read_bytes()) for file in files}
    chosen: set[str] = set()
    if draw.random() < 0.5:
        # What is made of words is shown, and no name that decides what it is.
        chosen = {
            each for value in values.values() for _, each in _leaves(value) if isinstance(each, str) and " " in each
        }
    for _ in range(draw.choice([1, 1, 3, 10]) if not chosen else 0):
        value = values[_file(draw, folder, ".json")]
        place = _leaf(draw, value, (str,))
        chosen |= {_inner(value, place)} if place is not None else set()
    hostile = draw.choice(HOSTILE) if draw.random() < 0.4 else "".join(HOSTILE)
    is_kept = draw.random() < 0.7
    for file, value in values.items():
        for place, each in list(_leaves(value)):
            if place and isinstance(each, str) and each in chosen:
                _inner(value, place[:-1])[place[-1]] = (each if is_kept else "") + hostile
        _replace(file, json.dumps(value).encode())


def a_type(draw: Random, folder: Path) -> None:
    """A value of another type."""
    file, value = _json(draw, folder)
    place = _leaf(draw, value, (object,)) or ()
    place = place[: draw.choice([len(place), len(place), max(len(place) - 1, 0), 1])]
    old = _inner(value, place)
    _put(file, value, place, draw.choice([each for each in ABSURD if type(each) is not type(old)]))


def a_key(draw: Random, folder: Path) -> None:
    """Another one in the place of one, beside it, or none."""
    file, value = _json(draw, folder)
    place = _leaf(draw, value, (object,)) or ()
    place = place[: draw.randint(1, max(len(place), 1))]
    within = _inner(value, place[:-1]) if place else value
    if not isinstance(within, dict) or not place:
        return
    old = within[place[-1]]
    if draw.random() < 0.6:
        del within[place[-1]]
    if draw.random() < 0.7:
        within[draw.choice(["x", "steady", "saturated", "../x", "/etc/passwd", "", "x" * 5000, *HOSTILE])] = old
    _replace(file, json.dumps(value).encode())


def a_depth(draw: Random, folder: Path) -> None:
    """Brackets without end."""
    file, value = _json(draw, folder)
    _put(file, value, _leaf(draw, value, (object,)) or (), None, draw.choice(DEEP))


def a_crowd(draw: Random, folder: Path) -> None:
    """Small objects without end."""
    file, value = _json(draw, folder)
    lists = [place[: place.index(0)] for place, _ in _leaves(value) if 0 in place]
    place = draw.choice(sorted(set(lists), key=str)) if lists else _leaf(draw, value, (object,)) or ()
    _put(file, value, place, None, MANY)


def a_repetition(draw: Random, folder: Path) -> None:
    """A part of a list again, or of an object under another key."""
    file, value = _json(draw, folder)
    place = _leaf(draw, value, (object,)) or ()
    within = _inner(value, place[:-1]) if place else value
    match within:
        case list():
            within += [within[place[-1]]] * draw.choice([1, 50])
        case dict() if place:
            within[draw.choice(["steady", "saturated", "x"])] = within[place[-1]]
    _replace(file, json.dumps(value).encode())


def a_link(draw: Random, folder: Path) -> None:
    """In the place of a file or directory: to what is like it elsewhere, as a rule."""
    place = _entry(draw, folder)
    target: Path = elsewhere_of(folder) / place.relative_to(folder)
    if draw.random() < 0.2:
        target = draw.choice([Path("/etc/passwd"), Path("/dev/zero"), place, Path(".."), Path("/")])
    _remove(place)
    place.symlink_to(target)


def a_trap(draw: Random, folder: Path) -> None:
    """A link or a pipe where a file is going to be written."""
    name = draw.choice(_WRITTEN)
    place = folder / (f".{name}.part" if draw.random() < 0.8 else name)
    _remove(place)
    if draw.random() < 0.7:
        place.symlink_to(elsewhere_of(folder) / "run.json")
    else:
        os.mkfifo(place)


def elsewhere_of(folder: Path) -> Path:
    """Where links lead."""
    return folder.parent.with_name("elsewhere") / folder.name


def a_special(draw: Random, folder: Path) -> None:
    """A pipe, socket, device, directory or nothing in the place of a file; a file in that of a directory."""
    place = _entry(draw, folder)
    if place.is_dir():
        _remove(place)
        place.write_bytes(b"x")
        return
    _remove(place)
    match draw.choice(["pipe", "socket", "device", "directory", "nothing"]):
        case "pipe":
            os.mkfifo(place)
        case "socket":
            within = os.open(place.parent, os.O_RDONLY)
            with socket.socket(socket.AF_UNIX) as listener, contextlib.suppress(OSError, UnicodeError):
                listener.bind(f"/proc/self/fd/{within}/{place.name}")
            os.close(within)
        case "device":
            with contextlib.suppress(PermissionError):
                os.mknod(place, 0o600 | 0o020000, os.makedev(1, 5))
        case "directory":
            place.mkdir()


def a_length(draw: Random, folder: Path) -> None:
    """A file that is a hole of a gibibyte, at its end or throughout."""
    file = _file(draw, folder)
    _replace(file, file.read_bytes() if draw.random() < 0.5 else b"")
    os.truncate(file, HUGE_BYTES)


@functools.cache
def _bomb(name: str) -> bytes:
    """Of one array without end, beside others as they should be."""
    header = f"{{'descr': '<i8', 'fortran_order': False, 'shape': ({INFLATED_BYTES // 8},), }}".ljust(117) + "\n"
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(f"{name}.npy", "w", force_zip64=True) as member,
    ):
        member.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode())
        for _ in range(INFLATED_BYTES >> 20):
            member.write(bytes(1 << 20))
    return buffer.getvalue()


def a_bomb(draw: Random, folder: Path) -> None:
    """A recording that inflates to 700 MB."""
    _replace(_file(draw, folder, ".npz"), _bomb(draw.choice(["latency_count", "latency_second"])))


def some_arrays(draw: Random, folder: Path) -> None:
    """Other arrays in a recording."""
    file = _file(draw, folder, ".npz")
    # Of a file that is no archive any more, it would not close what it has opened.
    with file.open("rb") as opened, np.load(opened) as archive:
        arrays = dict(archive)
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
    _replace(file, buffer.getvalue())


def some_bytes(draw: Random, folder: Path) -> None:
    """Change, cut or double some of a file."""
    file = _file(draw, folder)
    data = bytearray(file.read_bytes())
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
    _replace(file, bytes(data))


def something_more(draw: Random, folder: Path) -> None:
    """A file beside what is there, perhaps where one is going to be written."""
    place = folder / draw.choice(_ADDED)
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        _replace(place, _file(draw, folder).read_bytes())


def a_trial_twice(draw: Random, folder: Path) -> None:
    """A copy of a trial under another name, perhaps with that name or number in its record."""
    trial = draw.choice(sorted((folder / "trials").iterdir()))
    copy = trial.with_name(draw.choice([f"0009{trial.name[4:]}", "0000-a", f"{trial.name}x", "zzzz"]))
    shutil.copytree(trial, copy)
    record = json.loads((copy / "trial.json").read_bytes())
    if draw.random() < 0.5:
        record["number"] = draw.choice([9, 1, 10**6])
    if draw.random() < 0.3:
        record["block"] = draw.choice([1, 2, 3])
    (copy / "trial.json").write_text(json.dumps(record))


def a_swap(draw: Random, folder: Path) -> None:
    """Recordings of two trials in each other's places."""
    name = draw.choice(sorted({path.name for path in _files(folder / "trials", ".npz")}))
    one, other = draw.sample([path for path in _files(folder / "trials", ".npz") if path.name == name], 2)
    contents = one.read_bytes(), other.read_bytes()
    for place, content in zip((other, one), contents, strict=True):
        _replace(place, content)


def a_forgery(draw: Random, folder: Path) -> None:
    """A figure of a trial that does not follow from its recording."""
    file = draw.choice(_files(folder / "trials", "trial.json"))
    record = json.loads(file.read_bytes())
    phase = record["phases"][draw.choice(sorted(record["phases"]))]
    match draw.choice(["figure", "outcome", "gates", "stack"]):
        case "figure":
            name = draw.choice([name for name in FIGURES if phase.get(name)])
            phase[name] *= draw.choice([0.5, 0.99, 1.01, 2, 10])
        case "outcome":
            phase["outcomes"]["ok"] += draw.choice([-1, 1, 1000])
        case "gates":
            record["gates"] = record["gates"][: draw.choice([0, 1, -1])]
        case _:
            record["stack"]["workers"] = 60
    _replace(file, json.dumps(record).encode())


Change = Callable[[Random, Path], None]
CHANGES: dict[str, Change] = {
    change.__name__: change
    for change in (
        a_number, a_text, a_type, a_key, a_depth, a_crowd, a_repetition, a_link, a_trap, a_special, a_length, a_bomb,
        some_arrays, some_bytes, something_more, a_trial_twice, a_swap, a_forgery,
    )
}  # fmt: skip
TAKES_AWAY = ("a_swap", "a_forgery")
"""After these less counts than before."""
_SEVERAL = ("a_number", "a_type", "a_key", "a_repetition", "some_arrays", "some_bytes", "something_more")
"""These may come together; all others alone, so that what follows is theirs."""


def mutate(draw: Random, folder: Path) -> str:
    """Make one change, or a few that may come together; the name of the first."""
    name = draw.choice(sorted(CHANGES))
    CHANGES[name](draw, folder)
    if name in _SEVERAL and draw.random() < 0.3:
        with contextlib.suppress(OSError, ValueError, KeyError, IndexError, RecursionError, zipfile.BadZipFile):
            CHANGES[draw.choice(_SEVERAL)](draw, folder)
    return name
