"""cmonitor's JSON layout (https://github.com/f18m/cmonitor), written and read.

``{"header": {...}, "samples": [...]}``, a sample a line. What cmonitor does not know stands in ``samples[].wsgibench``,
where its own tools do not look: ``time_s`` and ``trees`` (``model.monitor.TreeSample`` by name).
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from wsgibench.as_json import as_json
from wsgibench.model.made_with import Layout
from wsgibench.model.monitor import Sample, TreeSample

_SAMPLES = re.compile(rb'"samples"\s*:\s*\[')
_GMT_OFFSET = re.compile(rb'"gmt_offset_seconds"\s*:\s*(-?\d{1,6})\b')
_BUSY = ("user", "nice", "sys", "hardirq", "softirq", "steal")
"""All but idle and iowait. Guests' time is in user and nice already."""

_STRANGE = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, msgspec.ValidationError)
_FIGURE_MOST = 1e18

END = b"\n]}\n"


def begin(header: dict[str, Any]) -> bytes:
    """The bytes before the first sample."""
    return b'{"header": ' + as_json(header) + b',\n"samples": ['


def encode(index: int, time_s: float, machine: dict[str, Any], trees: dict[str, TreeSample]) -> bytes:
    """The bytes of one sample, ``index`` counting from 0."""
    moment = datetime.fromtimestamp(time_s, UTC)
    stamp = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}"
    sample = {
        "timestamp": {"UTC": stamp, "sample_index": index},
        **machine,
        "wsgibench": {"time_s": time_s, "trees": trees},
    }
    return (b",\n" if index else b"\n") + as_json(sample)


def parse(data: bytes, layout: Layout) -> tuple[list[Sample], list[str]]:
    """The samples, and a warning for each thing that had to be tolerated. The file may end anywhere.

    Args:
        data: the file, as far as it got.
        layout: what is the writer's own.
    """
    pieces, warnings = _pieces(data)
    offset = _GMT_OFFSET.search(data)
    offset_s = int(offset[1]) if offset else 0
    samples, is_local = [], False
    for number, piece in enumerate(pieces):
        try:
            # One at a time: hours of samples as plain objects would take most of a report's memory.
            one: Any = _decoded(piece) if isinstance(piece, msgspec.Raw) else piece
            timestamp = one["timestamp"]
            if layout.skip_first and timestamp.get("sample_index", number) == 0:
                continue
            samples.append(_sample(one, 1024 / layout.kib_bytes, offset_s))
            is_local |= "UTC" not in timestamp
        except _STRANGE as exc:
            warnings.append(f"Sample {number} of the monitor is left out: {type(exc).__name__} {exc}.")
    if is_local and not offset:
        warnings.append("The monitor's times are local ones and no time zone is given: taken as UTC.")
    return samples, warnings


class _File(msgspec.Struct):
    samples: list[msgspec.Raw]


def _pieces(data: bytes) -> tuple[Sequence[msgspec.Raw | object], list[str]]:
    """The samples, each as it stands in the file, or as read from one that is not JSON."""
    try:
        return msgspec.json.decode(data, type=_File).samples, []
    except (msgspec.DecodeError, ValueError, RecursionError):
        return _salvage(data)


def _decoded(piece: msgspec.Raw) -> object:
    """The sample; of names that are no UTF-8, and numbers beyond all bounds, what Python's own reader makes."""
    try:
        return msgspec.json.decode(piece)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return json.loads(bytes(piece).decode(errors="replace"))


def _salvage(data: bytes) -> tuple[list[object], list[str]]:
    """Samples one by one, of a file that is not JSON as a whole."""
    start = _SAMPLES.search(data)
    if not start:
        return [], ["The monitor wrote no samples."]
    warnings = []
    try:
        json.loads(data[: start.start()].rstrip().rstrip(b",") + b"}")
    except (ValueError, RecursionError) as exc:
        warnings.append(f"The monitor's file has a damaged header, which is left out: {exc}.")
    text, samples = data[start.end() :].decode(errors="replace"), list[object]()
    decoder, position = json.JSONDecoder(), 0
    while found := re.compile(r"[\s,]*(?=\{)").match(text, position):
        try:
            sample, position = decoder.raw_decode(text, found.end())
        except (ValueError, RecursionError):
            break
        samples.append(sample)
    if not re.compile(r"\s*\]\s*\}\s*$").match(text, position):
        warnings.append(f"The monitor's file breaks off after {len(samples)} samples.")
    return samples, warnings


def _sample(raw: dict[str, Any], scale: float, gmt_offset_s: int) -> Sample:
    load, memory, stat = raw.get("proc_loadavg", {}), raw.get("proc_meminfo", {}), raw.get("stat", {})
    ours = raw.get("wsgibench", {})
    cores = _cores(tuple(stat))
    steal = [stat[name]["steal"] / 100 for name in cores if "steal" in stat[name]]
    found = {
        "time_s": ours["time_s"] if ours else _time_s(raw["timestamp"], gmt_offset_s),
        "load_1min": load.get("load_avg_1min"),
        "load_5min": load.get("load_avg_5min"),
        "load_15min": load.get("load_avg_15min"),
        "memory_total_bytes": _bytes(memory.get("MemTotal"), scale),
        "memory_free_bytes": _bytes(memory.get("MemFree"), scale),
        "cpu_busy_share": [sum([stat[name].get(field, 0.0) for field in _BUSY]) / 100 for name in cores],
        "steal_share": sum(steal) / len(steal) if steal else None,
        "context_switches_per_s": stat.get("counters", {}).get("ctxt"),
        "trees": ours.get("trees", {}),
    }
    # Types are checked here: the file may come from anywhere.
    sample = msgspec.convert(found, Sample)
    figures = [*found.values(), *sample.cpu_busy_share, *(tree.cpu_s for tree in sample.trees.values())]
    for figure in figures:
        if isinstance(figure, float | int) and not abs(figure) <= _FIGURE_MOST:
            raise ValueError("a figure is absurd")
    return sample


@lru_cache(maxsize=64)
def _cores(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of cores, in their order; every sample of a file has the same."""
    return tuple(sorted((name for name in names if re.fullmatch(r"cpu\d+", name)), key=lambda name: int(name[3:])))


def _bytes(figure: float | None, scale: float) -> int | None:
    return None if figure is None else round(figure * scale)


def _time_s(timestamp: dict[str, str], gmt_offset_s: int) -> float:
    if "UTC" in timestamp:
        return datetime.fromisoformat(timestamp["UTC"]).replace(tzinfo=UTC).timestamp()
    return datetime.fromisoformat(timestamp["datetime"]).replace(tzinfo=UTC).timestamp() - gmt_offset_s
