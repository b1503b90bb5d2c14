"""JPEG files without what they say about their maker: the EXIF position is read, then all metadata is left out.

The image data is copied byte by byte, not encoded again. Kept are the colour profile and the orientation; EXIF, XMP,
IPTC, comments and whatever follows the picture (previews, the film of a "motion photo") are not.
Source of the segments: ITU T.81, annex B.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from mmap import mmap
from typing import Any

from PIL import ExifTags, Image

Data = bytes | mmap
_END, _SCAN = 0xD9, 0xDA
_COMMENT, _EXIF = 0xFE, b"Exif\0\0"
_APPLICATION = range(0xE0, 0xF0)
_KEPT = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_RESTARTS = range(0xD0, 0xD8)


@dataclass(frozen=True)
class Exif:
    """What is read before it is stripped; degrees in WGS 84."""

    latitude: float | None = None
    longitude: float | None = None
    orientation: int = 1


@dataclass(frozen=True)
class Stripped:
    """A JPEG without metadata is `head`, then the byte ranges (from, to) of the original."""

    exif: Exif
    head: bytes
    ranges: tuple[tuple[int, int], ...]


def stripped(data: Data) -> Stripped:
    """What the EXIF said, and which parts of the file make it up without metadata.

    Raises ValueError where it is no JPEG, or was cut off before the picture begins.
    """
    exif = Exif()
    ranges = []
    segments = list(_segments(data))
    if not any(marker == _SCAN for marker, _, _ in segments):
        raise ValueError("no picture")
    for marker, start, end in segments:
        if marker == 0xE1 and data[start + 4 : start + 10] == _EXIF:
            exif = read_exif(data[start + 4 : end])
        elif _is_kept(marker, data[start + 4 : start + 16]):
            ranges.append((start, end))
    return Stripped(exif, b"\xff\xd8" + _orientation_segment(exif.orientation), tuple(ranges))


def read_exif(block: bytes) -> Exif:
    """Position and orientation of an EXIF block; nothing of it can raise, whatever a citizen's camera wrote."""
    exif = Image.Exif()
    try:
        exif.load(block)
        position = exif.get_ifd(ExifTags.IFD.GPSInfo)
        orientation = exif.get(ExifTags.Base.Orientation, 1)
    except (ValueError, TypeError, KeyError, IndexError, OSError, SyntaxError, struct.error, OverflowError):
        return Exif()
    orientation = orientation if orientation in range(1, 9) else 1
    latitude = _degrees(position, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90)
    longitude = _degrees(position, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180)
    if latitude is None or longitude is None or latitude == longitude == 0:  # 0, 0 is what cameras write without a fix
        return Exif(orientation=orientation)
    return Exif(latitude, longitude, orientation)


def _degrees(position: dict[int, Any], tag: int, reference_tag: int, negative: str, most: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in position[tag])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not isfinite(value) or not 0 <= value <= most:
        return None
    reference = position.get(reference_tag)
    return round(-value if str(reference).strip("\0 ").upper().endswith(negative) else value, 6)


def _is_kept(marker: int, beginning: bytes) -> bool:
    if marker in _APPLICATION:
        return marker in _KEPT and beginning.startswith(_KEPT[marker])
    return marker != _COMMENT


def _orientation_segment(orientation: int) -> bytes:
    """An EXIF segment that holds the orientation only, so that an upright picture stays upright."""
    if orientation == 1:
        return b""
    directory = struct.pack(">HHHIHHI", 1, ExifTags.Base.Orientation, 3, 1, orientation, 0, 0)
    block = _EXIF + b"MM\0*" + struct.pack(">I", 8) + directory
    return b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block


def _segments(data: Data) -> Iterator[tuple[int, int, int]]:
    """(marker, start, end) of the segments after the first; a scan's reaches to the next marker.

    The end marker is the last, or where the file was cut, what is there of the last segment.
    """
    if data[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    at, length = 2, len(data)
    while at + 2 <= length:
        if data[at] != 0xFF:
            raise ValueError("no marker where one must be")
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == _END:
            yield marker, at, at + 2
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _SCAN:
            end = _scan_end(data, end)
        yield marker, at, min(end, length)
        at = end


def _scan_end(data: Data, at: int) -> int:
    """Where the entropy-coded data ends: at the next marker, which is neither a stuffed byte nor a restart."""
    while 0 <= (at := data.find(b"\xff", at)) < len(data) - 1:
        if data[at + 1] and data[at + 1] not in _RESTARTS:
            return at
        at += 2
    return len(data)
