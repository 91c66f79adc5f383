"""py-spy: how it is called, and what it wrote.

It reads the memory of a process from outside, stopping it for a moment each time, which the kernel allows to who may
trace it (ptrace(2)): the same user, unless kernel.yama.ptrace_scope or a container forbids that, too.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

import msgspec

from wsgibench.model.sampling import DEPTH_MOST, Calls, Function, Sampling

PROGRAM = "py-spy"
_RATE_PER_S = 200
"""It takes some milliseconds to look at a stack, of a core that the engine shares."""
SAMPLED_S = 2
"""Of a round."""
_NAME_MOST = 200
_CALLS_MOST = 20_000
"""Different paths that are kept, the most frequent ones: beyond, there is no picture of."""
_INSTALLED = re.compile(r"^.*/(?:(?:site|dist)-packages|python\d[.\d]*t?)/", re.DOTALL)
_PTRACE_SCOPE = Path("/proc/sys/kernel/yama/ptrace_scope")


class _Frame(msgspec.Struct):
    name: str
    file: str | None = None


class _Thread(msgspec.Struct):
    samples: list[list[int]]


class _Shared(msgspec.Struct):
    frames: list[_Frame]


class _Speedscope(msgspec.Struct):
    """As much as is needed of https://www.speedscope.app/file-format-schema.json."""

    shared: _Shared
    profiles: list[_Thread]


def sampling_argv(program: str, pid: int, output: str) -> tuple[str, ...]:
    """The command that looks at a process and those below it for ``SAMPLED_S``; what it finds goes into ``output``."""
    return (
        *(program, "record", "--pid", str(pid), "--subprocesses", "--function", "--format", "speedscope"),
        *("--rate", str(_RATE_PER_S), "--duration", str(SAMPLED_S), "--output", output),
    )


def calls_in(data: bytes, *, home: str) -> Counter[tuple[Function, ...]]:
    """How often it saw which functions under way in one another; the app lives in ``home``.

    Raises:
        ValueError: it makes no sense.
    """
    found = msgspec.json.decode(data, type=_Speedscope)
    frames = found.shared.frames
    # Without lines: they move from one state of the app to the other, and few files have two functions of one name.
    functions = [Function(name=each.name[:_NAME_MOST], file=_short(each.file or "", home)) for each in frames]
    is_process = [each.name.startswith("process ") and not each.file for each in frames]
    paths: Counter[tuple[Function, ...]] = Counter()
    for sample in chain.from_iterable(thread.samples for thread in found.profiles):
        if any(not 0 <= place < len(frames) for place in sample):
            raise ValueError("a sample is of no function")
        path = tuple(functions[place] for place in sample if not is_process[place])[:DEPTH_MOST]
        if path:
            paths[path] += 1
    return paths


def sampling_of(candidate: str, rounds: Sequence[tuple[Counter[tuple[Function, ...]], float]]) -> Sampling:
    """Of a candidate, from what was seen in each round, and the requests/s that it answered meanwhile."""
    seen = sum((paths for paths, _ in rounds), Counter[tuple[Function, ...]]())
    kept = [path for path, _ in seen.most_common(_CALLS_MOST)]
    places = {each: place for place, each in enumerate(dict.fromkeys(chain.from_iterable(kept)))}
    return Sampling(
        candidate=candidate,
        sample_s=tuple(1 / (_RATE_PER_S * per_s) for _, per_s in rounds),
        functions=tuple(places),
        calls=tuple(
            Calls(path=tuple(places[each] for each in path), samples=tuple(paths[path] for paths, _ in rounds))
            for path in kept
        ),
        missing=None if kept else "Its time could not be seen in functions of Python.",
    )


def _short(file: str, home: str) -> str:
    """Its path within the app, or among packages or Python's own modules: alike wherever a state of the app is."""
    if file.startswith(f"{home.rstrip('/')}/"):
        return file[len(home.rstrip("/")) + 1 :][-_NAME_MOST:]
    return _INSTALLED.sub("", file)[-_NAME_MOST:]


def asking_argv(program: str, pid: int) -> tuple[str, ...]:
    """The command that says why a process cannot be looked at: of several, it says only that none was Python's."""
    return program, "dump", "--pid", str(pid)


def why_not(said: str) -> str:
    """Why it found nothing, as a sentence, from what it says when it is asked; with what helps, where that is known."""
    text = said.lower()
    if "permission denied" in text or "operation not permitted" in text:
        return f"The system does not let py-spy look into processes{_scope()}."
    lines = [line.removeprefix("Error: ").strip() for line in said.splitlines() if line.strip()]
    return f"py-spy says: {_first(lines)}" if lines else "py-spy ended without a word."


def _scope() -> str:
    try:
        scope = _PTRACE_SCOPE.read_text().strip()
    except OSError:
        scope = "0"
    if scope != "0":
        return f" (kernel.yama.ptrace_scope is {scope}); root can: sysctl kernel.yama.ptrace_scope=0"
    return "; a container needs --cap-add SYS_PTRACE, another user's processes root"


def _first(lines: Iterable[str]) -> str:
    telling = [line for line in lines if not line.startswith("py-spy>")]
    first = next(iter(telling or lines), "")[:_NAME_MOST]
    return first if first.endswith(".") else f"{first}."
