"""The layers of the design: an import points down, never up, never sideways."""

import ast
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src"
PACKAGE = SOURCE / "wsgibench"

LAYERS = (
    {"main"},
    {"cli", "contract"},
    {"report"},
    {"production"},
    {"bench"},
    {"analysis"},
    {"deploy"},
    {"hosts"},
    {"servers", "proxies", "engines", "monitors", "processes", "runs"},
    {"stats"},
    {"model"},
    {"registry", "units", "as_json", "membership", "user_cache"},
    {"errors"},
)
"""From the user down to the machine. The members of one layer do not know each other."""

RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
FILES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    """The layer's member that a file belongs to; empty for the package itself."""
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem.strip("_").replace("init", "")


@cache
def tree_of(path: Path) -> ast.Module:
    """What a file says; each is asked about more than once."""
    return ast.parse(path.read_text())


def imported(path: Path) -> list[str]:
    """Dotted names of all modules that a file imports, anywhere in it."""
    names = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    """No file imports a layer above its own, or another member of its own layer."""
    here = part_of(path)
    for name in imported(path):
        top, _, rest = name.partition(".")
        if top != "wsgibench" or not here:
            continue
        there = rest.partition(".")[0]
        if there in RANK and there != here:
            assert RANK[there] > RANK[here], f"{here} imports {name}"


@pytest.mark.parametrize(
    "path",
    sorted(path for part in ("analysis", "report") for path in (PACKAGE / part).rglob("*.py")),
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_a_verdict_and_a_report_follow_from_the_folder(path: Path) -> None:
    """They know nothing of how runs are made: neither the experiment, nor what brings stacks up, nor any adapter.

    But for a monitor that writes in a way of its own, which nobody else can read (``samples_in``).
    """
    made = tuple(
        f"wsgibench.{part}" for part in ("bench", "deploy", "hosts", "processes", "servers", "proxies", "engines")
    )
    known = [name for name in imported(path) if name.startswith((*made, "wsgibench.monitors"))]
    assert set(known) <= {"wsgibench.monitors.samples_in"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_file_has_its_layer(path: Path) -> None:
    """A new package or module must be given its place in the design."""
    assert part_of(path) in {"", *RANK}


@pytest.mark.parametrize("path", sorted((SOURCE / "quoteserver").rglob("*.py")), ids=lambda path: path.name)
def test_the_sample_app_knows_nothing_of_wsgibench(path: Path) -> None:
    """quoteserver is an ordinary Flask app."""
    assert not [name for name in imported(path) if name.partition(".")[0] == "wsgibench"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_sample_app_and_its_user_meet(path: Path) -> None:
    """wsgibench treats the sample app as any other: by name, in a process of its own.

    But the contract holds what servers answer against what the app makes by itself.
    """
    if part_of(path) == "contract":
        return
    assert not [name for name in imported(path) if name.partition(".")[0] == "quoteserver"]


STARTERS = re.compile(
    r"(gevent\.|asyncio\.)?subprocess|multiprocessing|concurrent\.futures\.ProcessPoolExecutor|pty|_posixsubprocess"
    r"|os\.(fork\w*|exec\w+|posix_spawn\w*|spawn\w+|system|popen)|asyncio\.create_subprocess_\w+|psutil\.Popen"
)
STARTING = {
    "engines/_native/worker.py": "os.fork: an engine process is a copy of the one that has read the job",
    "engines/_locust/worker.py": "os.execv: Locust runs as the program that a user starts on another machine",
    "servers/_programmed_runner.py": "os.fork: workers of a server that makes none, in the app's environment",
    "contract/started.py": "subprocess: what is held to the contract is started by none of our ways",
    "contract/test_proxy.py": "subprocess: likewise a proxy's checker",
    "engines/_locust/master.py": "gevent.subprocess: within Locust all that waits has to wait by gevent",
}
"""Which files outside ``processes`` start processes, by what, and why."""


def named(path: Path) -> set[str]:
    """Dotted names that a file imports, or uses."""
    tree = tree_of(path)
    attributes = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return {*attributes, *imported(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_processes_starts_processes(path: Path) -> None:
    """Whoever else starts one, in whatever way, is named above with why."""
    if part_of(path) == "processes":
        return
    found = {match[0] for name in named(path) if (match := STARTERS.match(name)) and _is_whole(match, name)}
    said = STARTING.get(str(path.relative_to(PACKAGE)), "").partition(":")[0]
    assert found == ({said} - {""})


def _is_whole(match: re.Match[str], name: str) -> bool:
    """Whether it is that name, or something of it, and not one that begins alike."""
    return match.end() == len(name) or name[match.end()] == "."


def test_nothing_imports_itself_by_a_detour() -> None:
    """There is no cycle of imports, not even for the sake of annotations: of two files one is to know the other."""
    names = {_module(path): path for path in FILES}
    left = {module: _known_to(module, path, names.keys()) for module, path in names.items()}
    # Whoever knows nobody who is left is in no cycle.
    while free := {module for module, known in left.items() if not known & left.keys()}:
        for module in free:
            del left[module]
    assert not left


def _module(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def _known_to(module: str, path: Path, all_of: Collection[str]) -> set[str]:
    """The modules that one imports: those named, or those of what is named."""
    found = (name if name in all_of else name.rpartition(".")[0] for name in imported(path))
    return {name for name in found if name in all_of} - {module}


THROUGH_THE_HOST = {
    "os.sched_getaffinity",
    "os.sched_setaffinity",
    "wsgibench.hosts.LocalHost",
    "wsgibench.processes.liveness",
    "wsgibench.processes.logs.end_of",
    "wsgibench.processes.logs.tail",
    "wsgibench.processes.ports.free_ports",
    "wsgibench.processes.interpreter",
    "wsgibench.processes.programs",
    "wsgibench.processes.supervisor",
    "wsgibench.processes.tree",
    "wsgibench.processes.workers",
    "wsgibench.monitors.TreeCpu",
    "wsgibench.monitors.OtherCpu",
}
"""What is done for a stack, or read of it, where it runs."""
BESIDE_THE_HOST = {
    "bench/cores.py": "shares out the cores before there is a host",
    "bench/doctor/parts.py": "says what is installed here",
    "bench/machine.py": "describes the machine of a run, which is this one",
    "bench/naming.py": "asks an interpreter what it can import, before there is a host",
    "bench/parts.py": "makes the host, unless told otherwise",
    "bench/preparing.py": "a user's command, run where the variants are checked out, before there is a host",
    "bench/sampling.py": "a sampler that is asked whether it can sample at all",
    "bench/variants.py": "asks the interpreters of variants, before there is a host",
    "deploy/diagnosis.py": "imports an app that does not start once more",
    "deploy/hops.py": "free ports of hops, in pure functions that are given none",
    "deploy/landscape.py": "makes the host, whose supervisord outlives this process",
    "deploy/proxy_programs.py": "which program is a proxy, asked once for a plan before there is a host",
    "deploy/requirements.py": "what is installed, asked once for a plan before there is a host",
    "deploy/serving.py": "makes the host, and watches for whoever serves one stack in the foreground",
    "deploy/store.py": "the sample app's own command, before there is a host",
}
"""What touches a machine by other ways, and why: a second host would have to be asked here, too."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_is_done_for_a_stack_goes_through_its_host(path: Path) -> None:
    """The experiment and what brings stacks up know no other way, but for those that are named above with why."""
    if part_of(path) not in {"bench", "analysis", "deploy"}:
        return
    found = {each for name in named(path) for each in THROUGH_THE_HOST if name == each or name.startswith(f"{each}.")}
    assert bool(found) == (str(path.relative_to(PACKAGE)) in BESIDE_THE_HOST), found
