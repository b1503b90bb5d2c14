"""What every component of config.yml must do, whatever it finds: train, store, load, parse anything."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Component, Learner
from bot.nlu.keys import UNDERSTANDING
from bot.nlu.pipeline import Pipeline, class_named, read_config
from bot.nlu.reading import read_understanding

CONFIG = read_config()
NAMES = [entry["name"] for entry in CONFIG]
TEXTS = {
    "ordinary": "Yazır mahallesinde çöp üç gündür alınmadı",
    "empty": "",
    "spaces": "   \n\t ",
    "emoji": "👍",
    "signs": "?!... ,,, ///",
    "control": "çöp\x00 alın\x07madı\u200b\u202e",
    "arabic": "لا يوجد ماء في بيتنا",
    "mixed": "hello çöp alınmadı danke привет",
    "long": "çöp alınmadı sokak lambası yanmıyor " * 600,
    "one word long": "a" * 20_000,
    "digits": "0532 111 22 33 1234567890123456789012345678901234567890",
}


def settings(number: int) -> dict[str, Any]:
    values = {key: value for key, value in CONFIG[number].items() if key != "name"}
    return values | ({"encoder": "none"} if "encoder" in values else {})


def small_config() -> list[dict[str, Any]]:
    return [{"name": name, **settings(number)} for number, name in enumerate(NAMES)]


@pytest.fixture
def trained(training_data: TrainingData, tmp_path: Path) -> Pipeline:
    return Pipeline.train(small_config(), training_data, tmp_path, quiet=True)


def reloaded(directory: Path) -> Pipeline:
    nodes = []
    for number, name in enumerate(NAMES):
        kind = class_named(name)
        nodes.append((f"{kind.__module__}.{kind.__name__}", settings(number), f"{kind.__name__}{number}"))
    return Pipeline.load(nodes, directory)


def test_the_configuration_names_components() -> None:
    assert len(NAMES) >= 9


@pytest.mark.parametrize("name", NAMES)
def test_untrained_component_processes_without_error(name: str, tmp_path: Path) -> None:
    kind = class_named(name)
    component = kind.create(settings(NAMES.index(name)), LocalModelStorage(tmp_path), Resource("x"), None)
    for text in TEXTS.values():
        assert len(component.process([Message(data={"text": text})])) == 1


@pytest.mark.parametrize("name", NAMES)
def test_component_processes_several_messages_and_none(name: str, tmp_path: Path) -> None:
    component = class_named(name).create(settings(NAMES.index(name)), LocalModelStorage(tmp_path), Resource("x"), None)
    assert component.process([]) == []
    messages = [Message(data={"text": text}) for text in ("bir", "iki")]
    assert [message.get("text") for message in component.process(messages)] == ["bir", "iki"]


@pytest.mark.parametrize("name", [name for name in NAMES if issubclass(class_named(name), Learner)])
def test_learner_stores_only_data_and_no_code(name: str, trained: Pipeline, tmp_path: Path) -> None:
    number = NAMES.index(name)
    stored = tmp_path / f"{class_named(name).__name__}{number}"
    files = [path for path in stored.rglob("*") if path.is_file()]
    assert files
    assert {file.suffix for file in files} <= {".json", ".npz", ".npy"}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_loaded_model_answers_as_the_trained_one(text: str, trained: Pipeline, tmp_path: Path) -> None:
    before, after = (read(pipeline, text) for pipeline in (trained, reloaded(tmp_path)))
    assert before.act == after.act
    assert before.service == after.service
    assert before.act_confidence == pytest.approx(after.act_confidence, abs=0.01)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_rankings_are_sorted_probabilities(text: str, trained: Pipeline) -> None:
    message = trained.process(text)
    ranking = [entry["confidence"] for entry in message.get("intent_ranking")]
    assert ranking == sorted(ranking, reverse=True)
    assert message.get("intent") == message.get("intent_ranking")[0]
    assert all(0 <= value <= 1 for value in ranking)
    assert sum(ranking) <= 1.001
    for problem in message.get(UNDERSTANDING)["problems"]:
        values = [confidence for _, confidence in problem["services"]]
        assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_the_result_is_plain_json(text: str, trained: Pipeline) -> None:
    output = trained.process(text).as_dict(only_output_properties=True)
    assert json.loads(json.dumps(output))[UNDERSTANDING]["language"]


def test_empty_text_is_out_of_scope_without_confidence(trained: Pipeline) -> None:
    said = read(trained, "")
    assert (said.act, said.act_confidence, said.problems) == ("out_of_scope", 0.0, ())


def test_a_text_of_20000_characters_takes_no_second(trained: Pipeline, clock_seconds: Any) -> None:
    assert clock_seconds(lambda: trained.process(TEXTS["long"])) < 1.0


@pytest.fixture
def clock_seconds() -> Any:
    def measured(call: Any) -> float:
        begin = time.process_time()
        call()
        return time.process_time() - begin

    return measured


def test_one_class_alone_can_be_trained(tmp_path: Path) -> None:
    data = TrainingData(
        training_examples=[
            Message(data={"text": text, "intent": "greet", "metadata": {}})
            for text in ("merhaba", "selam", "iyi günler")
        ]
    )
    pipeline = Pipeline.train(small_config(), data, tmp_path, quiet=True)
    assert read(pipeline, "merhaba").act == "greet"


def test_training_twice_gives_the_same_answers(training_data: TrainingData, trained: Pipeline, tmp_path: Path) -> None:
    fresh = TrainingData(
        training_examples=[
            Message(data={key: one.data[key] for key in ("text", "intent", "metadata")})
            for one in training_data.intent_examples
        ]
    )
    again = Pipeline.train(small_config(), fresh, tmp_path / "again", quiet=True)
    text = "köpekler çöpleri dağıtıyor"
    assert read(trained, text).acts == read(again, text).acts


def test_the_trained_model_understands_what_it_learnt(trained: Pipeline) -> None:
    assert read(trained, "COP ALINMADI UC GUNDUR").service == "waste_collection"
    assert read(trained, "selamm").act == "greet"
    assert read(trained, "yangin var").urgent


def read(pipeline: Pipeline, text: str) -> Any:
    message = pipeline.process(text)
    return read_understanding({"text": text, **message.as_dict(only_output_properties=True)})


def test_components_are_ours() -> None:
    assert all(issubclass(class_named(name), Component) for name in NAMES)
