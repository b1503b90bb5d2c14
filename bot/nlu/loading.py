"""The newest (or the chosen) model of a folder, loaded without Rasa's agent (no TensorFlow)."""

from __future__ import annotations

import json
import tarfile
import tempfile
from pathlib import Path

from rasa.shared.nlu.training_data.message import Message

from bot.domain.understanding import Understanding
from bot.errors import ConfigError
from bot.nlu.chosen import model_in_use
from bot.nlu.pipeline import Pipeline
from bot.nlu.reading import read_understanding


class Interpreter:
    """Text to Understanding. A pure function of the text: safe to call before a turn begins."""

    def __init__(self, pipeline: Pipeline, archive: Path | None = None) -> None:
        self.pipeline, self.archive = pipeline, archive

    @classmethod
    def load(cls, models: Path) -> Interpreter:
        """From an archive, or from the model in use of a folder. Raises ConfigError where there is none."""
        archive = models if models.is_file() else model_in_use(models)
        with tempfile.TemporaryDirectory(prefix="hizmet-model-") as directory:
            try:
                with tarfile.open(archive) as stored:
                    stored.extractall(directory, filter="data")
                metadata = json.loads((Path(directory) / "metadata.json").read_text(encoding="utf-8"))
            except (tarfile.TarError, OSError, ValueError) as error:
                raise ConfigError(f"is not a model: {error}", str(archive)) from error
            nodes = metadata["predict_schema"]["nodes"].values()
            ours = [
                (node["uses"], node["config"], node["resource"] and node["resource"]["name"])
                for node in nodes
                if node["uses"].startswith("bot.nlu.")
            ]
            try:
                return cls(Pipeline.load(ours, Path(directory) / "components"), archive)
            except (ImportError, OSError, LookupError, AttributeError, TypeError, ValueError) as error:
                told = f"was trained by another version of the program ({type(error).__name__}): run `hizmet train`"
                raise ConfigError(told, str(archive)) from error

    def parse(self, text: str) -> Understanding:
        return read_understanding(self.parse_data(text))

    def parse_data(self, text: str) -> dict[str, object]:
        """What Rasa's agent would return: `text`, `intent`, `intent_ranking`, `entities`, `understanding`."""
        message: Message = self.pipeline.process(text)
        return {"text": text, **message.as_dict(only_output_properties=True)}
