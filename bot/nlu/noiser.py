"""Noiser: adds noisy copies of the training messages, so that spelling does not decide what is understood."""

from __future__ import annotations

from typing import Any, ClassVar

from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Component
from bot.nlu.keys import NOISE, NOISE_OF, SPANS
from bot.nlu.messages import TrainingMessage
from bot.nlu.noise import spoil
from bot.nlu.normalisation import masked


class Noiser(Component):
    """Stands after the places are known. Every message of at most `words` words (a long one has enough that are
    spelt right) gets `copies` copies, the kinds of `noises` in turn.

    ASCII and capitals need no copies: the normal form is the same. A copy carries the labels, but no entities (names of
    places are levelled in it), `noise` (the kind) and `noise_of` (the text that was written). Does nothing when
    parsing.
    """

    prepares = True
    defaults: ClassVar[dict[str, Any]] = {
        "copies": 2,
        "noises": ["many_typos", "vowels", "merged"],
        "seed": 7,
        "words": 14,
    }

    def process(self, messages: list[Message]) -> list[Message]:
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        noises, copies = self.config["noises"], self.config["copies"]
        added = []
        for number, message in enumerate(training_data.intent_examples):
            if len((message.get("text") or "").split()) > self.config["words"]:
                continue
            for copy in range(copies):
                noise = noises[(number + copy) % len(noises)]
                written = masked(message.get("text"), message.get(SPANS) or ())
                text = spoil(written, noise, self.config["seed"] + number)
                if text != written:
                    added.append(_copy(message, text, noise))
        return training_data.merge(TrainingData(training_examples=added))


def _copy(message: Message, text: str, noise: str) -> TrainingMessage:
    data = {"text": text, "intent": message.get("intent"), NOISE: noise, NOISE_OF: message.get("text")}
    if message.get("metadata"):
        data["metadata"] = message.get("metadata")
    return TrainingMessage(data=data)
