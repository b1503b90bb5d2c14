"""The doctor's checks of this machine: Python, disk, files, time zone, port."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx

from bot.operations.findings import Finding, fail, ok, warn

GIB = 1024**3
DISK_WARN, DISK_FAIL = 5 * GIB, GIB // 2
_ZONES = {"Europe/Istanbul": 3.0, "UTC": 0.0}


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    found = ".".join(map(str, version))
    if tuple(version[:2]) != (3, 11):
        return fail("python", found, "Rasa 3.6 needs Python 3.11: make setup PYTHON=/path/to/python3.11")
    return ok("python", found)


def check_disk(home: Path, free: int | None = None) -> Finding:
    """`free` in bytes; asked of the disk that holds `home` where it isn't given."""
    if free is None:
        free = shutil.disk_usage(_existing(home)).free
    found = f"{free / GIB:.1f} GiB free at {home}"
    if free < DISK_FAIL:
        return fail("disk", found, "free space or move HIZMET_HOME: below 0.5 GiB photos and messages can be refused")
    if free < DISK_WARN:
        return warn("disk", found, "free space soon, or move HIZMET_HOME to a larger disk")
    return ok("disk", found)


def check_file_store(files: Path) -> Finding:
    """Write a file and take it away again."""
    try:
        files.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=files, prefix="doctor-") as file:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return fail(
            "files", f"{files}: {error.strerror}", "make the folder writable for this user, or set HIZMET_FILES"
        )
    return ok("files", str(files))


def check_time_zones() -> Finding:
    """The zones' data is there and knows that Türkiye stays at UTC+3."""
    mend = "install time zone data (Debian: apt-get install tzdata)"
    for name, hours in _ZONES.items():
        try:
            offset = datetime(2026, 1, 15, 12, tzinfo=ZoneInfo(name)).utcoffset()
        except ZoneInfoNotFoundError:
            return fail("time zone", f"{name} is not known", mend)
        if offset is None or offset.total_seconds() != hours * 3600:
            return fail("time zone", f"{name} is {offset} from UTC: the data is older than 2016", mend)
    return ok("time zone", "Europe/Istanbul is UTC+3")


def check_port(host: str, port: int) -> Finding:
    """Free, or held by ourselves; what else listens there must go elsewhere."""
    where = f"{host}:{port}"
    try:
        for family, kind, protocol, address in _addresses(host, port):
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        if _is_ours(host, port):
            return ok("port", f"{where}: hizmet is running")
        return fail(
            "port", f"{where}: {error.strerror}", "end what listens there, or set HIZMET_PORT (and HIZMET_HOST)"
        )
    return ok("port", f"{where} is free")


def _addresses(host: str, port: int) -> Iterator[tuple[int, int, int, tuple[Any, ...]]]:
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        yield family, kind, protocol, address


def _is_ours(host: str, port: int) -> bool:
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    try:
        return httpx.get(f"http://{name}:{port}/health/live", timeout=2.0, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return path if path.exists() else _existing(path.parent)
