"""Teaching: broken lines are told, departments become services, and a model that knows less is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.errors import ConfigError, NotFound
from bot.nlu.models import falls, list_models, use_model, write_figures
from bot.nlu.pipeline import Pipeline, read_config
from bot.nlu.teaching import as_training_data, is_held, read_lesson, taught_pairs

SERVICES = {"waste_collection", "street_light", "stray_dogs"}
DEPARTMENTS = {"waste_collection": "cleaning", "street_light": "other", "stray_dogs": "other"}
MAP = "cleaning: [waste_collection]\nother: [street_light, stray_dogs]\n"


def lesson_file(folder: Path, *rows: object) -> Path:
    (folder / "department_map.yml").write_text(MAP, encoding="utf-8")
    path = folder / "own.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_broken_lines_are_told_by_number_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = lesson_file(
        tmp_path,
        {"text": "çöp alınmadı", "service": "waste_collection"},
        "{not json",
        {"text": 5, "service": "street_light"},
        {"text": "lamba", "service": "no_such"},
        {"text": "ışık", "department": "no_such"},
        {"text": "lamba sönük", "department": "other"},
    )
    lesson = read_lesson(path, SERVICES)
    assert [line.line for line in lesson.broken] == [2, 3, 4, 5]
    assert [row.text for row in lesson.by_service] == ["çöp alınmadı"]
    assert [row.text for row in lesson.by_department] == ["lamba sönük"]


def test_a_file_of_one_label_is_refused(tmp_path: Path) -> None:
    path = lesson_file(tmp_path, *({"text": f"çöp {n}", "service": "waste_collection"} for n in range(3)))
    with pytest.raises(ConfigError, match="same label"):
        read_lesson(path, SERVICES)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_lesson(tmp_path / "none.jsonl", SERVICES)


def test_a_department_allows_each_of_its_services(tmp_path: Path) -> None:
    path = lesson_file(
        tmp_path,
        {"text": "köpekler saldırıyor", "department": "other"},
        {"text": "çöp alınmadı", "department": "cleaning"},
        {"text": "direkteki lamba yanmıyor", "service": "street_light"},
    )
    pairs = taught_pairs(read_lesson(path, SERVICES), DEPARTMENTS)
    assert dict(pairs) == {
        "köpekler saldırıyor": ("stray_dogs", "street_light"),
        "çöp alınmadı": ("waste_collection",),
        "direkteki lamba yanmıyor": ("street_light",),
    }


def test_what_is_taught_is_understood_and_the_rest_stays(training_data: TrainingData, tmp_path: Path) -> None:
    """A word of the municipality's own, 'bidon', means its bins; by itself the project's data don't say so."""
    places = ("bizim sokakta", "pazar yerinde", "okulun yanında", "bahçede", "camide", "parkın girişinde", "köşede")
    lesson = [(f"{place} kumru sesi var", ("stray_dogs", "street_light")) for place in places] * 4
    lesson += [(f"{place} zerdali bidonu duruyor", ("waste_collection", "waste_container")) for place in places] * 4
    asked = ["apartmanın önünde zerdali bidonu", "çatıda kumru sesi"]
    known = ["çöpler alınmadı", "sokak köpekleri saldırıyor"]

    plain = trained(training_data, tmp_path / "plain")
    taught = trained(training_data.merge(as_training_data(lesson)), tmp_path / "taught")
    said = [services_of(taught, text) for text in asked]
    assert said[0] in ("waste_collection", "waste_container")
    assert said[1] in ("stray_dogs", "street_light")
    assert said != [services_of(plain, text) for text in asked]
    assert [services_of(taught, text) for text in known] == [services_of(plain, text) for text in known]


def test_a_service_of_which_the_project_has_no_message_is_learnt(training_data: TrainingData, tmp_path: Path) -> None:
    lesson = [(f"{number}. bisiklet istasyonu kilitli kaldı", ("bike_rental",)) for number in range(12)]
    lesson += [(f"{number}. sokakta çöp duruyor", ("waste_collection",)) for number in range(12)]
    model = trained(training_data.merge(as_training_data(lesson)), tmp_path / "model")
    assert services_of(model, "istasyonda bisiklet yok") == "bike_rental"
    assert services_of(model, "çöp alınmadı") == "waste_collection"


def trained(data: TrainingData, folder: Path) -> Pipeline:
    names = ("Normaliser", "SparseFeaturizer", "ServiceClassifier")
    config = [entry for entry in read_config() if entry["name"].rpartition(".")[2] in names]
    return Pipeline.train(config, data, folder, quiet=True)


def services_of(model: Pipeline, text: str) -> str:
    first: str = model.process(text).get("understanding")["services"][0][0]
    return first


def test_the_same_text_always_falls_on_the_same_side() -> None:
    held = [number for number in range(1000) if is_held(f"mesaj {number}")]
    assert held == [number for number in range(1000) if is_held(f"mesaj {number}")]
    assert 150 <= len(held) <= 250


def test_a_class_that_falls_is_named_worst_first() -> None:
    right = ["a"] * 40 + ["b"] * 40 + ["c"] * 40
    after: list[str | None] = ["a"] * 28 + ["b"] * 12 + ["b"] * 40 + ["c"] * 8 + ["a"] * 32
    found = falls(right, list(right), after)
    assert [fall.label for fall in found] == ["c", "a", "b"]
    assert found[0].before == 1.0
    assert falls(right, list(right), list(right)) == []


def test_a_fall_within_the_margin_or_of_a_rare_class_does_not_count() -> None:
    right = ["a"] * 40 + ["rare"] * 3
    after: list[str | None] = ["a"] * 43
    assert falls(right, list(right), after) == []


def test_a_fall_that_chance_explains_does_not_count() -> None:
    """Of twenty messages three are lost and two won: F1 falls, but so it would between two equally good models."""
    right = ["a"] * 20 + ["b"] * 20
    before: list[str | None] = ["a"] * 18 + ["b"] * 22
    after: list[str | None] = ["a"] * 15 + ["b"] * 3 + ["a"] * 2 + ["b"] * 20
    assert falls(right, before, after) == []


def test_models_are_listed_newest_first_and_one_can_be_chosen(tmp_path: Path) -> None:
    assert list_models(tmp_path) == []
    for number, name in enumerate(("old", "new")):
        archive = tmp_path / f"{name}.tar.gz"
        archive.write_bytes(b"x")
        os.utime(archive, (number, number))
        write_figures(archive, {"accuracy": 0.5 + number})
    assert [(model.name, model.in_use) for model in list_models(tmp_path)] == [
        ("new.tar.gz", True),
        ("old.tar.gz", False),
    ]
    use_model(tmp_path, "old")
    assert [model.name for model in list_models(tmp_path) if model.in_use] == ["old.tar.gz"]
    assert list_models(tmp_path)[0].figures == {"accuracy": 1.5}


@pytest.mark.parametrize("name", ["none", "../etc/passwd"])
def test_an_unknown_model_cannot_be_chosen(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        use_model(tmp_path, name)
