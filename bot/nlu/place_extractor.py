"""PlaceExtractor: Rasa entities and the place of a message, found by rules and the municipality's gazetteer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.municipality import load_municipality
from bot.nlu.catalogue import municipality_path
from bot.nlu.component import Component
from bot.nlu.gazetteer import Gazetteer
from bot.nlu.keys import SPANS, put
from bot.nlu.parallel import in_parts
from bot.nlu.places import FoundPlaces, find_places

ENTITIES = "entities"


@lru_cache(maxsize=4)
def gazetteer_of(path: Path) -> Gazetteer:
    """The gazetteer of a municipality's file, read once. Raises ConfigError."""
    return Gazetteer.of(load_municipality(path))


def add_entities(message: Any, found: list[dict[str, Any]]) -> None:
    """Add to the message's entities, in the order of the text."""
    entities = [*(message.get(ENTITIES) or []), *found]
    message.set(ENTITIES, sorted(entities, key=lambda entity: int(entity.get("start", 0))), add_to_output=True)


class PlaceExtractor(Component):
    """Adds `neighbourhood`, `street`, `door_no`, `landmark` entities (value: normal form; start, end: characters).

    Puts into `understanding`: place (dict of Place's fields), negated, candidates (lists of official names), outside
    and unlisted (str or None); sets `place_spans`. Training messages keep their own annotations and get spans alone.
    """

    prepares = True

    defaults: ClassVar[dict[str, Any]] = {"municipality": None}

    def __init__(self, config: dict[str, Any], storage: Any = None, resource: Any = None) -> None:
        super().__init__(config, storage, resource)
        self._gazetteer = gazetteer_of(municipality_path(self.config))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = find_places(message.get("text") or "", self._gazetteer)
            message.set(SPANS, spans_of(found))
            add_entities(
                message,
                [{**asdict(span), "confidence_entity": 1.0, "extractor": type(self).__name__} for span in found.spans],
            )
            put(
                message,
                place=asdict(found.place),
                negated=list(found.negated),
                candidates=list(found.candidates),
                outside=found.outside,
                unlisted=found.unlisted,
            )
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        messages = training_data.intent_examples
        for message, spans in zip(messages, in_parts(self._spans, messages), strict=True):
            message.set(SPANS, spans)
        return training_data

    def _spans(self, messages: Sequence[Any]) -> list[list[tuple[int, int, str]]]:
        return [spans_of(find_places(message.get("text") or "", self._gazetteer)) for message in messages]


def spans_of(found: FoundPlaces) -> list[tuple[int, int, str]]:
    """(start, end, entity) of what was found."""
    return [(span.start, span.end, span.entity) for span in found.spans]
