"""A model that this version of the program cannot read is told as such."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.nlu.loading import Interpreter


def archive_of(folder: Path, uses: str) -> Path:
    node = {"uses": uses, "config": {}, "resource": {"name": "gone"}}
    content = json.dumps({"predict_schema": {"nodes": {"one": node}}}).encode()
    path = folder / "old.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo("metadata.json")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return path


@pytest.mark.parametrize(
    "uses", ["bot.nlu.normaliser.NoLongerHere", "bot.nlu.gone.Normaliser", "bot.nlu.sparse_featurizer.SparseFeaturizer"]
)
def test_a_model_of_another_version_is_told_with_what_to_do(tmp_path: Path, uses: str) -> None:
    with pytest.raises(ConfigError, match=r"another version of the program.*hizmet train"):
        Interpreter.load(archive_of(tmp_path, uses))
    with pytest.raises(ConfigError, match=r"old\.tar\.gz"):
        Interpreter.load(archive_of(tmp_path, uses))
