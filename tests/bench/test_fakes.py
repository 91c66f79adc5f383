"""What pretends to be a part of a run has no name that the real part lacks, so that neither is renamed alone."""

import ast
import inspect
import textwrap

import pytest

from support.fakes import FakeEngine, FakeHost, FakeMonitor, FakeStack
from wsgibench.bench.engine_process import EngineProcess
from wsgibench.bench.monitor_process import MonitorProcess
from wsgibench.bench.running_stack import RunningStack
from wsgibench.hosts import Host


def public_names(cls: type) -> set[str]:
    """Of its class and its instances, its own and inherited."""
    trees = [ast.parse(textwrap.dedent(inspect.getsource(each))) for each in inspect.getmro(cls) if each is not object]
    on_instances = {
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self"
    }
    return {name for name in on_instances | set(dir(cls)) if not name.startswith("_")}


@pytest.mark.parametrize(
    ("fake", "real"),
    [
        (FakeStack, RunningStack),
        (FakeEngine, EngineProcess),
        (FakeMonitor, MonitorProcess),
        (FakeHost, Host),
    ],
)
def test_a_fake_has_no_name_that_its_original_lacks(fake: type, real: type) -> None:
    assert public_names(fake) <= public_names(real)
