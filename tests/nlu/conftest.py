"""A small training set for the components: a few messages of a few classes, written for the tests."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

_REPORTS = {
    "waste_collection": [
        "çöp üç gündür alınmadı", "çöp kamyonu bizim sokağa uğramıyor", "poşetler kapıda bekliyor toplanmadı",
        "çöpümüz yine alınmamış", "kamyon bu hafta hiç gelmedi çöpler duruyor", "çöpler toplanmıyor artık",
    ],
    "street_light": [
        "sokak lambası yanmıyor", "direkteki ışık söndü karanlıktayız", "lambalar gece hiç yanmıyor",
        "caddenin ışıkları kapalı karanlık", "sokağımız zifiri karanlık lamba bozuk", "aydınlatma direği çalışmıyor",
    ],
    "stray_dogs": [
        "köpek sürüsü çocukları kovalıyor", "başıboş köpekler var korkuyoruz", "köpekler gece saldırıyor",
        "sahipsiz köpek ısırdı", "köpeklerden sokağa çıkamıyoruz", "mahallede köpek çetesi dolaşıyor",
    ],
}  # fmt: skip
_ACTS = {
    "greet": ["merhaba", "selam", "iyi günler", "günaydın", "kolay gelsin", "selamlar"],
    "emergency": ["yangın var", "ev yanıyor", "gaz kokusu var patlayacak", "imdat", "biri yaralandı", "yetişin yangın"],
}
_SEVERAL = [
    ("çöp alınmadı bir de sokak lambası yanmıyor", ["waste_collection", "street_light"]),
    ("köpekler saldırıyor ayrıca çöpler duruyor", ["stray_dogs", "waste_collection"]),
    ("lambalar yanmıyor üstelik köpek sürüsü var", ["street_light", "stray_dogs"]),
    ("hem çöp toplanmadı hem köpekler geziyor", ["waste_collection", "stray_dogs"]),
]


def _message(text: str, intent: str, **labels: object) -> Message:
    return Message(data={"text": text, "intent": intent, "metadata": {"intent": labels}})


@pytest.fixture
def training_data() -> TrainingData:
    """Fresh messages for each test: components write into them."""
    messages = [
        _message(text, "report", service=service, kind="request" if number % 2 else "complaint", sensitive=number == 5)
        for service, texts in _REPORTS.items()
        for number, text in enumerate(texts)
    ]
    messages += [_message(text, act, urgent=act == "emergency") for act, texts in _ACTS.items() for text in texts]
    messages += [_message(text, "report", services=services) for text, services in _SEVERAL]
    return TrainingData(training_examples=messages)
