"""Arrays out of an npz archive that may be anything.

``numpy.load`` would believe it: reserve what an array's header asks for, and inflate whatever comes. Here nothing is
read before its size, its type and its shape are known to be such as ours are.
"""

import io
import zipfile
from collections.abc import Collection

import numpy as np
import numpy.typing as npt

ARRAYS_MOST_BYTES = 128 << 20
"""Of all arrays together, inflated: nine million rows, or 2,500 kinds of latency in each second of an hour."""

_RATIO_MOST = 200
"""Arrays by what they take on disk; a recording's are ten or twenty times as long. Small ones may be more."""
_SMALL_BYTES = 16 << 20
_HEADER_MOST_BYTES = 2_000
_LISTED = b"PK\x01\x02"
"""Begins each entry of an archive's table of contents; by chance it may stand elsewhere, too."""
_CHANCE = 8
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_TYPES = frozenset(map(np.dtype, ("<i2", "<i4", "<i8", "<f8", "u1", "<u4", "<u8")))


def arrays_of(data: bytes, names: Collection[str]) -> dict[str, npt.NDArray[np.generic]]:
    """Those of these arrays that there are, by name: each of one dimension, of integers or of doubles.

    Raises:
        ValueError: the archive has others, or too much in it.
    """
    # zipfile would make an object of each entry, however many there are.
    if data.count(_LISTED) > len(names) + _CHANCE:
        raise ValueError("it holds too many arrays")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {each.filename.removesuffix(".npy"): each for each in archive.infolist()}
        if len(archive.infolist()) != len(members) or not set(members) <= set(names):
            raise ValueError("it holds other arrays")
        size = sum(each.file_size for each in members.values())
        if size > min(ARRAYS_MOST_BYTES, max(_RATIO_MOST * len(data), _SMALL_BYTES)):
            raise ValueError(f"it would become {size:,} bytes")
        return {name: _array(archive, member) for name, member in members.items()}


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> npt.NDArray[np.generic]:
    if member.compress_type not in _METHODS:
        raise ValueError(f"'{member.filename}' is packed in a way that no recording is")
    with archive.open(member) as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError(f"'{member.filename}' is of another version")
        shape, _, dtype = np.lib.format.read_array_header_1_0(file, max_header_size=_HEADER_MOST_BYTES)
        if len(shape) != 1 or dtype not in _TYPES:
            raise ValueError(f"'{member.filename}' is of another kind")
        length = shape[0] * dtype.itemsize
        # Less than nothing would mean all that there is.
        if not 0 <= length <= member.file_size:
            raise ValueError(f"'{member.filename}' is shorter than it says")
        content = file.read(length)
    if len(content) != length:
        raise ValueError(f"'{member.filename}' is cut short")
    return np.frombuffer(content, dtype)
