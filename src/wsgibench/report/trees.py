"""What the processes of a stack cost, window by window."""

from collections.abc import Sequence

import numpy as np

from wsgibench.model.monitor import Sample, TreeSample
from wsgibench.model.recording import Floats
from wsgibench.report.windows import Curve, Windows
from wsgibench.stats.ratios import ratios

_ROLES = ("server", "proxy", "engine")


def tree_curves(
    samples: Sequence[Sample], label: str, start_s: float, windows: Windows, loaded_s: Floats
) -> dict[str, Curve]:
    """CPU of server, proxy and engine in cores, memory of server and proxy in MiB, by the measure's name.

    CPU is spread over the seconds of load in each window, ``loaded_s`` of shape (windows,), as a stack does nothing
    outside its turns. Trees are called by their role, or ``label/role`` where stacks take turns. A process that is not
    there has no curve.
    """
    time_s = np.array([sample.time_s - start_s for sample in samples])
    curves = {}
    for role in _ROLES:
        trees = [_tree(sample, label, role) for sample in samples]
        if any(trees):
            cores = _cpu_s(time_s, trees, windows)
            curves[f"{role}-cpu"] = Curve(windows.middles_s, ratios(cores, loaded_s))
    memory = np.array([_memory_mib(sample, label) for sample in samples], np.float64)
    if np.isfinite(memory).any():
        curves["memory"] = Curve(windows.middles_s, _means(time_s, memory, windows))
    return curves


def _tree(sample: Sample, label: str, role: str) -> TreeSample | None:
    return sample.trees.get(role) or sample.trees.get(f"{label}/{role}")


def _cpu_s(time_s: Floats, trees: Sequence[TreeSample | None], windows: Windows) -> Floats:
    """CPU seconds in each window: between samples the counter is taken to grow evenly."""
    there = np.array([tree is not None for tree in trees])
    counter = np.array([tree.cpu_s for tree in trees if tree is not None])
    edges = np.append(windows.starts_s, windows.ends_s[-1])
    spent: Floats = np.diff(np.interp(edges, time_s[there], counter))
    # Beyond the first and last sample nothing is known, and a window's middle must lie between them.
    first, last = time_s[there][0], time_s[there][-1]
    spent[(windows.middles_s < first) | (windows.middles_s > last)] = np.nan
    return spent


def _memory_mib(sample: Sample, label: str) -> float | None:
    """None where any part could not be read: PSS is costly, and not in every sample."""
    trees = [tree for role in ("server", "proxy") if (tree := _tree(sample, label, role))]
    parts = [tree.pss_bytes for tree in trees if tree.pss_bytes is not None]
    return sum(parts) / 2**20 if trees and len(parts) == len(trees) else None


def _means(time_s: Floats, values: Floats, windows: Windows) -> Floats:
    window = np.floor(time_s / windows.width_s).astype(np.int64)
    seen = np.isfinite(values) & (window >= 0) & (window < windows.count)
    counts = np.bincount(window[seen], minlength=windows.count).astype(np.float64)
    sums = np.bincount(window[seen], weights=values[seen], minlength=windows.count).astype(np.float64)
    return ratios(sums, counts)
