"""Where a run keeps files for its variants: on the file system that the user's own are on.

One may be memory, and the other a disk: what opens or writes files for each request would be another app on each.
"""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from wsgibench.model.app import App
from wsgibench.model.plan import Plan
from wsgibench.processes.interruption import undisturbed
from wsgibench.processes.private_directory import ON_DISK, PrivateDirectory, made_private, sweep
from wsgibench.user_cache import cache_path

_BESIDE = ".private"


@contextlib.contextmanager
def variant_files(plan: Plan, runs: Path) -> Iterator[Path]:
    """A private directory, as near to the files of the user's variants as can be; ``runs`` is where run folders are.

    It is in the user's cache where that is on the same file system, else beside the run, else where there is room.

    Raises:
        MissingError: none can be made.
    """
    base = next((base for base in _bases(runs) if _device(base) == _wanted(plan) and made_private(base)), None)
    directory = PrivateDirectory(base=base)
    try:
        yield directory.path
    finally:
        with undisturbed():
            directory.remove()
            with contextlib.suppress(OSError):  # another run's may be in it
                (runs / _BESIDE).rmdir()


def sweep_variant_files(runs: Path) -> None:
    """Remove what killed runs left of theirs."""
    for base in _bases(runs):
        with contextlib.suppress(OSError):  # where nobody may look nothing of ours is
            sweep(base)
    with contextlib.suppress(OSError):
        (runs / _BESIDE).rmdir()


def apart(apps: Mapping[str, App]) -> tuple[str, ...]:
    """Variants whose files are on another file system than those of the first, where there are several."""
    devices = {name: _device(Path(app.directory)) for name, app in apps.items()}
    return tuple(name for name, device in devices.items() if device != next(iter(devices.values())))


def _bases(runs: Path) -> list[Path]:
    with contextlib.suppress(RuntimeError):  # there is no home
        return [cache_path(ON_DISK), runs.absolute() / _BESIDE]
    return [runs.absolute() / _BESIDE]


def _wanted(plan: Plan) -> int | None:
    """The file system of the app as it is here; of revisions alone, that of their repository."""
    own = next((variant.of(plan.app).directory for variant in plan.variants if variant.revision is None), None)
    repository = next((variant.revision.repository for variant in plan.variants if variant.revision), None)
    return _device(Path(own or repository or plan.app.directory))


def _device(path: Path) -> int | None:
    """That of the path, or of where it would be made; None where nobody may look."""
    try:
        return next(each for each in (path, *path.parents) if each.exists()).stat().st_dev
    except (OSError, StopIteration):
        return None
