"""A citizen's copy of their data as one ZIP: the rows as JSON, the files under their names."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.domain.privacy import CitizenCopy
from bot.errors import ConfigError

RECORDS = "veriler.json"
FILES = "dosyalar"


def write_copy(copy: CitizenCopy, target: Path, path_of: Callable[[str], str]) -> int:
    """Write the archive, readable by its owner only; the number of files in it. `path_of` says where bytes lie.

    Raises ConfigError where `target` is there already. A file whose bytes are gone is left out; its row is there.
    """
    number = 0
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", str(target)) from error
    with os.fdopen(handle, "wb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(RECORDS, json.dumps(dict(copy.records), ensure_ascii=False, indent=1, default=_plain))
        for sha256, name in copy.files.items():
            source = Path(path_of(sha256))
            if source.exists():
                archive.write(source, f"{FILES}/{sha256[:12]}-{Path(name).name}")
                number += 1
    return number


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)
