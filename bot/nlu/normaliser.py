"""Normaliser: leaves the cleaned and the normal form of the text, and Rasa's tokens."""

from __future__ import annotations

import re
from typing import Any

from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Component
from bot.nlu.foreign import glossed
from bot.nlu.keys import CLEAN, NORMAL, SPANS
from bot.nlu.normalisation import clean, masked, normal

_TOKEN = re.compile(r"\w+(?:['’/-]\w+)*|[^\w\s]")
_MAX_TOKENS = 400


class Normaliser(Component):
    """Sets `clean_text`, `normal_text` and `text_tokens` (places in the text as written, for `rasa test nlu`)."""

    prepares = True

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            self._normalise(message)
            message.set("text_tokens", tokens(message.get("text") or ""))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Without tokens: nothing of ours learns from them, and Rasa would hash each one several times."""
        for message in training_data.training_examples:
            self._normalise(message)
        return training_data

    def _normalise(self, message: Message) -> None:
        text = message.get("text") or ""
        cleaned = clean(text)
        message.set(CLEAN, cleaned)
        spoken = normal(masked(text, message.get(SPANS) or ()))
        gloss = glossed(cleaned)
        message.set(NORMAL, f"{spoken} {normal(gloss)}" if gloss else spoken)


def tokens(text: str) -> list[Any]:
    """Rasa tokens of a text: words with their apostrophes, slashes and hyphens, and single signs."""
    found = []
    for match in _TOKEN.finditer(text):
        found.append(Token(match[0], match.start()))
        if len(found) == _MAX_TOKENS:
            break
    return found
