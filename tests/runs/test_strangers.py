"""Run folders that no run made: each is refused with a sentence, at once, and leads nowhere else."""

import io
import json
import os
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest

from support.records import a_learned, a_run
from support.small_run import a_folder, add_trial, steady_latencies
from wsgibench.analysis.verdict import verdict_of
from wsgibench.errors import RunFolderError
from wsgibench.model.recording import SECONDS_MOST, Recording, SecondCounts
from wsgibench.model.variant import Variant
from wsgibench.report.page import page_of
from wsgibench.runs import RunFolder

PRIVATE = "what is nobody else's business"
SAMPLE = (0.5, 1.0, 2**33)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = a_folder(tmp_path / "runs", ["gunicorn", "waitress"])
    for number, stack in enumerate(("gunicorn", "waitress"), start=1):
        trial = add_trial(made, number, stack, {"steady": steady_latencies(4, 4)}, samples=[SAMPLE])
        (made.trial(trial).config / "server.conf").write_text("workers = 2\n")
    return made


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A directory elsewhere, with a file in it."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "server.conf").write_text(PRIVATE)
    return elsewhere


def page(folder: RunFolder) -> str:
    return page_of(folder, verdict_of(folder))


FILES = ["run.json", "trials/0001-gunicorn/trial.json", "trials/0001-gunicorn/steady.npz",
         "trials/0001-gunicorn/config/server.conf"]  # fmt: skip
DIRECTORIES = ["trials", "trials/0001-gunicorn", "trials/0001-gunicorn/config"]


@pytest.mark.parametrize("name", [*FILES, *DIRECTORIES])
def test_a_link_is_not_followed(folder: RunFolder, private: Path, name: str) -> None:
    """Whatever it stands for, and be it to the very thing that it stands for."""
    place = folder.path / name
    moved = place.rename(private / "moved")
    place.symlink_to(moved)
    with pytest.raises(RunFolderError, match=r"' is a symbolic link\.") as caught:
        page(RunFolder.open(folder.path))
    assert name in caught.value.message


def test_a_private_file_does_not_get_into_the_page(folder: RunFolder, private: Path) -> None:
    config = folder.path / "trials" / "0001-gunicorn" / "config"
    (config / "server.conf").unlink()
    config.rmdir()
    config.symlink_to(private)
    with pytest.raises(RunFolderError, match="is a symbolic link"):
        page(folder)


def test_a_linked_monitor_file_is_not_read(folder: RunFolder, private: Path) -> None:
    """Samples are no figures: the page is made without them."""
    monitor = folder.path / "trials" / "0001-gunicorn" / "monitor.json"
    monitor.unlink()
    monitor.symlink_to(private / "server.conf")
    assert PRIVATE not in page(folder)


def _pipe(place: Path) -> None:
    os.mkfifo(place)


def _socket(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        # From within, for its path may be longer than a socket's.
        listener.bind(f"/proc/self/fd/{os.open(place.parent, os.O_RDONLY)}/{place.name}")


def _endless(place: Path) -> None:
    try:
        os.mknod(place, 0o600 | 0o020000, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("only root makes devices")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("make", "what"),
    [(_pipe, "a named pipe"), (_socket, "a socket"), (_endless, "a device"), (Path.mkdir, "a directory")],
    ids=["pipe", "socket", "device", "directory"],
)
def test_what_is_no_plain_file_is_not_read(folder: RunFolder, name: str, make, what: str) -> None:
    """A pipe would keep us waiting, a device has no end. A directory among the configuration is passed over."""
    place = folder.path / name
    place.unlink()
    make(place)
    if what == "a directory" and name.endswith(".conf"):
        assert "server.conf" in page(folder)
        return
    with pytest.raises(RunFolderError, match=f"' is {what}"):
        page(RunFolder.open(folder.path))


@pytest.mark.timeout(20)
def test_a_pipe_where_a_file_is_to_be_written_keeps_nobody_waiting(folder: RunFolder) -> None:
    """It is replaced, as what a killed writer left is."""
    os.mkfifo(folder.path / ".results.csv.part")
    os.mkfifo(folder.path / "results.csv")
    assert folder.write_file("results.csv", b"new").read_bytes() == b"new"


def test_resuming_removes_nothing_elsewhere(folder: RunFolder, private: Path) -> None:
    """``trials`` that leads to a directory of ours: its directories are not those of trials that never ended."""
    (private / "precious").mkdir()
    trials = folder.path / "trials"
    trials.rename(folder.path / "kept")
    trials.symlink_to(private)
    with pytest.raises(RunFolderError, match="trials' is a symbolic link"):
        folder.remove_unfinished()
    assert (private / "precious").exists()


DEEP = b'{"format":1,"versions":' + b'{"a":' * 200_000
OTHER_JSON = {
    "deep": DEEP,
    "deep in an array": b'{"format":1,"x":' + b"[" * 1_000_000,
    "a number without end": b'{"format":' + b"9" * 100_000 + b"}",
    "many values": b'{"format":1,"x":[' + b"0," * 4_100_000 + b"0]}",
    "no text": b'{"format":1,"versions":{"\xff\xfe":"\xc0"}}',
}


@pytest.mark.parametrize("content", OTHER_JSON.values(), ids=OTHER_JSON)
def test_hostile_json_is_refused(folder: RunFolder, content: bytes) -> None:
    (folder.path / "run.json").write_bytes(content)
    with pytest.raises(RunFolderError, match="is damaged"):
        RunFolder.open(folder.path)


def test_a_file_that_is_too_long_is_not_read(folder: RunFolder) -> None:
    """A hole costs no disk; what reads it would take all memory."""
    os.truncate(folder.path / "run.json", 1 << 40)
    with pytest.raises(RunFolderError, match=r"is longer than 64\.0 MiB"):
        RunFolder.open(folder.path)


ABSURD_PLANS = [
    ({"blocks": 10**9}, "blocks"),
    ({"stacks": []}, "stacks"),
    ({"phases": []}, "phases"),
    ({"objectives": ["beauty"]}, "no objective 'beauty'"),
    ({"objectives": []}, "no objectives"),
    ({"turn_s": 1e-300}, "turn_s"),
    ({"monitor_interval_s": 0}, "monitor_interval_s"),
    ({"margin": 1e300}, "margin"),
    ({"seed": 10**30}, "seed"),
    ({"variants": [{"name": f"v{number}"} for number in range(101)]}, "101 variants"),
    ({"variants": [{"name": "main"}, {"name": "main"}]}, "variants are not told apart"),
    ({"variants": [{"name": "main"}, {"name": "new"}]}, "'gunicorn' is of a variant that it does not have"),
    ({"seed": -1}, "seed"),
    ({"engine_processes": 0}, "engine_processes"),
    ({"start_timeout_s": -1.0}, "start_timeout_s"),
    ({"host": "127.0.0.1\0"}, "NUL"),
    ({"cores": {"stack": [-1], "engine": [0]}}, "cores"),
    *(({"app": {"target": "a:b", "directory": "/x", "check_paths": each}}, "check_paths") for each in ([], ["x"])),
    *(
        ({"requests": {"paths": ["/items"]} | fields}, said)
        for fields, said in [
            ({"paths": []}, "no 'paths'"),
            ({"paths": ["/ä"]}, "cannot be sent"),
            ({"paths": ["/a b"]}, "cannot be sent"),
            ({"paths": ["/{word}"]}, "its paths have words"),
            ({"first_id": 5, "last_id": 1}, "last_id"),
            ({"first_id": -1}, "first_id"),
            ({"method": "GET / HTTP/1.1\r\n"}, "method"),
            ({"method": ""}, "method"),
            ({"headers": [["A b", "c"]]}, "headers"),
            ({"headers": [["A", "b\r\nC: d"]]}, "headers"),
            ({"timeout_s": 0}, "timeout_s"),
        ]
    ),
    *(
        ({"phases": [{"name": "steady", "duration_s": 1, "load": {"type": "connections", "count": 1}} | fields]}, said)
        for fields, said in [
            ({"warmup_s": -1}, "warmup_s"),
            ({"turn_s": 0}, "turn_s"),
            ({"load": {"type": "connections", "count": 0}}, "under_way_most"),
            ({"load": {"type": "users", "count": 1, "spawn_rate_per_s": 0}}, "ramp_s"),
            ({"load": {"type": "users", "count": 1, "spawn_rate_per_s": 1, "wait_min_s": 4}}, "wait_max_s"),
            ({"load": {"type": "rate", "start_per_s": 0, "end_per_s": 0}}, "peak_per_s"),
        ]
    ),
    ({"curve": {"limits": []}}, "no limits"),
]


@pytest.mark.parametrize(("fields", "said"), ABSURD_PLANS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_plan_that_nobody_could_carry_out_is_refused(folder: RunFolder, fields, said: str) -> None:
    record = json.loads((folder.path / "run.json").read_text())
    record["plan"] |= fields
    (folder.path / "run.json").write_text(json.dumps(record))
    with pytest.raises(RunFolderError, match=f"is damaged.*{said}"):
        folder.read()


@pytest.mark.parametrize(("field", "value"), [("bears_per_s", 0.0), ("service_s", -1.0), ("connections", 0)])
def test_what_cannot_have_been_learned_is_refused(folder: RunFolder, field: str, value: float) -> None:
    learned = a_learned(service_s=0.1, bears_per_s=10.0, connections=4, longest_gap_s=0.1)
    folder.write_run(msgspec.structs.replace(folder.read_run(), learned=(learned,)))
    assert folder.read().run.learned == (learned,)
    strange = msgspec.structs.replace(learned, **{field: value})
    folder.write_run(msgspec.structs.replace(folder.read_run(), learned=(strange,)))
    with pytest.raises(RunFolderError, match=f"is damaged.*{field}"):
        folder.read()


@pytest.mark.parametrize("name", ["../../etc/x", "\x1b[2J", "x" * 300, "a/b", ""])
def test_a_phase_leads_nowhere(folder: RunFolder, name: str) -> None:
    """Its name becomes that of a file."""
    run = folder.read_run()
    phases = (msgspec.structs.replace(run.plan.phases[0], name=name),)
    folder.write_run(msgspec.structs.replace(run, plan=msgspec.structs.replace(run.plan, phases=phases)))
    with pytest.raises(RunFolderError, match="is damaged"):
        folder.read()


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("times", "started_s"), 1e300, "started_s"),
        (("phases", "steady", "start_s"), 1e200, "start_s"),
        (("phases", "steady", "duration_s"), 1e9, "duration_s"),
        (("phases", "steady", "outcomes", "ok"), 10**40, "ok"),
        (("number",), 0, "number"),
        (("block",), -5, "block"),
        (("pss_bytes",), 1e40, "pss_bytes"),
    ],
)
def test_a_trial_that_cannot_have_been_is_refused(folder: RunFolder, path, value, said: str) -> None:
    """Room is reserved by its numbers: a window for each second between two of its moments."""
    file = folder.path / "trials" / "0001-gunicorn" / "trial.json"
    record = json.loads(file.read_text())
    inner = record
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    file.write_text(json.dumps(record))
    with pytest.raises(RunFolderError, match=f"trial.json' is damaged.*{said}"):
        folder.read()


def npz(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def npy(header: str, content: bytes = b"") -> bytes:
    padded = header.encode("latin-1").ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded + content


def with_member(name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A recording of which one array is another."""
    whole = Recording(1.0, latency=SecondCounts.gather([0, 1], [5, 6]), latency_sum_s=np.ones(2)).to_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    return npz(members | {name: content}, method)


def column(values, kind: str) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array(values, kind))
    return buffer.getvalue()


HEADER = "{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}"
BOMBS = {
    "much of nothing": with_member("latency_count.npy", npy(HEADER.format("<i8", "(4000000,)"), bytes(32_000_000))),
    "more than it says": with_member("latency_count.npy", npy(HEADER.format("<i8", "(10000000000,)"))),
    "less than nothing": with_member("latency_count.npy", npy(HEADER.format("<i8", "(-1,)"), bytes(16))),
    "many dimensions": with_member("latency_count.npy", npy(HEADER.format("<i8", "(1, 1, 2)"), bytes(16))),
    "objects": with_member("latency_count.npy", npy(HEADER.format("|O", "(2,)"), b"cposix\nsystem\n")),
    "long texts": with_member("latency_count.npy", npy(HEADER.format("<U900000000", "(1,)"))),
    "no header": with_member("latency_count.npy", b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 60_000),
    "another method": with_member("latency_count.npy", column([1, 1], "<i8"), zipfile.ZIP_LZMA),
    "another array": with_member("more.npy", column([1, 1], "<i8")),
    "many arrays": npz({f"{number}.npy": b"" for number in range(20_000)}),
    "a far second": with_member("latency_second.npy", column([0, SECONDS_MOST], "<i4")),
    "a second before the first": with_member("latency_second.npy", column([-1, 1], "<i4")),
    "a kind that there is not": with_member("latency_key.npy", column([5, 32_767], "<i2")),
    "counts beyond counting": with_member("latency_count.npy", column([2**62, 2**62], "<i8")),
    "columns unlike long": with_member("latency_count.npy", column([1, 1, 1], "<i8")),
    "rows out of order": with_member("latency_second.npy", column([1, 0], "<i4")),
    "no end of time": with_member("latency_sum_s.npy", column([np.inf, np.nan], "<f8")),
    "no beginning": with_member("start_s.npy", column([np.nan], "<f8")),
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS)
def test_a_recording_that_is_a_bomb_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a recording"):
        Recording.from_bytes(data)


def test_what_inflates_to_more_than_it_says_is_refused() -> None:
    """A thousand bytes by the table of contents, of which a hundred million come."""
    name = b"latency_count.npy"
    bomb = bytearray(with_member(name.decode(), npy(HEADER.format("<i8", "(109,)")) + bytes(100_000_000)))
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        begin = archive.getinfo(name.decode()).header_offset
    listed = bomb.rindex(name) - 46
    for place in (begin + 22, listed + 24):
        bomb[place : place + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(ValueError, match="not a recording"):
        Recording.from_bytes(bytes(bomb))


def test_a_monitors_file_that_is_a_bomb_costs_the_samples(folder: RunFolder) -> None:
    """And is said."""
    monitor = folder.path / "trials" / "0001-gunicorn" / "monitor.json"
    for content in (b'{"samples": [' + b"[" * 1_000_000, b'{"samples": [' + b"0," * 4_100_000, b"\xff" * 1000):
        monitor.write_bytes(content)
        assert "gunicorn" in page(folder)


READ = """
import resource, sys
from pathlib import Path
from wsgibench.analysis.verdict import verdict_of
from wsgibench.errors import RunFolderError
from wsgibench.runs import RunFolder
pages = int(Path("/proc/self/statm").read_text().split()[0])
room = pages * resource.getpagesize() + (256 << 20)
resource.setrlimit(resource.RLIMIT_AS, (room, room))
try:
    verdict_of(RunFolder.open(Path(sys.argv[1])))
except RunFolderError as exc:
    print(exc.message)
"""


@pytest.mark.parametrize("name", FILES[:3])
def test_an_endless_device_takes_no_memory(folder: RunFolder, name: str) -> None:
    """``run.json`` that led to /dev/zero took 5.4 GB; here there are 256 MB."""
    place = folder.path / name
    place.unlink()
    place.symlink_to("/dev/zero")
    argv = (sys.executable, "-c", READ, folder.path)
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30)
    assert "is a symbolic link" in done.stdout, done.stderr


@pytest.mark.parametrize("paths", [25_000_000, 120_000_000], ids=["as many answers", "more paths than answers"])
def test_answers_of_nothing_but_ends_of_lines_take_no_memory(folder: RunFolder, paths: int) -> None:
    """Each path would take some hundred bytes of what is one in the file; the run is read without them."""
    run = folder.read_run()
    variants = (Variant(name="main"), Variant(name="new"))
    pairs = zip(run.plan.stacks, variants, strict=True)
    stacks = tuple(msgspec.structs.replace(stack, variant=variant.name) for stack, variant in pairs)
    plan = msgspec.structs.replace(run.plan, variants=variants, stacks=stacks)
    folder.write_run(msgspec.structs.replace(run, plan=plan))
    lines = npy(HEADER.format("|u1", f"({paths - 1},)"), b"\n" * (paths - 1))
    room = min(paths, (126_000_000 - paths) // 4)
    checksums = npy(HEADER.format("<u4", f"({room},)"), bytes(4 * room))
    members = {"paths.npy": lines, "checksum.npy": checksums, "asked.npy": npy(HEADER.format("<u8", "(0,)"))}
    data = npz(members, zipfile.ZIP_STORED)
    for variant in variants:
        folder.write_file(f"answers-{variant.name}.npz", data)
    assert folder.read_answers("main") is None
    argv = (sys.executable, "-c", READ.replace("256", "512"), folder.path)
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_other_files_beside_the_trials_are_passed_over(folder: RunFolder) -> None:
    """What people and their tools leave: notes, archives, hidden files."""
    (folder.path / "notes.txt").write_text("good")
    (folder.path / "trials" / ".DS_Store").write_bytes(b"x")
    os.mkfifo(folder.path / "trials" / "pipe")
    assert len(folder.read().trials) == 2
    assert folder.remove_unfinished() == ()


def test_as_many_trials_as_no_run_has_are_refused(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path, a_run())
    for number in range(5_001):
        (folder.path / "trials" / str(number)).mkdir()
    with pytest.raises(RunFolderError, match="5,001 trials"):
        folder.read()
