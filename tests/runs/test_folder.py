"""The run folder, on real disks."""

import json
import os
import shutil
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest

from support.records import CREATED_S, a_run, a_trial
from support.repository import Repository
from support.small_run import add_trial, latencies
from wsgibench.errors import RunFolderError
from wsgibench.model.recording import Recording, SecondCounts
from wsgibench.runs import RunFolder
from wsgibench.runs._records import damaged


@pytest.fixture
def folder(tmp_path):
    return RunFolder.create(tmp_path / "runs", a_run())


def keep(folder, trial):
    """The trial's folder, finished."""
    trial_folder = folder.begin_trial(trial.folder)
    trial_folder.write(trial)
    return trial_folder


def test_what_is_written_reads_back(folder):
    """Run and trials, equal in every field, the trials by number."""
    trials = tuple(a_trial(number, "nginx+uwsgi:w6") for number in (1, 2, 10))
    for trial in reversed(trials):
        keep(folder, trial)
    finished = RunFolder.open(folder.path).read()
    assert finished.run == a_run()
    assert finished.trials == trials
    assert finished.folder == str(folder.path)


def test_the_name_says_when_and_what(folder):
    assert folder.path.name == time.strftime("%Y%m%d-%H%M-quick", time.localtime(CREATED_S))


def test_what_is_no_text_is_refused(tmp_path):
    """A command line may hold any bytes."""
    run = msgspec.structs.replace(a_run(), command=("run", "--path", "/\udcff"))
    with pytest.raises(RunFolderError, match=r"is no UTF-8, and cannot be kept in 'run\.json'"):
        RunFolder.create(tmp_path / "runs", run)
    assert {path.name for path in (tmp_path / "runs").iterdir()} <= {".gitignore"}


def test_nobody_else_reads_it(folder):
    """The plan holds the app's environment, in which there may be secrets."""
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_git_ignores_a_place_that_was_made_for_runs(tmp_path):
    """Measuring leaves git status as it was; what was there before has its own rules, and copies of runs have none."""
    repository = Repository(tmp_path / "shop")
    for _ in range(2):
        RunFolder.create(repository.path / "build/runs", a_run())
    assert repository.git("status", "--porcelain") == ""
    (repository.path / "kept").mkdir()
    RunFolder.create(repository.path / "kept", a_run())
    assert repository.git("status", "--porcelain") == "?? kept/\n"


def test_no_run_is_overwritten(tmp_path):
    """Ten in the same minute have ten folders."""
    paths = {RunFolder.create(tmp_path, a_run()).path for _ in range(10)}
    assert len(paths) == 10


@pytest.mark.parametrize("profile", ["", "../../etc", "/", "my profile", "..", "x" * 300, "\u00fc\n"])
def test_a_profile_leads_nowhere_else(tmp_path, profile):
    """Whatever it is called, its folder is a child of the one that was given, and not hidden."""
    path = RunFolder.create(tmp_path / "runs", a_run(profile=profile)).path
    assert path.parent == tmp_path / "runs"
    assert not path.name.startswith(".")
    assert RunFolder.open(path).read_run().plan.profile == profile


@pytest.mark.parametrize("name", ["../0001-gunicorn", "/etc/x", ".hidden", "a/b", "", "a\n", "x" * 300])
def test_a_trial_leads_nowhere_else(folder, name):
    with pytest.raises(RunFolderError, match="cannot name a file"):
        folder.begin_trial(name)
    with pytest.raises(RunFolderError, match="cannot name a file"):
        folder.begin_trial("0001-gunicorn").write_recording(name, Recording(0.0))


def test_a_label_with_colons_names_a_folder_without(folder):
    trial = a_trial(3, "nginx+uwsgi:w6:unix")
    assert keep(folder, trial).path.name == "0003-nginx+uwsgi.w6.unix"
    assert folder.trial(trial).read() == trial


def test_the_records_are_for_people_too(folder):
    """Indented, in the order of the fields, the same bytes each time."""
    first = (folder.path / "run.json").read_bytes()
    assert first.startswith(b'{\n  "plan": {\n    "app": {\n')
    folder.write_run(a_run())
    assert (folder.path / "run.json").read_bytes() == first
    assert list(json.loads(first)) == [field.name for field in msgspec.structs.fields(a_run())]


def test_a_trial_that_never_ended_is_none_and_is_removed_at_resume(folder):
    """Whatever is in it; the finished ones stay."""
    done = keep(folder, a_trial(1))
    half = folder.begin_trial("0002-gunicorn")
    half.write_recording("steady", Recording(0.0))
    (half.logs / "server.log").write_text("so far")
    (half.path / ".trial.json.part").write_bytes(b'{"numb')
    assert [trial.number for trial in folder.read().trials] == [1]
    assert folder.remove_unfinished() == ("0002-gunicorn",)
    assert not half.path.exists()
    assert done.is_finished
    assert folder.remove_unfinished() == ()


def test_a_link_is_removed_and_what_it_leads_to_is_not(folder, tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    (folder.path / "trials" / "0001-gunicorn").symlink_to(precious)
    assert folder.remove_unfinished() == ("0001-gunicorn",)
    assert (precious / "file").exists()


def test_a_link_in_the_way_of_a_file_is_replaced_not_followed(folder, tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (folder.path / "results.csv").symlink_to(precious)
    assert folder.write_file("results.csv", b"new").read_bytes() == b"new"
    assert precious.read_text() == "precious"


def test_a_folder_reached_by_a_link_is_as_good(folder, tmp_path):
    keep(folder, a_trial())
    (tmp_path / "latest").symlink_to(folder.path)
    assert len(RunFolder.open(tmp_path / "latest").read().trials) == 1


def test_another_format_is_refused_with_its_number_and_maker(folder):
    """Also when nothing else of it is as expected."""
    (folder.path / "run.json").write_text('{"format": 9, "versions": {"wsgibench": "7.5"}, "new": []}')
    with pytest.raises(RunFolderError, match=r"has format 9, made by wsgibench 7\.5; this one knows up to 2"):
        RunFolder.open(folder.path)


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"format": "x"}', b"\xff\xff"])
def test_what_is_no_run_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(RunFolderError, match=r"run\.json"):
        RunFolder.open(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b'{"number": 1}', b"\xff"])
def test_a_damaged_trial_is_named(folder, content):
    path = keep(folder, a_trial()).path / "trial.json"
    path.write_bytes(content)
    with pytest.raises(RunFolderError, match=r"0001-gunicorn/trial\.json' is damaged"):
        folder.read()


def test_recordings_read_back_and_damaged_ones_are_named(folder):
    trial_folder = keep(folder, a_trial())
    recording = Recording(5.0, latency=SecondCounts.gather([0, 1, 1], [10, 20, 20]), latency_sum_s=np.array([1.0, 2.0]))
    trial_folder.write_recording("steady", recording)
    again = folder.trial(a_trial()).recording("steady")
    assert again.start_s == 5.0
    assert [*again.latency.count] == [1, 2]
    with pytest.raises(RunFolderError, match=r"saturated\.npz' cannot be read"):
        trial_folder.recording("saturated")
    (trial_folder.path / "steady.npz").write_bytes(b"PK\x03\x04 nonsense")
    with pytest.raises(RunFolderError, match=r"steady\.npz' is damaged"):
        trial_folder.recording("steady")


@pytest.mark.parametrize("length", [400, 0])
def test_a_trial_whose_recording_is_cut_short_does_not_count(folder, length):
    """The run reads back; that trial is failed, has no figures, and says which file is the matter."""
    trial = add_trial(folder, 1, "gunicorn", {"steady": latencies([1.0] * 50)})
    other = add_trial(folder, 2, "waitress", {"steady": latencies([1.0] * 50)})
    os.truncate(folder.trial(trial).path / "steady.npz", length)
    found, second = folder.read().trials
    assert (found.counts, found.status, found.phases) == (False, "failed", {})
    assert [gate.name for gate in found.gates] == ["recording"]
    assert "'steady.npz' is cut short" in found.gates[0].cause
    assert second == other


def test_a_file_that_cannot_be_kept_is_said(folder, tmp_path):
    """As an error with a hint, for it may be the disk that is full."""
    place = folder.begin_trial("0001-gunicorn")
    (tmp_path / "engine.log").write_text("It said this.")
    place.keep(tmp_path / "engine.log", place.logs / "engine.log")
    assert (place.logs / "engine.log").read_text() == "It said this."
    with pytest.raises(RunFolderError, match=r"engine\.log' cannot be written"):
        place.keep(tmp_path / "engine.log", place.path / "gone" / "engine.log")


def test_a_monitor_that_wrote_nothing_wrote_nothing(folder):
    trial_folder = keep(folder, a_trial())
    assert trial_folder.monitor_data() == b""
    trial_folder.monitor.write_bytes(b"{}")
    assert trial_folder.monitor_data() == b"{}"


def test_two_writers_at_once_are_one_too_many(folder):
    with folder.lock(), pytest.raises(RunFolderError, match="Another wsgibench writes"), RunFolder(folder.path).lock():
        pass
    with folder.lock():
        pass


def test_a_folder_that_has_gone_meanwhile_is_said(folder):
    shutil.rmtree(folder.path)
    with pytest.raises(RunFolderError, match="cannot be written: no such file or directory"), folder.lock():
        raise AssertionError


def test_a_file_in_the_way_is_said(tmp_path):
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(RunFolderError, match="cannot be written: file exists") as caught:
        RunFolder.create(tmp_path / "runs", a_run())
    assert "--out" in caught.value.hint


def test_a_name_that_is_taken_is_passed_over(tmp_path):
    """By a file, or by a folder with something in it."""
    name = RunFolder.create(tmp_path, a_run()).path.name
    (tmp_path / f"{name}-2").write_text("a file")
    assert RunFolder.create(tmp_path, a_run()).path.name == f"{name}-3"
    assert (tmp_path / f"{name}-2").read_text() == "a file"


def test_a_place_that_takes_no_folders_is_said():
    """/proc takes none, not even from root."""
    with pytest.raises(RunFolderError, match=r"'/proc/runs/.* cannot be written"):
        RunFolder.create(Path("/proc/runs"), a_run())


def test_a_run_without_a_trial_can_be_discarded(folder):
    """One that has any, or is written by another, cannot."""
    with folder.lock():
        folder.discard()
    assert folder.path.is_dir()
    keep(folder, a_trial(1))
    folder.discard()
    assert folder.finished()
    folder.remove(a_trial(1))
    folder.discard()
    assert not folder.path.exists()


def test_damage_of_which_nothing_is_said_has_the_name_of_its_kind():
    assert damaged(Path("run.json"), ValueError()).message == "'run.json' is damaged: ValueError."
