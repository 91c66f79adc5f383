"""The header of a file in cmonitor's layout: as much of it as cmonitor's own chart tool insists on."""

import os
import platform
from pathlib import Path
from typing import Any

import psutil

_LAYOUT_VERSION = "2.6-0"
"""The cmonitor whose layout this is. Its tools refuse a file without a version, or of another major one."""

_MEMORY_FIELDS = {"MemTotal": 1024, "HugePages_Total": 1, "Hugepagesize": 1024}
"""Of /proc/meminfo, with the bytes or pieces in one."""


def header(interval_s: float, version: str) -> dict[str, Any]:
    """Who watched what."""
    return {
        "cmonitor": {
            "command": "wsgibench",
            "version": _LAYOUT_VERSION,
            "sample_interval_seconds": interval_s,
            "sample_num": 0,
            "collecting": "cpu,memory,network,load",
            "gmt_offset_seconds": 0,
            "timezone_name": "UTC",
            "userid": os.getuid(),
            "pid": os.getpid(),
        },
        "wsgibench": {"version": version, "psutil": psutil.__version__},
        "identity": {"hostname": platform.node(), "shorthostname": platform.node().partition(".")[0]},
        "os_release": _os_release(),
        "proc_version": {"version": f"{platform.system()} {platform.release()} {platform.version()}"},
        "proc_meminfo": _memory(),
        "cpuinfo": _cpus(),
        "custom_metadata": {},
    }


def _os_release() -> dict[str, str]:
    try:
        return {name.lower(): text for name, text in platform.freedesktop_os_release().items()}
    except OSError:
        return {"pretty_name": platform.system()}


def _memory() -> dict[str, int]:
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return {name: int(lines[name].split()[0]) * unit for name, unit in _MEMORY_FIELDS.items() if name in lines}


def _cpus() -> dict[str, dict[str, str | int]]:
    # Not every architecture tells all of these.
    return {
        f"proc{number}": {
            "vendor_id": lines.get("vendor_id", "unknown"),
            "model_name": lines.get("model name", "unknown"),
            "bogomips": int(float(lines.get("bogomips", 0))),
        }
        for number, lines in enumerate(_cpuinfo())
    }


def _cpuinfo() -> list[dict[str, str]]:
    blocks = (
        {name.strip(): text.strip() for name, _, text in (line.partition(":") for line in block.splitlines())}
        for block in Path("/proc/cpuinfo").read_text().split("\n\n")
    )
    return [lines for lines in blocks if "processor" in lines]
