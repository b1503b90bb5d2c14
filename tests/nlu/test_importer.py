"""The fast reader gives what Rasa's own gives, and leaves to it what it can't read."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.exceptions import YamlException
from rasa.shared.nlu.training_data.loading import load_data

from bot.config import ROOT
from bot.nlu.importer import MessageImporter, MessageReader, read_data

BROKEN = 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - selam\n - intent: thank\n'
MIXED = """version: "3.1"
nlu:
- intent: report
  metadata: {service: road_damage, kind: complaint}
  examples:
  - text: |
      [Yazır'da](neighbourhood) çukur var
    metadata: {urgent: true}
- intent: greet
  examples: |
    - selam
    - iyi günler
"""


@pytest.mark.parametrize("name", ["report/several.yml", "acts/correct.yml", "acts/turns_d.yml"])
def test_the_same_messages_as_rasas_own_reader(name: str) -> None:
    file = str(ROOT / "nlu_data" / name)
    own = load_data(file).training_examples
    assert own
    assert [one.data for one in MessageReader().read(file).training_examples] == [one.data for one in own]


def test_annotations_and_metadata_are_kept(tmp_path: Path) -> None:
    (tmp_path / "mixed.yml").write_text(MIXED, encoding="utf-8")
    (tmp_path / "rules.yml").write_text('version: "3.1"\nrules: []\n', encoding="utf-8")
    first, *others = read_data(tmp_path).training_examples
    assert first.get("text") == "Yazır'da çukur var" and first.get("entities")[0]["entity"] == "neighbourhood"
    assert first.get("metadata")["intent"]["service"] == "road_damage" and first.get("metadata")["example"]["urgent"]
    assert [one.get("text") for one in others] == ["selam", "iyi günler"]


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "acts.yml"
    file.write_text(MIXED, encoding="utf-8")
    assert len(MessageImporter(training_data_paths=[str(file)]).get_nlu_data().training_examples) == 3
    file.write_text(MIXED + "    - merhaba\n", encoding="utf-8")
    assert len(MessageImporter(training_data_paths=[str(file)]).get_nlu_data().training_examples) == 4


def test_a_broken_line_is_told_with_its_file_and_number(tmp_path: Path) -> None:
    file = tmp_path / "broken.yml"
    file.write_text(BROKEN, encoding="utf-8")
    with pytest.raises(YamlException) as raised:
        read_data(tmp_path)
    assert "broken.yml" in str(raised.value) and "line 6" in str(raised.value)
