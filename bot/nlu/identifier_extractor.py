"""IdentifierExtractor: tracking number, telephone, rating and all identifiers of a message."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar

from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.catalogue import municipality_path
from bot.nlu.component import Component
from bot.nlu.identifiers import find_identifiers
from bot.nlu.keys import put
from bot.nlu.place_extractor import add_entities, gazetteer_of
from bot.nlu.ratings import find_rating


class IdentifierExtractor(Component):
    """Adds `tracking_no` and `phone` entities (value: normal form; start, end: characters).

    Puts into `understanding`: tracking_no, phone (str or None), rating (1 to 5 or None), identifiers (list of kind,
    start, end, value). Training messages keep their own annotations.
    """

    defaults: ClassVar[dict[str, Any]] = {"municipality": None}

    def __init__(self, config: dict[str, Any], storage: Any = None, resource: Any = None) -> None:
        super().__init__(config, storage, resource)
        self._prefix = gazetteer_of(municipality_path(self.config)).prefix

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get("text") or ""
            found = find_identifiers(text, self._prefix)
            first = {one.kind: one.value for one in reversed(found)}
            shown = [one for one in found if one.kind in ("tracking_no", "phone")]
            add_entities(
                message,
                [
                    {
                        "entity": one.kind,
                        "start": one.start,
                        "end": one.end,
                        "value": one.value,
                        "extractor": type(self).__name__,
                    }
                    for one in shown
                ],
            )
            put(
                message,
                tracking_no=first.get("tracking_no"),
                phone=first.get("phone"),
                rating=find_rating(text),
                identifiers=[asdict(one) for one in found],
            )
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data
