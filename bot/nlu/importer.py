"""The training messages read with libyaml, once a process: Rasa's own reader takes half a minute, twice a training.

`config.yml` names the importer, so `rasa train` and `rasa data validate` use it, too. What it can't read is given to
Rasa's reader, whose message says where the mistake is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.config import ROOT
from bot.nlu.messages import TrainingMessage

_MESSAGES = re.compile(r"(?:^|[{,]\s*)\"?nlu\"?\s*:", re.MULTILINE)


class MessageReader(RasaYAMLReader):  # type: ignore[misc]  # Rasa ships no types
    """Rasa's reader over what libyaml makes of the text; the data linter checks more than the schema left out here."""

    def reads(self, string: str, **kwargs: Any) -> TrainingData:
        try:
            self._parse_nlu(yaml.load(string, yaml.CSafeLoader)["nlu"])
        except (yaml.YAMLError, LookupError, TypeError, AttributeError, ValueError):
            own = RasaYAMLReader()
            own.filename = self.filename
            return own.reads(string, **kwargs)
        return TrainingData([TrainingMessage.of(message) for message in self.training_examples])


class MessageImporter(RasaFileImporter):  # type: ignore[misc]  # as above
    """Rasa's importer of files, with the messages by MessageReader."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        paths = [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths or []
        files = _files(Path(path) for path in paths)
        messages = [file for file in files if _holds_messages(file)]
        super().__init__(config_file, domain_path, [str(file) for file in files if file not in messages])
        self._nlu_files = [str(file) for file in messages]

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """All messages; the language is the configuration's."""
        return _read(tuple((file, Path(file).stat().st_mtime_ns) for file in self._nlu_files))


def read_data(path: Path = ROOT / "nlu_data") -> TrainingData:
    """The training messages of a folder of Rasa's YAML files."""
    return MessageImporter(training_data_paths=str(path)).get_nlu_data()


def _files(paths: Iterable[Path]) -> list[Path]:
    found = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*.yml"))]
    return sorted(file.resolve() for file in found)


def _holds_messages(file: Path) -> bool:
    return bool(_MESSAGES.search(file.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def _read(files: tuple[tuple[str, int], ...]) -> TrainingData:
    """The messages of files, each with the time of its last change."""
    return TrainingData([example for file, _ in files for example in _read_file(file)])


def _read_file(file: str) -> list[Any]:
    examples: list[Any] = MessageReader().read(file).training_examples
    return examples
